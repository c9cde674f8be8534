/**
 * Every metric on every ugly input: a number in its range or null with the reason, and no NaN
 * anywhere.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { metrics, migPosterior, type Score, type ScoreOptions, score, wsepin } from '../../src/index.js';
import { UGLY_INPUTS } from './ugly-inputs.js';

/** Enough to learn from, and soon done. */
const QUICK: NonNullable<ScoreOptions['options']> = {
  'factor-vae-score': { train: 100, evaluation: 60 },
  'factor-vae-weighted-score': { train: 100, evaluation: 60 },
  'beta-vae-score': { train: 100, evaluation: 60 },
  dci: { stages: 3 },
  'dci-es': { width: 8 },
};

/** Where in a plain object a number is not finite; null where all are. */
function findNonFinite(value: unknown, path: string): string | null {
  if (typeof value === 'number') return Number.isFinite(value) ? null : `${path}: ${value}`;
  if (value === null || typeof value !== 'object') return value === undefined ? `${path}: undefined` : null;
  for (const [key, inner] of Object.entries(value)) {
    const found = findNonFinite(inner, `${path}.${key}`);
    if (found !== null) return found;
  }
  return null;
}

function checkScore(name: string, { value, range, notes, spread, null: chance, ...rest }: Score): void {
  assert.is(findNonFinite({ value, spread: spread ?? null, null: chance ?? null, ...rest }, name), null);
  if (value === null) {
    assert.ok(
      notes.some((note) => note.startsWith('undefined: ')),
      `${name}: null without a reason among ${JSON.stringify(notes)}`,
    );
    assert.is(spread, undefined, name);
    assert.is(chance, undefined, name);
    return;
  }
  const [least, most] = [range[0] ?? Number.NEGATIVE_INFINITY, range[1] ?? Number.POSITIVE_INFINITY];
  assert.ok(value >= least && value <= most, `${name}: ${value} is not within ${range}`);
  // Of so few resamples there is no interval.
  if (spread) {
    assert.ok(spread.low <= spread.high && spread.low >= least && spread.high <= most, `${name}: spread`);
  } else
    assert.ok(
      notes.some((note) => note.startsWith('no interval: ')),
      `${name}: neither spread nor reason`,
    );
  if (chance) assert.ok(chance.pValue > 0 && chance.pValue <= 1, name);
  else
    assert.ok(
      notes.some((note) => note.startsWith('no null: ')),
      `${name}: neither null nor reason`,
    );
}

/**
 * Logarithms of variances beside means: all of a latent's rows alike, so that constant latents have
 * one posterior for all.
 */
const VARIANCES: Readonly<Record<string, (d: number) => number>> = {
  'as wide as the prior': () => 0,
  spiky: (d) => [-200, -60, -14][d % 3],
  'very wide': (d) => (d % 2 === 0 ? 200 : 30),
};

for (const [name, { latents, factors, options = {}, constantLatents, constantFactors, mu = latents }] of Object.entries(
  UGLY_INPUTS,
)) {
  for (const [shape, logvarOf] of Object.entries(VARIANCES)) {
    test(`posteriors have a result or a reason: ${name}, ${shape}`, async () => {
      const logvar = mu.map((row) => row.map((_, d) => logvarOf(d)));
      for (const choice of [{}, { weights: 'rows', normaliser: 'entropy', samples: 7 }]) {
        const { trainRows: _, testRows: __, ...common } = options;
        const found = await migPosterior({ mu, logvar }, factors, {
          ...common,
          ...choice,
          interval: 3,
          null: 2,
        } as object);
        checkScore('mig-posterior', found as unknown as Score);
        const says = (what: string | undefined) =>
          what === undefined || found.notes.some((note) => note.startsWith(what));
        assert.ok(says(constantLatents) && says(constantFactors), JSON.stringify(found.notes));
        assert.ok(found.parts.mutualInformation.flat().every((information) => information >= 0));
      }
      const { trainRows: _, testRows: __, ...common } = options;
      for (const samples of [10_000, 7]) {
        const found = await wsepin({ mu, logvar }, factors, { ...common, samples, interval: 3, null: 2 });
        checkScore('wsepin', found as unknown as Score);
        const { length } = mu;
        assert.ok(found.value === null || found.value <= Math.log(length) + 1e-9, `${found.value}`);
        assert.ok(constantLatents === undefined || found.notes.some((note) => note.startsWith(constantLatents)));
      }
    });
  }

  test(`every metric has a result or a reason: ${name}`, async () => {
    const resampled = options.trainRows ? { null: 2 } : { interval: 3, null: 2 };
    const posterior = { mu, logvar: mu.map((row) => row.map(() => -2)) };
    const asked = { metrics: ['all'], options: QUICK, posterior, ...options, ...resampled };
    const report = await score(latents, factors, asked);
    for (const { name: metric, needs } of metrics) {
      const found = report.metrics[metric];
      if (options.trainRows) {
        const { spread: _, ...without } = found;
        checkScore(metric, { ...without, notes: [...without.notes, 'no interval: none was asked for'] });
      } else checkScore(metric, found);
      const says = (what: string | undefined) =>
        what === undefined || found.notes.some((note) => note.startsWith(what));
      assert.ok(says(constantLatents), `${metric}: ${JSON.stringify(found.notes)}`);
      if (needs.includes('factors')) assert.ok(says(constantFactors), `${metric}: ${JSON.stringify(found.notes)}`);
    }
    // What is printed is what was computed.
    assert.equal(JSON.parse(JSON.stringify(report)), report);
  });
}

/** What the options of slow metrics choose between, on the same inputs. */
const CHOICES: ReadonlyArray<NonNullable<ScoreOptions['options']>> = [
  { dci: { regressor: 'lasso' }, 'dci-es': { width: 3, coding: 'classes' } },
  { dci: { regressor: 'random-forest', trees: 2 }, 'dci-es': { probe: 'trees', stages: 3 } },
  { dci: { regressor: 'ubisoft-lasso' }, 'dci-es': { probe: 'trees', stages: 3, coding: 'classes' } },
];
for (const [name, { latents, factors, options = {} }] of Object.entries(UGLY_INPUTS)) {
  test(`every learner and probe has a result or a reason: ${name}`, async () => {
    // Of 500 latents the lasso takes its time.
    const some = latents.map((row) => row.slice(0, 60));
    for (const chosen of CHOICES) {
      const report = await score(some, factors, { metrics: ['dci', 'dci-es'], options: chosen, ...options });
      for (const metric of ['dci', 'dci-es']) {
        const found = report.metrics[metric];
        checkScore(metric, {
          ...found,
          notes: [...found.notes, 'no interval: not asked for', 'no null: not asked for'],
        });
      }
    }
  });
}

test('two rows with a value each are refused: no value repeats', async () => {
  const message = await score([[0], [1]], [[0], [1]]).catch((error: Error) => error.message);
  assert.match(message as string, /expected a discrete factor to repeat its values, got 2 different ones in 2 rows/);
});

test.run();
