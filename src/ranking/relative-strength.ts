/**
 * How nearly two sets of latents are the same up to order: the score of a pair in Unsupervised
 * Disentanglement Ranking.
 *
 *     ( sum_b r_b^2 / sum_a R_ab  +  sum_a r_a^2 / sum_b R_ab ) / (A + B),     r_b = max_a R_ab,  r_a = max_b R_ab
 *
 * over the A informative latents of one model and the B of the other. 1 where each latent is like
 * one of the other model and like no second one. A latent that is like none adds 0; a model without
 * latents has nothing in common with the other, 0; two of them: null.
 *
 * @param similarity R, from 0 to 1, A arrays of B
 * @see Duan et al. 2020
 */
export function relativeStrength(similarity: ReadonlyArray<ArrayLike<number>>, columns: number): number | null {
  const count = similarity.length + columns;
  if (count === 0) return null;
  const rows = similarity.map((row) => Array.from(row));
  const turned = Array.from({ length: columns }, (_, b) => rows.map((row) => row[b]));
  return [...rows, ...turned].reduce((sum, line) => sum + strengthOf(line), 0) / count;
}

/** max^2 / sum. */
function strengthOf(line: readonly number[]): number {
  const sum = line.reduce((total, value) => total + value, 0);
  return sum === 0 ? 0 : Math.max(...line) ** 2 / sum;
}
