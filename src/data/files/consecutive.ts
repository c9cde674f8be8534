/**
 * The stretches of rows that follow each other, as positions from .. to - 1; none longer than
 * `most` rows.
 */
export function* consecutive(rows: ArrayLike<number>, most: number): Generator<readonly [from: number, to: number]> {
  for (let from = 0, to = 0; from < rows.length; from = to) {
    to = from + 1;
    while (to < rows.length && to - from < most && rows[to] === rows[to - 1] + 1) to++;
    yield [from, to];
  }
}
