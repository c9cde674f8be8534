import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { agreement, metrics, type Report, score } from '../../src/index.js';
import { makeReport } from '../report/make-report.js';

const three = [
  makeReport({ mig: 0.1, sap: 0.2, 'mutual-information-score': 3 }),
  makeReport({ mig: 0.2, sap: 0.4, 'mutual-information-score': 2 }),
  makeReport({ mig: 0.3, sap: 0.3, 'mutual-information-score': 1 }),
];

test('correlates every pair of metrics, in the order of the registry, others after', () => {
  const reports = three.map((report, i) => makeReport({ mine: -i, ...valuesOf(report) }));
  const { metrics: columns, correlations, counts, models, schema } = agreement(reports);
  assert.is(schema, 'vaemetrics/agreement@1');
  assert.equal(models, ['report 0', 'report 1', 'report 2']);
  const names = columns.map(({ name }) => name);
  const known = metrics.map(({ name }) => name).filter((name) => names.includes(name));
  assert.equal(names, [...known, 'mine']);
  assert.equal(names, ['mig', 'mutual-information-score', 'sap', 'mine']);
  assert.equal(correlations, [
    [1, 1, 0.5, -1],
    [1, 1, 0.5, -1],
    [0.5, 0.5, 1, -0.5],
    [-1, -1, -0.5, 1],
  ]);
  assert.ok(counts.flat().every((count) => count === 3));
});

function valuesOf({ metrics }: Report): Record<string, number | null> {
  return Object.fromEntries(Object.entries(metrics).map(([name, { value }]) => [name, value]));
}

test('negates where lower is better, and says so; raw leaves scores as they are', () => {
  const turned = agreement(three, { metrics: ['mig', 'mutual-information-score'] });
  assert.equal(
    turned.metrics.map(({ isNegated }) => isNegated),
    [false, true],
  );
  assert.is(turned.correlations[0][1], 1);
  assert.ok(turned.notes.includes('lower is better, and scores are negated: mutual-information-score'));
  const raw = agreement(three, { metrics: ['mig', 'mutual-information-score'], raw: true });
  assert.is(raw.correlations[0][1], -1);
  assert.equal(
    raw.metrics.map(({ isNegated }) => isNegated),
    [false, false],
  );
  assert.ok(raw.notes.includes('lower is better, and scores are taken as they are: mutual-information-score'));
});

test('a correlation of 0 keeps no sign', () => {
  const reports = [1, 2, 1, 2].map((mig, i) => makeReport({ mig, 'mutual-information-score': i < 2 ? 1 : 2 }));
  assert.ok(Object.is(agreement(reports).correlations[0][1], 0));
});

test('leaves out models without a score pair by pair, with the count of each', () => {
  const reports = [...three, makeReport({ mig: 0.4, sap: null }), makeReport({ mig: 0.5 })];
  const { correlations, counts, metrics: columns } = agreement(reports, { metrics: ['mig', 'sap'] });
  assert.equal(counts, [
    [5, 3],
    [3, 3],
  ]);
  assert.equal(
    columns.map(({ models }) => models),
    [5, 3],
  );
  assert.is(correlations[0][1], 0.5);
});

test('gives null and the reason where two or fewer models have both, or all of them the same score', () => {
  const reports = [
    makeReport({ mig: 0.1, sap: 0.2, irs: 0.5, modularity: 1 }),
    makeReport({ mig: 0.2, sap: 0.2, irs: 0.6, modularity: 1 }),
    makeReport({ mig: 0.3, sap: 0.2, modularity: 1 }),
    makeReport({ mig: 0.4, sap: 0.9 }),
  ];
  const { correlations, pValues, notes, metrics: columns } = agreement(reports);
  assert.equal(
    columns.map(({ name }) => name),
    ['mig', 'modularity', 'irs', 'sap'],
  );
  assert.equal(correlations[0].slice(0, 3), [1, null, null]);
  assert.equal(correlations[2], [null, null, null, null]);
  assert.ok([correlations, pValues].flat(2).every((value) => value === null || Number.isFinite(value)));
  assert.equal(notes.slice(0, 2), [
    'modularity: no correlations, all 3 scores are equal',
    'irs: no correlations, 2 of 4 models have a score and 3 are needed',
  ]);
  const flat = agreement([...reports.slice(0, 3), makeReport({ mig: null, sap: 0.9 })], { metrics: ['mig', 'sap'] });
  assert.equal(flat.correlations, [
    [1, null],
    [null, 1],
  ]);
  assert.ok(flat.notes.includes('sap: equal in all models that have a score of mig'));
  const apart = [1, 2, 3].flatMap((value) => [makeReport({ mig: value }), makeReport({ sap: value })]);
  assert.equal(agreement(apart).correlations[0], [1, null]);
  assert.equal(agreement(apart).notes, ['mig: fewer than 3 models have a score beside one of sap']);
});

