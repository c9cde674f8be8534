import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { agreement } from '../../src/facade/agreement.js';
import { metrics } from '../../src/index.js';
import { formatCorrelation, renderAgreement } from '../../src/report/agreement-table.js';
import { renderUdr } from '../../src/report/udr-table.js';
import type { UdrReport } from '../../src/types.js';
import { makeReport } from './make-report.js';

const reports = [
  makeReport({ mig: 0.1, sap: 0.2, 'mutual-information-score': 3 }),
  makeReport({ mig: 0.2, sap: 0.4, 'mutual-information-score': 2 }),
  makeReport({ mig: 0.3, sap: 0.3, 'mutual-information-score': null }),
  makeReport({ mig: 0.4, sap: 0.1, 'mutual-information-score': 4 }),
];

test('shows rows by number and title, columns by number, and the notes', () => {
  assert.is(
    renderAgreement(agreement(reports)),
    `4 models · 3 metrics · Spearman rank correlation · ↓ negated
pairs of metrics have 3 to 4 models

                1    2    3
1 MIG           1 -.50 -.40
2 MI score ↓ -.50    1    1
3 SAP        -.40    1    1

Notes
- lower is better, and scores are negated: mutual-information-score
`,
  );
});

test('says how many models pairs of metrics have', () => {
  const apart = agreement([makeReport({ mig: 1, sap: 2 }), makeReport({ mig: 2 }), makeReport({ mig: 3 })]);
  assert.match(renderAgreement(apart), 'pairs of metrics have 1 model\n');
});

test('is no wider than the terminal, and shows every number once: in as many blocks of columns as that takes', () => {
  const many = Array.from({ length: 6 }, (_, i) =>
    makeReport(Object.fromEntries(metrics.map(({ name }, m) => [name, ((i + 1) * (m + 3)) % 7]))),
  );
  const report = agreement(many);
  for (const width of [30, 40, 60, 80, 110]) {
    const lines = renderAgreement({ ...report, notes: [] }, { width }).split('\n');
    assert.ok(Math.max(...lines.map((line) => line.length)) <= width, `${width}`);
    const heads = lines.filter((line) => /^[ \d]+\d$/.test(line)).flatMap((line) => line.trim().split(/ +/));
    assert.equal(
      heads.map(Number),
      metrics.map((_, i) => i + 1),
      `${width}`,
    );
  }
});

test('colours where asked to: agreement green, disagreement red, nothing else', () => {
  const text = renderAgreement(agreement(reports), { color: true });
  assert.match(text, '\u001b[31m-.50\u001b[39m');
  assert.match(text, '\u001b[32m1\u001b[39m');
  assert.match(text, ' -.40 ');
  assert.not.match(renderAgreement(agreement(reports)), '\u001b');
});

test('formats correlations in four characters', () => {
  const texts = [1, -1, 0, 0.001, -0.001, 0.5, -0.123, 0.999, -0.999, null].map(formatCorrelation);
  assert.equal(texts, ['1', '-1', '.00', '.00', '.00', '.50', '-.12', '1', '-1', '-']);
});

test('control characters of names do not reach a terminal', () => {
  const text = renderAgreement(agreement([makeReport({ a: 1 })], { names: ['\u001b[2J'] }));
  assert.not.match(text, '\u001b');
});

test('ranks models, the best first, those without a score last', () => {
  const model = (name: string, score: number | null) => ({
    name,
    score,
    latents: 5,
    informativeLatents: [0, 2],
    divergences: null,
  });
  const report: UdrReport = {
    schema: 'vaemetrics/udr@1',
    version: '0.1.0',
    similarity: 'spearman',
    rows: 1000,
    threshold: 0.01,
    models: [model('a.npz', 0.25), model('b.npz', null), model('longer.npz', 0.5)],
    pairs: [],
    notes: ['b.npz: nothing'],
  };
  assert.is(
    renderUdr(report),
    `3 models · 1,000 samples · Unsupervised disentanglement ranking by spearman

Model           Score  Informative latents
longer.npz     0.5000               2 of 5
a.npz          0.2500               2 of 5
b.npz       undefined               2 of 5

Notes
- b.npz: nothing
`,
  );
});

test.run();
