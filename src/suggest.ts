/** The candidates that a mistyped word most likely meant: those nearest to it, three at most; none where none is near. */
export function findNearest(word: string, candidates: readonly string[]): string[] {
  const typed = word.toLowerCase();
  // A third of the letters may be wrong, and never more than three.
  const bound = Math.min(3, Math.floor(Math.max(typed.length, 3) / 3));
  const distances = candidates.map((candidate) =>
    typed.length > 2 && candidate.startsWith(typed) ? 1 : editDistance(typed, candidate.toLowerCase()),
  );
  const least = distances.reduce((a, b) => Math.min(a, b), bound + 1);
  return least > bound ? [] : candidates.filter((_, i) => distances[i] === least).slice(0, 3);
}

/** `; did you mean 'mig'?`, or nothing. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const near = findNearest(word, candidates).map((candidate) => `'${candidate}'`);
  return near.length === 0 ? '' : `; did you mean ${listWords(near)}?`;
}

/** `a, b or c`. */
function listWords(words: readonly string[]): string {
  return words.length === 1 ? words[0] : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** Whether two words are the same but for case, hyphens, underscores and spaces. */
export function isSameName(a: string, b: string): boolean {
  return plain(a) === plain(b);
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[-_\s]/g, '');
}

/** Insertions, deletions, substitutions and swaps of neighbours that turn one word into the other. */
function editDistance(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1] ? 0 : 1;
      row[j] = Math.min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + same);
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) {
        row[j] = Math.min(row[j], rows[i - 2][j - 2] + 1);
      }
    }
    rows.push(row);
  }
  return rows[from.length][to.length];
}
