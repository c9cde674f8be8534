/** The most names that are suggested for one word. */
const MOST = 3;

/**
 * The candidates that a mistyped word most likely meant, the nearest first; none if none is near.
 * Case, hyphens, underscores and blanks do not count.
 */
export function suggest(word: string, candidates: readonly string[]): string[] {
  const typed = simplifyName(word);
  // A third of the letters may be wrong, and never more than three.
  const limit = Math.min(3, Math.floor(Math.max(typed.length, 3) / 3));
  const near = candidates
    .map((candidate) => ({ candidate, distance: distanceOf(typed, simplifyName(candidate)) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance);
  // What is twice as far as the nearest was hardly meant.
  const reach = Math.max(1, 2 * (near[0]?.distance ?? 0) - 1);
  return near
    .filter(({ distance }) => distance <= reach)
    .slice(0, MOST)
    .map(({ candidate }) => candidate);
}

/** `; did you mean 'mig'?`, or nothing. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const near = suggest(word, candidates).map((name) => `'${name}'`);
  return near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`;
}

/** A name as it is compared: `FactorVAE`, `factor_vae` and `factor-vae` are one. */
export function simplifyName(name: string): string {
  return name.toLowerCase().replace(/[-_\s]/g, '');
}

/** Whether two names are one. */
export function isSameName(a: string, b: string): boolean {
  return simplifyName(a) === simplifyName(b);
}

/** A beginning of three letters or more counts as one slip, and so does an end of four. */
function distanceOf(typed: string, candidate: string): number {
  const isBeginning = typed.length > 2 && candidate.startsWith(typed);
  const isEnd = typed.length > 3 && candidate.endsWith(typed);
  return candidate !== typed && (isBeginning || isEnd) ? 1 : editDistance(typed, candidate);
}

/**
 * Insertions, deletions, substitutions and swaps of neighbours that turn one word into the other.
 */
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
