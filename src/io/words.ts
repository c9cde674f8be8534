/** Columns of words: each word has a number. */

/** The most different words of a column. */
export const MOST_WORDS = 65_536;

/** The number of each word, and the different words by their numbers. */
export interface NumberedWords {
  readonly numbers: Int32Array;
  readonly words: readonly string[];
}

/** Numbers the words of a column. */
export function numberWords(column: readonly string[]): NumberedWords {
  const known = new Map<string, number>();
  const met = Int32Array.from(column, (word) => {
    const code = known.get(word) ?? known.size;
    known.set(word, code);
    return code;
  });
  const ranks = rankWords(known);
  return { numbers: met.map((code) => ranks[code]), words: [...known.keys()] };
}

/**
 * Numbers words in the order of their UTF-16 units, which no language changes, so that numbers do
 * not depend on which row comes first.
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
