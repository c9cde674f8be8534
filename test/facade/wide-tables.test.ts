/** Tables of many latents: histograms are counted by blocks of columns. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ScoreOptions, score } from '../../src/index.js';
import { Matrix } from '../../src/matrix.js';
import { RandomStream } from '../../src/random.js';

const METRICS = [
  'mig',
  'rmig',
  'mig-sup',
  'jemmig',
  'dcimig',
  'dmig',
  'xmig',
  'dlig',
  'modularity',
  'minimality',
  'sufficiency',
] as const;

/** Latents of which each leans on one factor, and every seventh is constant. */
function makeTable(rows: number, columns: number): { latents: Matrix; factors: Matrix } {
  const words = new RandomStream(1, 0, 0);
  const factors = new Matrix(
    Int32Array.from({ length: rows * 3 }, (_, i) => words.below(2 + (i % 3))),
    rows,
    3,
  );
  const latents = new Float32Array(rows * columns);
  for (let row = 0, i = 0; row < rows; row++) {
    for (let d = 0; d < columns; d++, i++) {
      latents[i] = d % 7 === 6 ? 3 : 4 * factors.get(row, d % 3) + (((row + 1) * (d + 3) * 7919) % 1000) / 100 - 5;
    }
  }
  return { latents: new Matrix(latents, rows, columns), factors };
}

function takeColumns({ data, rows, columns }: Matrix, from: number, to: number): Matrix {
  const taken = new Float32Array(rows * (to - from));
  for (let row = 0; row < rows; row++) {
    taken.set(data.subarray(row * columns + from, row * columns + to), row * (to - from));
  }
  return new Matrix(taken, rows, to - from);
}

const wide = makeTable(1_200, 7_500);
const options: ScoreOptions = { metrics: METRICS, options: { rmig: { limit: 2 } } };

test('of a table that is not held, each latent has the information that it has alone', async () => {
  const { metrics } = await score(wide.latents, wide.factors, options);
  for (const from of [0, 1_720, 7_450]) {
    const few = await score(takeColumns(wide.latents, from, from + 50), wide.factors, options);
    for (const name of METRICS) {
      const whole = metrics[name].parts.mutualInformation.slice(from, from + 50);
      assert.equal(whole, few.metrics[name].parts.mutualInformation, `${name} from ${from}`);
    }
    assert.equal(metrics['mig-sup'].parts.entropy.slice(from, from + 50), few.metrics['mig-sup'].parts.entropy);
    assert.equal(metrics.rmig.parts.beyond.slice(from, from + 50), few.metrics.rmig.parts.beyond);
    assert.equal(metrics.mig.parts.entropy, few.metrics.mig.parts.entropy);
  }
});

test('threads take blocks of columns, and give the report of one', async () => {
  const alone = JSON.stringify(await score(wide.latents, wide.factors, options));
  assert.is(JSON.stringify(await score(wide.latents, wide.factors, { ...options, threads: 3 })), alone);
});

test('a number that is missing is named by its place in the whole table', async () => {
  const data = wide.latents.data.slice();
  data[1_199 * 7_500 + 2_345] = Number.NaN;
  const damaged = new Matrix(data, 1_200, 7_500);
  const error = await score(damaged, wide.factors, options).catch((caught) => caught);
  assert.is(error.message, 'latents, row 1199, column 2345: expected a finite number, got NaN');
});

test('what reads the latents themselves is given them beside what reads counts', async () => {
  const mixed: ScoreOptions = { metrics: ['mig', 'irs'] };
  const { latents, factors } = makeTable(100, 200);
  const alone = JSON.stringify(await score(latents, factors, mixed));
  assert.is(JSON.stringify(await score(latents, factors, { ...mixed, threads: 2 })), alone);
});

test.run();
