/** Which of latents (or factors) that are equally good is the best. */
export type Ties = 'lowest' | 'highest';

/**
 * The largest of `count` values of at least 0, the second largest (0 where there is but one), and
 * where the largest is.
 */
export function findTopTwo(
  count: number,
  valueAt: (index: number) => number,
  ties: Ties = 'lowest',
): { first: number; second: number; index: number } {
  let first = 0;
  let second = 0;
  for (let i = 0; i < count; i++) {
    const value = valueAt(i);
    if (value > first) [first, second] = [value, first];
    else if (value > second) second = value;
  }
  // Differences up to 1e-12 are ties.
  const towards = ties === 'lowest' ? 1 : -1;
  let index = ties === 'lowest' ? 0 : count - 1;
  while (valueAt(index) < first - 1e-12) index += towards;
  return { first, second, index };
}
