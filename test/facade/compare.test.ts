import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { agreement, type ComparisonReport, compare, type Report } from '../../src/index.js';
import { makeReport } from '../report/make-report.js';

/** Reports with these scores, by name. */
function reportsOf(scores: Readonly<Record<string, readonly number[]>>) {
  const entries = Object.entries(scores).flatMap(([group, values]) =>
    values.map((mig, seed) => ({
      name: `${group}-${seed}`,
      report: makeReport({ mig, 'mutual-information-score': 1 - mig }),
    })),
  );
  return { reports: entries.map(({ report }) => report), names: entries.map(({ name }) => name) };
}

const FIVE = {
  vae: [0.1, 0.12, 0.14, 0.11, 0.13],
  tcvae: [0.3, 0.32, 0.31, 0.34, 0.29],
  other: [0.29, 0.33, 0.28, 0.35, 0.3],
};

const compareOf = (scores: Readonly<Record<string, readonly number[]>>, options = {}): ComparisonReport => {
  const { reports, names } = reportsOf(scores);
  return compare(reports, { names, ...options });
};

const metricOf = ({ metrics }: ComparisonReport, name: string) => {
  const found = metrics.find((metric) => metric.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};

test('groups repetitions by their names, says so, and has mean and standard deviation of each', () => {
  const report = compareOf(FIVE);
  assert.equal(
    report.groups.map(({ name }) => name),
    ['vae', 'tcvae', 'other'],
  );
  assert.ok(report.notes.some((text) => text.startsWith('models are grouped by their names')));
  const [vae] = metricOf(report, 'mig').groups;
  assert.ok(Math.abs((vae.mean ?? 0) - 0.12) < 1e-15);
  assert.ok(Math.abs((vae.standardDeviation ?? 0) - Math.sqrt(0.001 / 4)) < 1e-15);
  assert.equal(vae.values, FIVE.vae);
});

test('marks the best, and what cannot be told from it, also if lower is better', () => {
  const report = compareOf(FIVE);
  assert.ok(Math.abs((report.smallestPValue ?? 0) - (3 * 2) / 252) < 1e-15);
  assert.equal(metricOf(report, 'mig').best, [1, 2]);
  assert.equal(metricOf(report, 'mutual-information-score').best, [1, 2]);
  const [first] = metricOf(report, 'mig').pairs;
  assert.equal(first.groups, ['vae', 'tcvae']);
  assert.is(first.pValue, 2 / 252);
  assert.is(first.corrected, 6 / 252);
});

test('marks nothing where no p-value can be small enough, and says how many repetitions would do', () => {
  const three = Object.fromEntries(Object.entries(FIVE).map(([name, values]) => [name, values.slice(0, 3)]));
  const report = compareOf(three);
  assert.ok(Math.abs((report.smallestPValue ?? 0) - 0.3) < 1e-15);
  assert.is(metricOf(report, 'mig').best, null);
  assert.ok(
    report.notes.some((text) =>
      /^no best is marked: .* is 0\.30 .* 3 pairs of groups; 5 in each group allow 0\.05$/.test(text),
    ),
    report.notes.join('\n'),
  );
  const single = compareOf({ a: [0.1], b: [0.2] });
  assert.is(metricOf(single, 'mig').best, null);
  assert.ok(single.notes.some((text) => text.startsWith('no best is marked: each group has one model')));
});

test('compares with one group alone, with intervals', () => {
  const report = compareOf(FIVE, { against: 'vae', metrics: ['mig'] });
  assert.is(report.against, 'vae');
  const [{ best, pairs }] = report.metrics;
  assert.is(best, null);
  assert.equal(
    pairs.map(({ groups }) => groups[0]),
    ['tcvae', 'other'],
  );
  const [{ difference, interval, corrected }] = pairs;
  assert.ok(Math.abs((difference ?? 0) - 0.192) < 1e-12);
  assert.ok(interval !== null && interval[0] > 0.15 && interval[1] < 0.23);
  assert.is(corrected, 4 / 252);
  assert.throws(() => compareOf(FIVE, { against: 'vaee' }), /vae/);
});

test('sorts groups by a metric, the best first, and marks stay with their groups', () => {
  const report = compareOf(FIVE, { sort: 'mig' });
  assert.equal(
    report.groups.map(({ name }) => name),
    ['tcvae', 'other', 'vae'],
  );
  assert.equal(metricOf(report, 'mig').best, [0, 1]);
  assert.equal(metricOf(report, 'mig').groups[2].values, FIVE.vae);
  const byLower = compareOf(FIVE, { sort: 'mutual-information-score' });
  assert.is(byLower.groups[0].name, 'tcvae');
});

test('takes groups as they are given, or from what a pattern matches', () => {
  const { reports, names } = reportsOf({ x: [0.1, 0.2], y: [0.3, 0.4] });
  const given = compare(reports, { groups: ['p', 'q', 'p', 'q'] });
  assert.equal(given.groups, [
    { name: 'p', models: [0, 2] },
    { name: 'q', models: [1, 3] },
  ]);
  const matched = compare(reports, { names, group: /-(\d)$/g });
  assert.equal(
    matched.groups.map(({ name }) => name),
    ['0', '1'],
  );
  assert.throws(() => compare(reports, { names, group: 'x' }), /expected to match every name, got 'y-0'/);
  assert.throws(() => compare(reports, { groups: ['p'] }), /expected one for each of 4 reports, got 1/);
  const bare = compare(reports);
  assert.is(bare.groups.length, 4);
});

test('refuses groups that are guessed if it is strict, and repeats what is said of models', () => {
  assert.throws(() => compareOf(FIVE, { strict: true }), /grouped by their names/);
  const { reports } = reportsOf({ x: [0.1, 0.2] });
  const noted = reports.map((report) => ({ ...report, notes: ['its posterior has collapsed'] }));
  const { notes } = compare(noted, { groups: ['a', 'b'], strict: true });
  assert.ok(
    notes.some((text) => /^report 0.*report 1: its posterior has collapsed$/.test(text)),
    notes.join(),
  );
});

test('marks nothing in a metric that too few models have a score of', () => {
  const reports = [0.1, 0.12, 0.14, 0.11, 0.3, 0.32, 0.31, 0.34].map((mig, i) =>
    makeReport({ mig, sap: i % 4 === 0 ? mig : null }),
  );
  const report = compare(reports, { groups: [...'aaaabbbb'] });
  assert.equal(metricOf(report, 'mig').best, [1]);
  assert.is(metricOf(report, 'sap').best, null);
});

test('a model without a score is left out of its group, and named', () => {
  const reports = [0.1, null, 0.2].map((mig) => makeReport({ mig })) as Report[];
  const report = compare(reports, { names: ['a-0', 'a-1', 'b-0'] });
  const [a] = metricOf(report, 'mig').groups;
  assert.equal([a.mean, a.standardDeviation, a.values], [0.1, null, [0.1]]);
  assert.ok(report.notes.some((text) => text === 'mig: not every model has a score: a (1 of 2)'));
});

test('takes what agreement takes, and refuses what it refuses', () => {
  for (const call of [compare, agreement]) {
    assert.throws(() => call([]), /expected at least 1, got none/);
    assert.throws(() => call([{} as Report]), /expected a report of score/);
    assert.throws(() => call(reportsOf(FIVE).reports, { metrics: ['sapp'] }), /sap/);
  }
});

test.run();
