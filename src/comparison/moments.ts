/** What describes a group of scores, and the difference of two. */
import { studentQuantile } from '../stats/student.js';

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Divided by n - 1; of at least two values. */
export function standardDeviation(values: readonly number[]): number {
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

/**
 * Interval of the difference of the means of two populations, by Welch's t with its degrees of
 * freedom rounded down; null for a group of one, and if no score of either varies.
 * @see B. Welch 1947, The generalization of Student's problem
 */
export function differenceInterval(
  a: readonly number[],
  b: readonly number[],
  confidence: number,
): [low: number, high: number] | null {
  if (a.length < 2 || b.length < 2) return null;
  const [ofA, ofB] = [a, b].map((values) => standardDeviation(values) ** 2 / values.length);
  const variance = ofA + ofB;
  if (variance === 0) return null;
  const freedom = variance ** 2 / (ofA ** 2 / (a.length - 1) + ofB ** 2 / (b.length - 1));
  const half = studentQuantile(1 - confidence, Math.max(1, Math.floor(freedom))) * Math.sqrt(variance);
  const difference = meanOf(a) - meanOf(b);
  return [difference - half, difference + half];
}
