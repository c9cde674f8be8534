/** The places 0 .. count in pieces of `size`, the last of which may be shorter. */
export function* pieces(count: number, size: number): Generator<readonly [from: number, to: number]> {
  for (let from = 0; from < count; from += size) yield [from, Math.min(count, from + size)];
}
