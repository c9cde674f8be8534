import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kernelBenches, metricBenches } from '../../bench/all.js';
import { withCore } from '../../bindings/core.js';
import { DSPRITES_SIZES, makeSyntheticTable } from '../../src/cli/synthetic-table.js';
import { metrics } from '../../src/metrics/index.js';

const rows = 1000;
const table = makeSyntheticTable({ rows, seed: 5 });

for (const bench of [...kernelBenches, ...metricBenches]) {
  test(`agrees with plain JavaScript: ${bench.name}`, () =>
    withCore(async (core) => {
      const contests = await bench.prepare({ ...table, rows, core });
      assert.ok(contests.length > 0);
      for (const contest of contests) {
        await contest.check();
        assert.ok(Number.isFinite(await contest.ours()), contest.name);
        assert.ok(Number.isFinite(await contest.plain()), contest.name);
      }
    }));
}

test('has a contest of every metric', () =>
  withCore(async (core) => {
    const names: string[] = [];
    for (const bench of metricBenches) {
      for (const contest of await bench.prepare({ ...table, rows, core })) names.push(contest.name);
    }
    const without = metrics.filter(({ name }) => !names.some((contest) => contest.split(/,| of /)[0] === name));
    assert.equal(
      without.map(({ name }) => name),
      // Hundreds of fits of learners that have contests of their own.
      ['dci-es'],
    );
  }));

test('notices a kernel that is wrong', async () => {
  const bench = kernelBenches.find(({ name }) => name === 'binning');
  await withCore(async (core) => {
    const [own, other] = [5, 6].map((seed) => makeSyntheticTable({ rows, seed }));
    const [contest] = (await bench?.prepare({ ...own, rows, core })) ?? [];
    // The kernels have a copy of the numbers as they were.
    own.latents.data.set(other.latents.data);
    assert.throws(() => contest.check(), /^bins: ours and plain JavaScript disagree at \d+: /);
  });
});

test('makes the same table of the same seed, with every value of every factor and a collapsed latent', () => {
  const [a, b, c] = [3, 3, 4].map((seed) => makeSyntheticTable({ rows: 2000, seed }));
  assert.equal([a.latents.data, a.factors.data], [b.latents.data, b.factors.data]);
  assert.not.equal(a.latents.data, c.latents.data);
  DSPRITES_SIZES.forEach((size, k) => {
    assert.is(new Set(a.factors.column(k)).size, size);
  });
  const deviations = Array.from({ length: 10 }, (_, d) => Math.sqrt(meanOf(a.latents.column(d).map((x) => x * x))));
  assert.ok(deviations.slice(0, 9).every((deviation) => deviation > 0.5) && deviations[9] < 0.05);
});

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

test.run();
