/** Differences up to this are ties, and go to the lowest index. */
const TIE = 1e-12;

/**
 * The latents that are best at a factor: each belongs to the factor it matters to most, and of each
 * factor the `most` of highest score are kept. A latent that matters to none belongs to none.
 *
 * @param importance [latent][factor]
 * @param scores one for each latent
 * @returns in increasing order
 */
export function pickLatents(
  importance: ArrayLike<number>,
  scores: ReadonlyArray<number | null>,
  factorCount: number,
  most: number,
): number[] {
  const owners = scores.map((_, d) => {
    const row = Array.from({ length: factorCount }, (_, k) => importance[d * factorCount + k]);
    const largest = Math.max(0, ...row);
    return largest === 0 ? null : row.findIndex((value) => value >= largest - TIE);
  });
  const kept: number[] = [];
  for (let k = 0; k < factorCount; k++) {
    const left = owners.flatMap((owner, d) => (owner === k ? [d] : []));
    for (let i = 0; i < most && left.length > 0; i++) {
      const highest = Math.max(...left.map((d) => scores[d] ?? 0));
      const at = left.findIndex((d) => (scores[d] ?? 0) >= highest - TIE);
      kept.push(...left.splice(at, 1));
    }
  }
  return kept.sort((a, b) => a - b);
}
