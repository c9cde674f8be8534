/** The largest of `count` values of at least 0, the second largest (0 where there is but one), and where the largest is. */
export function findTopTwo(
  count: number,
  valueAt: (index: number) => number,
): { first: number; second: number; index: number } {
  let first = 0;
  let second = 0;
  for (let i = 0; i < count; i++) {
    const value = valueAt(i);
    if (value > first) [first, second] = [value, first];
    else if (value > second) second = value;
  }
  // Differences up to 1e-12 are ties and go to the lowest index.
  let index = 0;
  while (valueAt(index) < first - 1e-12) index++;
  return { first, second, index };
}