test('fewer models than three have no correlations, which is said once', () => {
  const { correlations, notes } = agreement(three.slice(0, 1), { metrics: ['mig'] });
  assert.equal(correlations, [[null]]);
  assert.equal(notes, ['no correlations: 1 model, and 3 are needed']);
  const two = agreement(three.slice(0, 2), { metrics: ['mig', 'sap'] });
  assert.equal(two.notes, ['no correlations: 2 models, and 3 are needed']);
});

test('names what sets reports apart beside the model: seeds, sizes, options, and equal reports', () => {
  const reports = [
    makeReport({ mig: 0.1, sap: 0.5 }, { seed: 1, options: { bins: 20 } }),
    makeReport({ mig: 0.2, sap: 0.6 }, { seed: 0, options: { bins: 20 } }),
    makeReport({ mig: 0.2, sap: 0.6 }, { seed: 0, options: { bins: 20 } }),
    makeReport({ mig: 0.3, sap: 0.7 }, { seed: 0, rows: 99, options: { bins: 10 } }),
  ];
  assert.equal(agreement(reports, { names: ['a', 'b', 'c', 'd'] }).notes, [
    'equal reports: b and c; each counts as a model',
    'the reports have different seeds: 0 in b, c and d; 1 in a',
    'the reports have different numbers of samples: 100 in a, b and c; 99 in d',
    'mig, sap: the reports have different bins: 20 in a, b and c; 10 in d',
  ]);
});

const REFUSALS: ReadonlyArray<[string, () => unknown, string]> = [
  ['no reports', () => agreement([]), 'RangeError ERR_OPTION: reports: expected at least 1, got none'],
  [
    'something else than an array',
    () => agreement(three[0] as unknown as Report[]),
    'TypeError ERR_OPTION: reports: expected an array of reports, got object',
  ],
  [
    'another schema',
    () => agreement([{ ...three[0], schema: 'vaemetrics/bench@1' } as unknown as Report], { names: ['b.json'] }),
    'DataError ERR_DATA: b.json: expected a report of score (schema "vaemetrics/report@1"), got schema "vaemetrics/bench@1"',
  ],
  [
    'no report at all',
    () => agreement([...three, 3 as unknown as Report]),
    'DataError ERR_DATA: report 3: expected a report of score, got 3',
  ],
  [
    'a report without metrics',
    () => agreement([makeReport({})]),
    'DataError ERR_DATA: report 0: expected a report with metrics, got one without',
  ],
  [
    'a score that is text',
    () => agreement([makeReport({ mig: '0.3' as unknown as number })]),
    'DataError ERR_DATA: report 0: expected a number or null as the value of mig, got "0.3"',
  ],
  [
    'a metric that no report has',
    () => agreement(three, { metrics: ['mig-score', 'dci'] }),
    "RangeError ERR_OPTION: metrics: expected metrics that the reports have, got 'dci'; they have mig, sap, mutual-information-score",
  ],
  [
    'no metrics at all',
    () => agreement(three, { metrics: [] }),
    'RangeError ERR_OPTION: metrics: expected at least one name, got none',
  ],
  [
    'names that are no strings',
    () => agreement(three, { names: [1, 2, 3] as unknown as string[] }),
    'TypeError ERR_OPTION: names: expected an array of strings, got an array',
  ],
  [
    'fewer names than reports',
    () => agreement(three, { names: ['a'] }),
    'RangeError ERR_OPTION: names: expected 3, one for each report, got 1',
  ],
  [
    'an unknown option',
    () => agreement(three, { sign: 1 } as object),
    'TypeError ERR_OPTION: sign: not an option of agreement; expected metrics, raw, names',
  ],
];

for (const [what, run, message] of REFUSALS) {
  test(`refuses ${what}`, () => {
    try {
      run();
    } catch (error) {
      const { name, message: text, code } = error as Error & { code: string };
      assert.is(`${name} ${code}: ${text}`, message);
      return;
    }
    assert.unreachable();
  });
}

test('takes what score returns', async () => {
  const factors = Array.from({ length: 60 }, (_, i) => [i % 3, Math.floor(i / 3) % 4]);
  const reports = [];
  for (const share of [0, 0.5, 1, 2]) {
    const latents = factors.map(([a, b]) => [a + share * b, b]);
    reports.push(await score(latents, factors, { metrics: ['mig', 'modularity'] }));
  }
  const { correlations, counts } = agreement(reports);
  assert.equal(counts.flat(), [4, 4, 4, 4]);
  assert.ok((correlations[0][1] as number) > 0);
});

test.run();
