import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { coverageSource, type Simulated, updateCoverage } from '../../bench/write-coverage.js';
import { dci, irs, Matrix, mig } from '../../src/index.js';
import { RandomStream } from '../../src/random.js';
import { coverageOf } from '../../src/stats/interval-coverage.js';
import { spreadOf } from '../../src/stats/resampling.js';
import { SIMULATED_COVERAGE } from '../../src/stats/simulated-coverage.js';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const simulated: Simulated[] = JSON.parse(read('bench/coverage.json'));
const ASKED = { metric: 'mig', isDefault: true, rows: 10_000, level: 0.95, resamples: 100 };

test('what is known of coverage is what was simulated', () => {
  assert.is(read('src/stats/simulated-coverage.ts'), coverageSource(simulated));
  const page = read('docs/intervals.md');
  assert.is(updateCoverage(page, simulated), page);
  for (const { rows, coverage, trials } of simulated) {
    assert.ok(rows >= 100 && trials >= 20);
    assert.is(coverage.length, 3);
  }
});

test('coverage is that of the largest simulated table that is not larger, in the worst population', () => {
  const own = simulated.filter(({ metric, rows }) => metric === 'mig' && rows === 10_000);
  const least = Math.min(...own.map(({ coverage }) => coverage[1]));
  for (const rows of [10_000, 737_280]) {
    assert.equal(coverageOf({ ...ASKED, rows }), { n: 10_000, value: Number(least.toFixed(4)) });
  }
});

test('there is no interval without a simulation of the same kind that shows it', () => {
  const reason = (given: Partial<typeof ASKED>) => String(coverageOf({ ...ASKED, ...given }));
  assert.match(reason({ metric: 'my-own' }), /^no simulation/);
  assert.match(reason({ isDefault: false }), /default options alone/);
  assert.match(reason({ level: 0.8 }), /levels 0.9, 0.95, 0.99/);
  assert.match(reason({ resamples: 99 }), /100 resamples or more/);
  assert.match(reason({ rows: 100 }), /known from 500 rows on/);
  for (const [metric, sizes] of Object.entries(SIMULATED_COVERAGE)) {
    for (const [rows, [, share]] of Object.entries(sizes)) {
      const text = reason({ metric, rows: Number(rows) });
      if (share < 0.9)
        assert.match(
          text,
          `95 % interval holds the score of infinitely many rows in ${Number((100 * share).toFixed(1))} % of`,
        );
      else assert.is(text, '[object Object]');
    }
  }
});

test('a spread is the quantiles, mean and deviation of the halves', () => {
  const spread = spreadOf([0.4, 0.1, 0.3, 0.2, 0.5], 0.5);
  assert.ok(spread);
  const near = (got: number, expected: number) => assert.ok(Math.abs(got - expected) < 1e-15, `${got} ${expected}`);
  near(spread.low, 0.15);
  near(spread.high, 0.45);
  near(spread.mean, 0.3);
  near(spread.standardDeviation, Math.sqrt(0.025));
  assert.equal([spread.level, spread.resamples], [0.5, 5]);
  assert.is(spreadOf([0.4], 0.5), null);
});

test('a score has an interval with its coverage, or a spread and the reason', async () => {
  const words = new RandomStream(3, 100, 0);
  const factors = new Matrix(
    Float64Array.from({ length: 20_000 }, () => words.below(4)),
    10_000,
    2,
  );
  const latents = new Matrix(
    Float64Array.from(factors.data, (value) => value + words.word() / 2 ** 32),
    10_000,
    2,
  );
  const known = await mig(latents, factors, { interval: 100 });
  assert.equal(known.interval?.coverage, coverageOf(ASKED));
  assert.is(known.spread, undefined);
  const other = await mig(latents, factors, { interval: 100, bins: 5 });
  assert.is(other.interval, undefined);
  assert.ok(other.spread && other.spread.low < other.spread.mean && other.spread.mean < other.spread.high);
  assert.ok(other.notes.some((text) => /^spread of halves .* default options alone$/.test(text)));
  const learner = await dci(latents, factors, { interval: 2, stages: 2, train: 100, test: 50 });
  assert.is(learner.interval, undefined);
  assert.is(learner.spread?.resamples, 2);
});

test('halves that all have one score are no interval', async () => {
  const code = Array.from({ length: 10_000 }, (_, i) => [i % 4, i % 5]);
  const { value, interval, spread, notes } = await irs(code, code, { interval: 100 });
  assert.equal([value, interval, spread?.low, spread?.high], [1, undefined, 1, 1]);
  assert.ok(
    notes.some((text) => text.includes('all halves have one score')),
    notes.join(),
  );
});

test.run();
