/** Means of correlations of columns that are paired one to one. */
import { assign } from '../stats/assignment.js';
import type { Correlations } from '../stats/correlations.js';

/**
 * A mean correlation, and what it is the mean of; right columns are factors, or variates of them.
 */
export interface PairedScore {
  /** Correlations of the rows that are judged, [left][right]. */
  readonly matrix: Float64Array;
  readonly left: number;
  /** The left column of each right one, [right]; null for none. */
  readonly pairedLatent: Array<number | null>;
  /** What each right column adds to the sum, [right]; null for one that is left out. */
  readonly perFactor: Array<number | null>;
  /** Mean over as many as the smaller side has; null for none. */
  readonly matched: number | null;
  /** Mean over the right columns; null for none. */
  readonly coverage: number | null;
}

/** How columns are paired and judged. */
interface Choices {
  /**
   * Correlations whose largest sum decides; without them each column goes with that of its number.
   */
  readonly chosenBy?: Correlations;
  /**
   * Whether correlations count with the sign that they agree or disagree in with those of
   * `learned`.
   */
  readonly isSigned?: boolean;
}

/** Right columns that are constant in a part that is looked at are left out. */
export function scorePairs(
  { left, right }: { readonly left: number; readonly right: number },
  learned: Correlations,
  judged: Correlations,
  { chosenBy, isSigned = false }: Choices,
): PairedScore {
  const counted = [...Array(right).keys()].filter((k) => learned.varies[k] && judged.varies[k]);
  const pairedLatent = new Array<number | null>(right).fill(null);
  const perFactor = new Array<number | null>(right).fill(null);
  const best = chosenBy && bestRows(chosenBy, left, right, counted);
  counted.forEach((k, i) => {
    const d = best ? best[i] : k;
    perFactor[k] = 0;
    if (d < 0 || d >= left) return;
    const correlation = judged.values[d * right + k];
    const sign = Math.sign(learned.values[d * right + k]);
    pairedLatent[k] = d;
    // + 0: a product of 0 has no sign.
    perFactor[k] = isSigned ? sign * correlation + 0 : Math.abs(correlation);
  });
  const sum = counted.reduce((total, k) => total + (perFactor[k] ?? 0), 0);
  const mean = (count: number) => (count === 0 ? null : sum / count);
  return {
    matrix: judged.values,
    left,
    pairedLatent,
    perFactor,
    matched: mean(Math.min(left, counted.length)),
    coverage: mean(counted.length),
  };
}

/** The left column of each right one that counts. */
function bestRows({ values }: Correlations, left: number, right: number, counted: readonly number[]): Int32Array {
  const weights = Float64Array.from({ length: left * counted.length }, (_, at) => {
    const d = Math.floor(at / counted.length);
    return Math.abs(values[d * right + counted[at % counted.length]]);
  });
  return assign(weights, left, counted.length);
}
