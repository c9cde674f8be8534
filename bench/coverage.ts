/**
 * How often the interval of `--interval` holds the score of infinitely many rows: a simulation.
 *
 *   npm run bench:coverage -- --metrics mig,irs --rows 500,2000 [--trials 200] [--truth 2000000]
 *
 * Tables are drawn from populations whose score is known from `--truth` rows of them. Results are
 * kept in bench/coverage.json, from which src/stats/simulated-coverage.ts and the table in
 * docs/intervals.md are written: an interval is printed only if they show its coverage.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { withCore } from '../bindings/core.js';
import { evaluateResample, evaluateTask, scoreWork, type Task } from '../src/facade/jobs/score-work.js';
import { Matrix } from '../src/matrix.js';
import { findMetric } from '../src/metrics/index.js';
import { defaultsOf } from '../src/options/check-options.js';
import { RandomStream } from '../src/random.js';
import { LEAST_RESAMPLES, SIMULATED_LEVELS } from '../src/stats/interval-coverage.js';
import { collectScores, intervalAround } from '../src/stats/resampling.js';
import { type Simulated, writeCoverage } from './write-coverage.js';

/**
 * Latents are a factor each with uniform noise, or two factors mixed, or noise; all bounded, so
 * that equal-width bins have a limit.
 */
interface Population {
  /** Values of each factor. */
  readonly sizes: readonly number[];
  readonly noise: number;
  /** How much of the next factor a factor's latent has. */
  readonly mix: number;
  /** Latents of noise alone. */
  readonly idle: number;
}

const POPULATIONS: Readonly<Record<string, Population>> = {
  disentangled: { sizes: [5, 8], noise: 0.6, mix: 0.1, idle: 2 },
  entangled: { sizes: [5, 8], noise: 1.5, mix: 0.7, idle: 2 },
  'five factors': { sizes: [3, 6, 40, 32, 32], noise: 0.6, mix: 0.2, idle: 5 },
};

const { values } = parseArgs({
  options: {
    metrics: { type: 'string', default: 'mig' },
    rows: { type: 'string', default: '500,2000,10000' },
    populations: { type: 'string', default: Object.keys(POPULATIONS).join() },
    trials: { type: 'string', default: '200' },
    truth: { type: 'string', default: '2000000' },
    /** Tables of `--truth` rows whose mean is the truth: more than one for scores that draw. */
    'truth-tables': { type: 'string', default: '1' },
  },
});
const [trials, truthRows, truthTables] = [values.trials, values.truth, values['truth-tables']].map(Number);

const tasks = values.metrics.split(',').map((name): Task => {
  const metric = findMetric(name);
  if (!metric) throw new Error(`no metric is called '${name}'`);
  return { metric, options: defaultsOf(metric.options) };
});

function draw(rows: number, { sizes, noise, mix, idle }: Population, index: number) {
  const words = new RandomStream(99, 1000, index);
  const uniform = () => words.word() / 2 ** 32;
  const columns = sizes.length + idle;
  const latents = new Float32Array(rows * columns);
  const factors = new Int32Array(rows * sizes.length);
  const unit = new Float64Array(sizes.length);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < sizes.length; k++) {
      const value = words.below(sizes[k]);
      factors[row * sizes.length + k] = value;
      unit[k] = value / (sizes[k] - 1);
    }
    for (let d = 0; d < columns; d++) {
      const signal = d < sizes.length ? unit[d] + mix * unit[(d + 1) % sizes.length] : 0;
      latents[row * columns + d] = signal + (d < sizes.length ? noise : 1) * uniform();
    }
  }
  return { latents: new Matrix(latents, rows, columns), factors: new Matrix(factors, rows, sizes.length) };
}

const pauses = () => () => {};
const mean = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length;

/** The scores of all tasks on one table, and on halves of it. */
function scoresOf(rows: number, population: Population, index: number, halves: number) {
  return withCore(async (core) => {
    const drawn = draw(rows, population, index);
    const table = scoreWork.load(core, { ...drawn, factorTypes: undefined, exactSplit: null, posterior: null });
    const whole: number[] = [];
    for (const task of tasks) {
      whole.push((await evaluateTask(table, task, { seed: index }, pauses)).outcome.value as number);
    }
    const resamples: Array<ReadonlyArray<number | null>> = [];
    for (let i = 0; i < halves; i++) {
      const resample = { which: 'interval', index: i, count: halves } as const;
      resamples.push(await evaluateResample(table, tasks, resample, index, pauses));
    }
    return { whole, halves: collectScores(resamples) };
  });
}

async function simulate(name: string, rows: number, truth: readonly number[]): Promise<Simulated[]> {
  const drawn: Array<Awaited<ReturnType<typeof scoresOf>>> = [];
  for (let trial = 1; trial <= trials; trial++) {
    drawn.push(await scoresOf(rows, POPULATIONS[name], trial, LEAST_RESAMPLES));
  }
  return tasks.map(({ metric }, i): Simulated => {
    const intervals = SIMULATED_LEVELS.map((level) =>
      drawn.map(({ whole, halves }) => {
        const interval = intervalAround(whole[i], halves[i], rows, level, metric.range, metric.isPlugIn);
        if (interval === null) throw new Error(`${metric.name}: no interval`);
        return interval;
      }),
    );
    const holds = ({ low, high }: { low: number; high: number }) => Number(low <= truth[i] && truth[i] <= high);
    const [, ofNominal] = intervals;
    return {
      metric: metric.name,
      population: name,
      rows,
      trials,
      truth: truth[i],
      coverage: intervals.map((all) => mean(all.map(holds))),
      width: mean(ofNominal.map(({ low, high }) => high - low)),
      bias: mean(ofNominal.map(({ bias }) => bias)),
      error: mean(drawn.map(({ whole }) => whole[i] - truth[i])),
    };
  });
}

/** Keeps results in place of those of the same metric, population and rows. */
function keep(results: readonly Simulated[]): void {
  const path = new URL('coverage.json', import.meta.url);
  const kept: Simulated[] = JSON.parse(readFileSync(path, 'utf8'));
  const keyOf = ({ metric, population, rows }: Simulated) => `${metric} ${population} ${rows}`;
  const own = new Set(results.map(keyOf));
  const all = [...kept.filter((one) => !own.has(keyOf(one))), ...results];
  writeFileSync(path, `${JSON.stringify(all, null, 1)}\n`);
  writeCoverage(all);
}

for (const name of values.populations.split(',')) {
  const tables: number[][] = [];
  for (let i = 0; i < truthTables; i++) {
    tables.push((await scoresOf(truthRows, POPULATIONS[name], 1_000_000 + i, 0)).whole);
  }
  const truth = tasks.map((_, i) => mean(tables.map((scores) => scores[i])));
  for (const rows of values.rows.split(',').map(Number)) {
    const results = await simulate(name, rows, truth);
    keep(results);
    for (const { metric, coverage, width, bias, error } of results) {
      console.log(
        `${metric}, ${name}, ${rows}: ${[...coverage, width, bias, error].map((x) => x.toFixed(4)).join(' ')}`,
      );
    }
  }
}
