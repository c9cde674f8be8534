/** Words numbered in their order, so that numbers do not depend on which row comes first. */

/** The number of each word, and the different words by their numbers. */
export interface NumberedWords {
  readonly numbers: Int32Array;
  readonly words: readonly string[];
}

/** Numbers the words of a column. */
export function numberWords(column: readonly string[]): NumberedWords {
  const words = sortWords(column);
  const ranks = new Map(words.map((word, rank) => [word, rank]));
  return { numbers: Int32Array.from(column, (word) => ranks.get(word) as number), words };
}

/** The different words, in the order of their UTF-16 units, which no language changes. */
export function sortWords(words: Iterable<string>): string[] {
  return [...new Set(words)].sort();
}
