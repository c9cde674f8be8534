import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type MetricFace, renderTable } from '../../src/report/table.js';
import type { Report, Score } from '../../src/types.js';

const ESCAPE = '\u001b';

const metrics: readonly MetricFace[] = [
  {
    name: 'mig',
    title: 'MIG',
    summary: 'gap between the two latents that tell most about each factor',
    better: 'higher',
  },
  { name: 'irs', title: 'IRS', summary: 'how little a latent moves', better: 'lower' },
];

function scoreOf(over: Partial<Score> = {}): Score {
  return { value: 0.678584, range: [0, 1], parts: {}, options: {}, notes: [], ...over };
}

function reportOf(scores: Readonly<Record<string, Score>>, over: Partial<Report> = {}): Report {
  return {
    schema: 'vaemetrics/report@1',
    version: '0.1.0',
    seed: 7,
    input: {
      latents: { rows: 10000, columns: 3, dtype: 'float32', member: 'mu' },
      factors: { rows: 10000, columns: 2, dtype: 'int32', sizes: [3, null], types: ['discrete', 'continuous'] },
    },
    metrics: scores,
    notes: [],
    ...over,
  };
}

const linesOf = (report: Report, options: { width?: number; verbose?: boolean; color?: boolean } = {}): string[] =>
  renderTable(report, { metrics, width: 110, ...options }).split('\n');

test('says what was scored, with thousands apart, and what was read', () => {
  const report = reportOf({ mig: scoreOf() });
  assert.equal(linesOf(report).slice(0, 3), [
    '10,000 samples · 3 latents (float32) · 2 factors (int32) · seed 7',
    "latents: 'mu'",
    'factors: 0 (3 values), 1 (continuous)',
  ]);
  const { latents, factors } = report.input;
  const read = {
    latents: { ...latents, file: 'z.csv', columnNames: ['a', 'b', '\u001b'], leftOut: ['2 columns not asked for'] },
    factors: { ...factors, file: '-', names: ['shape', 'x'] },
  };
  assert.equal(linesOf({ ...report, input: read }).slice(1, 3), [
    "latents: z.csv 'mu'; a, b, \\x1b; without 2 columns not asked for",
    'factors: standard input; shape (3 values), x (continuous)',
  ]);
});

test('lists the first two dozen factors, and all of them when verbose', () => {
  const report = reportOf({ mig: scoreOf() });
  const factors = { ...report.input.factors, sizes: Array(40).fill(2), types: Array(40).fill('discrete') };
  const many = { ...report, input: { ...report.input, factors } };
  assert.match(linesOf(many).join(' '), /23 \(2 values\) and 16 more/);
  assert.match(linesOf(many, { verbose: true }).join(' '), /38 \(2 values\), 39 \(2 values\)/);
});

test('names where a posterior came from', () => {
  const report = reportOf({ mig: scoreOf() });
  const first = (posterior: NonNullable<Report['input']['posterior']>) =>
    linesOf({ ...report, input: { ...report.input, posterior } }, { width: 200 })
      .slice(0, 2)
      .join(' ');
  assert.match(first({ mu: 'mean', logvar: 'log_var', z: null }), /posterior from 'mean' and 'log_var', z drawn/);
  assert.match(first({ mu: 'mu', logvar: 'logvar', z: 'z' }), /posterior from 'mu' and 'logvar', z from 'z'/);
});

test('shows title, score, range, direction and meaning in a row', () => {
  const lines = linesOf(reportOf({ mig: scoreOf(), irs: scoreOf({ value: 1 }) }));
  assert.is(lines[4], 'Metric   Score  Range   Better  Meaning');
  assert.is(lines[5], 'MIG     0.6786  0 to 1  higher  gap between the two latents that tell most about each factor');
  assert.is(lines[6], 'IRS     1.0000  0 to 1  lower   how little a latent moves');
  const unbounded = linesOf(reportOf({ mig: scoreOf({ range: [null, null] }), irs: scoreOf({ range: [null, 1] }) }));
  assert.match(unbounded[5], / 0\.6786 {2}-∞ to ∞ {2}/);
  assert.match(unbounded[6], / 0\.6786 {2}-∞ to 1 {2}/);
});

const INTERVAL = {
  low: 0.65,
  high: 0.7,
  level: 0.95,
  bias: 0.0021,
  standardError: 0.01,
  resamples: 100,
  coverage: { n: 2000, value: 0.935 },
};

test('puts the interval beside the score and the null under it', () => {
  const interval = { ...INTERVAL, level: 0.9 };
  const chance = { mean: 0.012, standardDeviation: 0.003, maximum: 0.02, pValue: 0.0099, permutations: 1000 };
  const lines = linesOf(reportOf({ mig: scoreOf({ interval, null: chance }), irs: scoreOf() }));
  assert.is(lines[4], 'Metric   Score  90 % interval        Bias  Coverage              Range   Better  Meaning');
  assert.match(
    lines[5],
    /^MIG {5}0\.6786 {2}\[0\.6500, 0\.7000\] {2}\+0\.0021 {2}93\.5 % at 2,000 rows {2}0 to 1 {2}higher/,
  );
  assert.ok(lines.includes('        null 0.0120 ± 0.0030, p 0.0099 (1,000 permutations)'));
  assert.match(lines.find((line) => line.startsWith('IRS')) ?? '', /^IRS {5}0\.6786 {51}0 to 1/);
});

test('says under a score how halves of the rows spread, where there is no interval', () => {
  const spread = { low: 0.61, high: 0.64, level: 0.95, mean: 0.63, standardDeviation: 0.01, resamples: 1000 };
  const lines = linesOf(reportOf({ mig: scoreOf({ spread }) }));
  assert.ok(lines.includes('        95 % of 1,000 halves of the rows score 0.6100 to 0.6400'), lines.join('\n'));
  assert.not.ok(lines[4].includes('interval'));
});

