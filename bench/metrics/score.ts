/** Whole metrics by the façade, beside plain JavaScript. */

import { score } from '../../src/facade/score.js';
import type { ScoreOptions } from '../../src/facade/score-options.js';
import type { Matrix } from '../../src/matrix.js';
import type { Score } from '../../src/types.js';
import { type Bench, type Contest, expectClose, type Ground } from '../contest.js';

/** Scores with one metric, and remembers how long loading and computing took. */
export function scorer(latents: Matrix, factors: Matrix, metric: string, options: ScoreOptions = {}) {
  const parts: { load: number[]; compute: number[] } = { load: [], compute: [] };
  const run = async (): Promise<Score> => {
    const { metrics, timings } = await score(latents, factors, { ...options, metrics: [metric], timings: true });
    parts.load.push(timings?.load ?? Number.NaN);
    parts.compute.push(timings?.[metric] ?? Number.NaN);
    return metrics[metric];
  };
  return { run, parts };
}

/**
 * What plain JavaScript makes of a table, and the part of ours that it must agree with beside the
 * value.
 */
export interface PlainScore {
  readonly value: number;
  /** By the name of the part. */
  readonly parts?: Readonly<Record<string, ArrayLike<number>>>;
}

/** A table, or part of one. */
export type Rows = Pick<Ground, 'rows' | 'latents' | 'factors'>;

/** How near both must be, and what ours is asked for. */
export interface ScoreTerms {
  /** What it is called where it is not the whole metric that is compared. */
  readonly name?: string;
  readonly tolerance?: number;
  readonly options?: ScoreOptions;
}

/** One metric beside plain JavaScript on the same table. */
export function scoreContest(
  { rows, latents, factors }: Rows,
  metric: string,
  plain: () => PlainScore,
  { name = metric, tolerance = 1e-9, options }: ScoreTerms = {},
): Contest {
  const { run, parts } = scorer(latents, factors, metric, options);
  return {
    name,
    amount: rows,
    unit: 'row',
    parts,
    ours: async () => (await run()).value ?? 0,
    plain: () => plain().value,
    async check() {
      const [got, expected] = [await run(), plain()];
      expectClose(name, [got.value ?? Number.NaN], [expected.value], tolerance);
      for (const [part, numbers] of Object.entries(expected.parts ?? {})) {
        expectClose(`${name}, ${part}`, (got.parts[part] as number[]).flat(), numbers, tolerance);
      }
    },
  };
}

/** A bench of one metric on the whole table. */
export function scoreBench(metric: string, plain: (ground: Ground) => PlainScore, terms?: ScoreTerms): Bench {
  return {
    name: metric,
    prepare: (ground) => [scoreContest(ground, metric, () => plain(ground), terms)],
  };
}

/** Both parts of the first rows, the first two thirds of which are learned from. */
export function splitOf(rows: number) {
  const middle = Math.floor((2 * rows) / 3);
  return { middle, options: { trainRows: { from: 0, to: middle }, testRows: { from: middle, to: rows } } };
}
