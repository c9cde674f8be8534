/**
 * Metrics that a large table makes too costly are skipped, by a formula, where nobody named them.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeSyntheticTable } from '../../src/cli/synthetic-table.js';
import { reasonToSkip } from '../../src/facade/skip-costly.js';
import { irs, metrics, type Score, score } from '../../src/index.js';
import { renderNote } from '../../src/note.js';
import { defaultsOf } from '../../src/options/check-options.js';

/** What a default selection skips of a table, with the reason. */
function skipped(rows: number, columns: number, factors: number): Record<string, string> {
  const shapes = {
    latents: { rows, columns, dtype: 'float32' },
    factors: { rows, columns: factors, dtype: 'int32' },
    hasPosterior: false,
  } as const;
  const reasons = metrics
    .filter(({ isSlow, needs }) => !isSlow && !needs.includes('posterior'))
    .flatMap((metric) => {
      const reason = reasonToSkip({ metric, options: defaultsOf(metric.options) }, shapes);
      return reason === null ? [] : [[metric.name, renderNote(reason)]];
    });
  return Object.fromEntries(reasons);
}

test('skips nothing of tables of an ordinary width, up to the size of dSprites', () => {
  for (const [rows, columns, factors] of [
    [10_000, 10, 5],
    [737_280, 10, 5],
    [100_000, 32, 8],
    [10_000, 128, 10],
  ]) {
    assert.equal(skipped(rows, columns, factors), {}, `${rows} x ${columns}`);
  }
});

test('of 4,096 latents skips what compares every two of them, or solves for all at once', () => {
  const reasons = skipped(10_000, 4096, 5);
  assert.equal(Object.keys(reasons), [
    'mutual-information-score',
    'gaussian-total-correlation',
    'gaussian-wasserstein-correlation',
    'explicitness',
    'infomec',
    'r2',
  ]);
  assert.is(
    reasons['mutual-information-score'],
    'undefined: skipped, because it takes some 84 s of one thread of 10000 x 4096 latents and 5 factors, more than 60, unless metrics = mutual-information-score asks for it',
  );
});

test('of a table that memory cannot hold leaves what needs no more than histograms', () => {
  const reasons = skipped(100_000, 16_384, 5);
  const left = metrics.map(({ name }) => name).filter((name) => !(name in reasons));
  assert.equal(
    left.filter((name) => !['dci', 'dci-es', 'mig-posterior', 'wsepin'].includes(name)),
    ['mig', 'rmig', 'mig-sup', 'jemmig', 'dcimig', 'dmig', 'xmig', 'dlig', 'modularity', 'minimality', 'sufficiency'],
  );
  assert.match(
    reasons['factor-vae-score'],
    /^undefined: skipped, because it takes some 12 GiB of memory of 100000 x 16384 latents and 5 factors, and there are 4, unless rows leaves fewer$/,
  );
});

test('a report says what was skipped, and computes it where it is asked for', async () => {
  const { latents, factors } = makeSyntheticTable({ rows: 200 });
  const { cost } = irs;
  const costly = irs as unknown as { cost: typeof irs.cost };
  try {
    costly.cost = () => ({ seconds: 61, bytes: 0 });
    const { metrics: all } = await score(latents, factors);
    const left: Pick<Score, 'value' | 'notes'> = all.irs;
    assert.is(left.value, null);
    assert.match(left.notes[0], /^undefined: skipped, because it takes some 61 s .* unless metrics = irs asks for it$/);
    assert.ok(all.mig.value !== null);
    const { metrics: named } = await score(latents, factors, { metrics: ['irs'] });
    assert.ok(named.irs.value !== null);
    assert.ok((await irs(latents, factors)).value !== null);
  } finally {
    costly.cost = cost;
  }
});

test.run();
