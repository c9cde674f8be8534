import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withCore } from '../../bindings/core.js';
import { type IndependentComponents, independentComponents } from '../../src/learners/independent-components.js';
import { assertNear, uniforms } from '../assembly/samples.js';

interface Options {
  readonly iterations?: number;
  readonly tolerance?: number;
  readonly seed?: number;
}

function find(x: Float64Array, columns: number, options: Options = {}): Promise<IndependentComponents> {
  const { iterations = 200, tolerance = 1e-12, seed = 0 } = options;
  return withCore((core) =>
    independentComponents(core, core.arena.upload('f64', x), x.length / columns, columns, {
      iterations,
      tolerance,
      random: { seed, stream: 99, index: 1 },
    }),
  );
}

/** Sources (rows, k), in turn uniform and with long tails. */
function sources(rows: number, k: number, seed: number): Float64Array {
  const next = uniforms(seed);
  return Float64Array.from({ length: rows * k }, (_, at) => {
    const u = 2 * next() - 1;
    return (at % k) % 2 === 0 ? u : Math.sign(u) * -Math.log(1 - Math.abs(u));
  });
}

/** (rows, inner) times the transpose of (columns, inner), plus an offset. */
function multiply(a: Float64Array, b: Float64Array, inner: number, offset = 0): Float64Array {
  const columns = b.length / inner;
  return Float64Array.from({ length: (a.length / inner) * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    let sum = offset;
    for (let k = 0; k < inner; k++) sum += a[row * inner + k] * b[column * inner + k];
    return sum;
  });
}

const MIXING = Float64Array.of(3, 1, 0.5, -1, 2, 1, 0.3, -0.4, 1);

/** What was found of the rows, (rows, rank). */
function encode(x: Float64Array, { unmixing, means, rank }: IndependentComponents): Float64Array {
  const columns = means.length;
  return rank === 0
    ? new Float64Array(0)
    : multiply(
        x.map((value, at) => value - means[at % columns]),
        unmixing,
        columns,
      );
}

function momentsOf(y: Float64Array, columns: number, of: (a: number) => number = (a) => a): Float64Array {
  const rows = y.length / columns;
  return Float64Array.from({ length: columns * columns }, (_, at) => {
    const [i, j] = [Math.floor(at / columns), at % columns];
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += of(y[row * columns + i]) * y[row * columns + j];
    return sum / rows;
  });
}

test('finds the sources that a table was mixed of', async () => {
  const s = sources(20_000, 3, 1);
  const found = await find(multiply(s, MIXING, 3, 7), 3);
  assert.ok(found.isConverged && found.rank === 3 && found.steps < 30, `${found.steps}`);
  // Of the sources' scale: each column of the mixing is one of its own, up to its sign.
  const scales = [1 / Math.sqrt(3), Math.sqrt(2), 1 / Math.sqrt(3)];
  for (let k = 0; k < 3; k++) {
    const column = [0, 1, 2].map((i) => MIXING[i * 3 + k] * scales[k]);
    const distances = [0, 1, 2].map((i) => {
      const line = found.mixing.subarray(3 * i, 3 * i + 3);
      return Math.min(...[1, -1].map((sign) => Math.hypot(...column.map((value, c) => value - sign * line[c]))));
    });
    assert.ok(Math.min(...distances) < 0.03 * Math.hypot(...column), `source ${k}: ${distances}`);
  }
});

