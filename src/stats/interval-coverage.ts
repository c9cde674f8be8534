/**
 * Which intervals deserve the name: those of which a simulation has shown how often they hold the
 * score of infinitely many rows.
 */
import type { IntervalCoverage } from '../types.js';
import { SIMULATED_COVERAGE } from './simulated-coverage.js';

/** Resamples of the simulation: fewer leave too little in the tails. */
export const LEAST_RESAMPLES = 100;
/** The levels that the simulation looked at. */
export const SIMULATED_LEVELS = [0.9, 0.95, 0.99] as const;
/** How far the coverage may be below the level. */
const LARGEST_SHORTFALL = 0.05;

/** A score of which an interval is asked for. */
export interface Asked {
  readonly metric: string;
  /** Whether all of the metric's options are the defaults, with which was simulated. */
  readonly isDefault: boolean;
  readonly rows: number;
  readonly level: number;
  readonly resamples: number;
}

/**
 * The simulated coverage of an interval: that of the largest table that was simulated and is not
 * larger, of the population in which it was least. A text instead says why there is to be no
 * interval.
 */
export function coverageOf({ metric, isDefault, rows, level, resamples }: Asked): IntervalCoverage | string {
  const simulated = SIMULATED_COVERAGE[metric];
  if (simulated === undefined) return 'no simulation has shown the coverage of an interval';
  const at = (SIMULATED_LEVELS as readonly number[]).indexOf(level);
  if (at < 0) return `the coverage of an interval is known for the levels ${SIMULATED_LEVELS.join(', ')}`;
  if (resamples < LEAST_RESAMPLES) {
    return `the coverage of an interval is known for ${LEAST_RESAMPLES} resamples or more`;
  }
  if (!isDefault) return 'the coverage of an interval is known for the default options alone';
  const sizes = Object.keys(simulated).map(Number);
  const n = Math.max(...sizes.filter((size) => size <= rows));
  if (!Number.isFinite(n)) return `the coverage of an interval is known from ${Math.min(...sizes)} rows on`;
  const value = simulated[n][at];
  if (value >= level - LARGEST_SHORTFALL) return { n, value };
  const held = `${percent(value)} of simulated tables of ${n} rows`;
  return `a ${percent(level)} interval holds the score of infinitely many rows in ${held}`;
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`;
}