test('shows a missing value as undefined, with the reason below', () => {
  const text = renderTable(reportOf({ mig: scoreOf({ value: null, notes: ['every factor is constant'] }) }), {
    metrics,
  });
  assert.match(text, /^MIG {5}undefined {2}0 to 1/m);
  assert.match(text, /\nNotes\n- MIG: every factor is constant\n$/);
});

test('says a note once, for all metrics that have it, after the notes on the input', () => {
  const note = 'factor 1 is constant and left out';
  const report = reportOf(
    { mig: scoreOf({ notes: [note] }), irs: scoreOf({ notes: [note] }) },
    { notes: ['looks swapped'] },
  );
  assert.equal(linesOf(report).slice(-4), ['Notes', '- looks swapped', `- MIG, IRS: ${note}`, '']);
});

test('fits every line into 80 columns and wraps the meaning', () => {
  const interval = INTERVAL;
  for (const score of [
    scoreOf(),
    scoreOf({ interval, notes: ['a note that is so long that it has to be broken '.repeat(4)] }),
  ]) {
    const lines = linesOf(reportOf({ mig: score, irs: score }), { width: 80 });
    for (const line of lines) assert.ok(line.length <= 80, line);
  }
  const plain = linesOf(reportOf({ mig: scoreOf() }), { width: 60 });
  const row = plain.indexOf('MIG     0.6786  0 to 1  higher  gap between the two latents');
  assert.is(plain[row + 1], '                                that tell most about each');
});

test('drops meaning, direction, range, bias and coverage in this order where the terminal is narrow, and loses no number', () => {
  const interval = INTERVAL;
  const headerAt = (width: number) =>
    linesOf(reportOf({ mig: scoreOf({ interval }) }), { width })
      .find((line) => line.startsWith('Metric'))
      ?.split(/ {2,}/);
  assert.equal(headerAt(92), ['Metric', 'Score', '95 % interval', 'Bias', 'Coverage', 'Range', 'Better']);
  assert.equal(headerAt(72), ['Metric', 'Score', '95 % interval', 'Bias', 'Coverage', 'Range']);
  assert.equal(headerAt(64), ['Metric', 'Score', '95 % interval', 'Bias', 'Coverage']);
  assert.equal(headerAt(56), ['Metric', 'Score', '95 % interval', 'Coverage']);
  assert.equal(headerAt(38), ['Metric', 'Score', '95 % interval']);
  const narrow = renderTable(reportOf({ mig: scoreOf({ interval }) }), { metrics, width: 30 });
  assert.match(
    narrow.replace(/\s+/g, ' '),
    /95 % \[0\.6500, 0\.7000\], bias \+0\.0021, coverage 93\.5 % at 2,000 rows/,
  );
});

test('is no wider than 110 columns however wide the terminal is', () => {
  const lines = linesOf(reportOf({ mig: scoreOf({ notes: ['word '.repeat(100)] }) }), { width: 400 });
  assert.ok(lines.some((line) => line.length > 100));
  for (const line of lines) assert.ok(line.length <= 110);
});

test('has colours only where they are asked for, and the same words then', () => {
  const report = reportOf({ mig: scoreOf(), irs: scoreOf({ value: null, notes: ['why'] }) }, { notes: ['swapped'] });
  const plain = renderTable(report, { metrics, verbose: true });
  const colored = renderTable(report, { metrics, verbose: true, color: true });
  assert.not.ok(plain.includes(ESCAPE));
  assert.ok(colored.includes(`${ESCAPE}[1m0.6786${ESCAPE}[22m`));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
  assert.is(colored.replace(/\u001b\[\d+m/g, ''), plain);
});

test('shows seconds where the report has them', () => {
  const lines = linesOf(reportOf({ mig: scoreOf() }, { timings: { load: 0.001, mig: 0.0123, total: 0.02 } }));
  assert.match(lines[4], /Better {2}Seconds/);
  assert.match(lines[5], /higher {4}0\.012/);
});

test('tells a metric it does not know by its name', () => {
  assert.match(renderTable(reportOf({ own: scoreOf() }), { metrics }), /^own {5}0\.6786/m);
});

test('lets no control character of a file through to the terminal', () => {
  const report = reportOf({ mig: scoreOf({ notes: ['member \u001b[2J\u202e'] }) });
  const text = renderTable(report, { metrics });
  assert.not.ok(text.includes(ESCAPE) || text.includes('\u202e'));
  assert.match(text, /member \\x1b\[2J\\u202e/);
});

test('shows options and parts when verbose, and not otherwise', () => {
  const parts = {
    mutualInformation: [
      [1, 0.5],
      [0.25, 0],
      [0, 0.125],
    ],
    gap: [0.5, null],
    meanWeight: 0.9,
  };
  const report = reportOf({ mig: scoreOf({ parts, options: { bins: 20 } }) });
  const lines = linesOf(report, { verbose: true });
  assert.ok(lines.includes('bins 20'));
  assert.ok(lines.includes('mean weight  0.9000'));
  const table = lines.indexOf('mutual information  latents down, factors across');
  assert.equal(lines.slice(table + 1, table + 5), [
    '        0       1',
    '0  1.0000  0.5000',
    '1  0.2500  0.0000',
    '2  0.0000  0.1250',
  ]);
  const vector = lines.indexOf('factor     gap');
  assert.equal(lines.slice(vector + 1, vector + 3), ['0       0.5000', '1            -']);
  assert.not.match(renderTable(report, { metrics }), /mutual information|bins/);
});

test.run();
