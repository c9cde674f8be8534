/** Columns of words: each word has a number. */

/** The most different words of a column. */
export const MOST_WORDS = 65_536;

/**
 * Numbers words in their order, so that they do not depend on which row comes first.
 * @param known the words that were met and their numbers so far, which are changed
 * @returns the new number of each by its old one
 */
export function rankWords(known: Map<string, number>): Float64Array {
  const sorted = [...known.keys()].sort();
  const ranks = new Float64Array(known.size);
  for (const [rank, word] of sorted.entries()) ranks[known.get(word) as number] = rank;
  known.clear();
  for (const [rank, word] of sorted.entries()) known.set(word, rank);
  return ranks;
}
