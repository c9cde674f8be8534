/** Spearman's rank correlation of a few values each: of metrics over models, not of samples. */

/** A rank correlation, and from how many pairs of values. */
export interface RankCorrelation {
  /** Null where there is none; `reason` then says why. */
  readonly value: number | null;
  readonly count: number;
  readonly reason: 'too few' | 'first constant' | 'second constant' | 'both constant' | null;
}

/** With two pairs every correlation is 1 or -1 (or none). */
export const FEWEST_PAIRS = 3;

/**
 * Twice the rank of each value, from 2 up; equal values share the mean of their ranks. Doubled, so
 * that all are whole.
 */
function doubledRanks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[a] - values[b]);
  const ranks = new Array<number>(values.length);
  for (let first = 0; first < order.length; ) {
    let end = first + 1;
    while (end < order.length && values[order[end]] === values[order[first]]) end++;
    for (let i = first; i < end; i++) ranks[order[i]] = first + end + 1;
    first = end;
  }
  return ranks;
}

/**
 * Spearman's rho over the places where both have a value: Pearson's correlation of ranks, equal
 * values sharing their mean rank.
 *
 * Sums are of whole numbers and exact, so that equal orders give exactly 1, and opposite ones -1.
 */
export function rankCorrelation(
  x: ReadonlyArray<number | null>,
  y: ReadonlyArray<number | null>,
): RankCorrelation & { readonly ranks: readonly [number[], number[]] } {
  const places = x.map((_, i) => i).filter((i) => x[i] !== null && y[i] !== null);
  const a = doubledRanks(places.map((i) => x[i] as number));
  const b = doubledRanks(places.map((i) => y[i] as number));
  const count = places.length;
  const found = { count, ranks: [a, b] as const };
  if (count < FEWEST_PAIRS) return { value: null, reason: 'too few', ...found };
  const [aa, bb] = [productOfDeviations(a, a), productOfDeviations(b, b)];
  if (aa === 0 && bb === 0) return { value: null, reason: 'both constant', ...found };
  if (aa === 0) return { value: null, reason: 'first constant', ...found };
  if (bb === 0) return { value: null, reason: 'second constant', ...found };
  return { value: productOfDeviations(a, b) / Math.sqrt(aa * bb), reason: null, ...found };
}

/** Doubled ranks have the whole mean n + 1, so that this is exact. */
export function productOfDeviations(a: readonly number[], b: readonly number[]): number {
  const mean = a.length + 1;
  return a.reduce((sum, rank, i) => sum + (rank - mean) * (b[i] - mean), 0);
}
