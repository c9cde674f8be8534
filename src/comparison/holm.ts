/**
 * P-values corrected for how many of them there are, by Holm's step-down procedure: whoever calls
 * those at or below a level significant is wrong about any of them with at most that probability.
 * Null, for what was not tested, stays null and is not counted.
 * @see S. Holm 1979, A simple sequentially rejective multiple test procedure
 */
export function correctByHolm(pValues: ReadonlyArray<number | null>): Array<number | null> {
  const corrected: Array<number | null> = pValues.map(() => null);
  const tested = [...pValues.keys()].filter((i) => pValues[i] !== null);
  tested.sort((i, j) => (pValues[i] as number) - (pValues[j] as number));
  let most = 0;
  tested.forEach((i, rank) => {
    most = Math.max(most, Math.min(1, (pValues[i] as number) * (tested.length - rank)));
    corrected[i] = most;
  });
  return corrected;
}