test('sources are not correlated, of variance 1, and a maximum of the contrast', async () => {
  for (const [rows, k] of [
    [5000, 3],
    [501, 2],
    [4000, 6],
  ]) {
    const next = uniforms(k);
    const mixing = Float64Array.from({ length: k * k }, () => 2 * next() - 1);
    const x = multiply(sources(rows, k, rows), mixing, k, -3);
    const found = await find(x, k);
    assert.ok(found.isConverged, `${rows} x ${k}`);
    const y = encode(x, found);
    const identity = Float64Array.from({ length: k * k }, (_, at) => (at % (k + 1) === 0 ? 1 : 0));
    assertNear(momentsOf(y, k), identity, 1e-9, `${rows} x ${k}: covariance`);
    // At a fixed point E[tanh(y) y'] - diag(E[1 - tanh(y)^2]) is a symmetric matrix times signs.
    const slopes = momentsOf(y, k, Math.tanh);
    for (let i = 0; i < k; i++) {
      let curvature = 0;
      for (let row = 0; row < rows; row++) curvature += (1 - Math.tanh(y[row * k + i]) ** 2) / rows;
      slopes[i * k + i] -= curvature;
    }
    const sign = (i: number) => Math.sign(slopes[i * k + i]);
    for (let i = 0; i < k; i++) {
      for (let j = 0; j < i; j++) {
        assertNear([sign(i) * slopes[i * k + j]], [sign(j) * slopes[j * k + i]], 1e-6, `${rows} x ${k}: ${i}, ${j}`);
      }
    }
    // The mixing takes sources back to rows.
    const transposed = Float64Array.from({ length: k * k }, (_, at) => found.mixing[(at % k) * k + Math.floor(at / k)]);
    const back = multiply(y, transposed, k).map((value, at) => value + found.means[at % k]);
    assertNear(back, x, 1e-9, `${rows} x ${k}: rows`);
  }
});

test('those that move the rows most stand first, and move a column upwards', async () => {
  const { mixing } = await find(multiply(sources(5000, 3, 2), MIXING, 3), 3);
  const lines = [0, 1, 2].map((i) => [...mixing.subarray(3 * i, 3 * i + 3)]);
  const sizes = lines.map((line) => Math.hypot(...line));
  assert.ok(sizes[0] > sizes[1] && sizes[1] > sizes[2], `${sizes}`);
  for (const line of lines) assert.is(Math.max(...line.map(Math.abs)), Math.max(...line));
});

test('another start, and another scale, find the same', async () => {
  const x = multiply(sources(5000, 3, 3), MIXING, 3);
  const one = await find(x, 3, { seed: 1 });
  assertNear((await find(x, 3, { seed: 2 })).unmixing, one.unmixing, 1e-6, 'another start');
  assert.equal(await find(x, 3, { seed: 1 }), one);
  for (const scale of [2 ** -100, 2 ** 100]) {
    const scaled = await find(
      x.map((value) => value * scale),
      3,
      { seed: 1 },
    );
    assertNear(
      scaled.unmixing.map((value) => value * scale),
      one.unmixing,
      1e-9,
      `times ${scale}`,
    );
  }
});

test('columns that follow from others, constant ones and few rows leave fewer components', async () => {
  const s = sources(1000, 2, 4);
  const doubled = Float64Array.from(
    { length: 4000 },
    (_, at) => [s[(at >> 2) * 2], s[(at >> 2) * 2 + 1], 5, s[(at >> 2) * 2]][at & 3],
  );
  const found = await find(doubled, 4);
  assert.equal([found.rank, found.isConverged], [2, true]);
  assertNear(momentsOf(encode(doubled, found), 2), [1, 0, 0, 1], 1e-9, 'covariance');
  for (const [x, columns, rank] of [
    [Float64Array.of(1, 2), 2, 0],
    [Float64Array.of(1, 2, 3, 5), 2, 1],
    [new Float64Array(30).fill(4), 3, 0],
  ] as const) {
    const few = await find(x, columns);
    assert.is(few.rank, rank);
    assert.ok([...few.unmixing].every(Number.isFinite));
  }
});

test('says that it has not converged, and what the last step changed', async () => {
  const x = multiply(sources(1000, 3, 5), MIXING, 3);
  const early = await find(x, 3, { iterations: 2 });
  assert.equal([early.isConverged, early.steps], [false, 2]);
  assert.ok(early.change > 1e-12 && early.change <= 1, `${early.change}`);
});

test.run();
