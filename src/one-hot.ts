/** Factors that are given as one column for each of their values. */
import type { Cells } from './factor-type.js';
import { Matrix } from './matrix.js';
import type { FactorType } from './types.js';

/** Columns `from` up to, but not including, `to`, of which exactly one is 1 in each row. */
export interface OneHotGroup {
  readonly from: number;
  readonly to: number;
}

/** Fewer are a yes and a no, each of which stands for itself. */
const LEAST_COLUMNS = 3;

/** Neighbouring columns of 0 and 1 of which each row has one 1; the widest from the left. */
export function findOneHot({ data, rows, columns }: Cells): OneHotGroup[] {
  const isBinary = Array.from({ length: columns }, (_, k) => {
    for (let i = k; i < data.length; i += columns) if (data[i] !== 0 && data[i] !== 1) return false;
    return rows > 0;
  });
  const groups: OneHotGroup[] = [];
  for (let from = 0; from < columns; ) {
    const to = isBinary[from] ? endOfGroup(data, rows, columns, from, isBinary) : from;
    if (to - from >= LEAST_COLUMNS) groups.push({ from, to });
    from = Math.max(to, from + 1);
  }
  return groups;
}

/** Where the group that begins at a column ends; at its beginning if none does. */
function endOfGroup(
  data: ArrayLike<number>,
  rows: number,
  columns: number,
  from: number,
  isBinary: readonly boolean[],
): number {
  const sums = new Uint8Array(rows);
  let end = from;
  for (let k = from; k < columns && isBinary[k]; k++) {
    let ones = 0;
    for (let row = 0; row < rows; row++) {
      sums[row] += data[row * columns + k];
      if (sums[row] > 1) return end;
      ones += sums[row];
    }
    if (ones === rows) end = k + 1;
  }
  return end;
}

/** Factors with what is known of them. */
export interface LabelledFactors {
  readonly factors: Matrix;
  readonly names: readonly string[] | undefined;
  readonly types: ReadonlyArray<FactorType | null> | undefined;
}

/** The same with a discrete factor in place of each group, whose values are the places in it. */
export function joinOneHot({ factors, names, types }: LabelledFactors): LabelledFactors {
  const groups = findOneHot(factors);
  if (groups.length === 0) return { factors, names, types };
  const { data, rows, columns } = factors;
  const spans: OneHotGroup[] = [];
  for (let from = 0; from < columns; from = spans[spans.length - 1].to) {
    spans.push(groups.find((group) => group.from === from) ?? { from, to: from + 1 });
  }
  const joined = new Float64Array(rows * spans.length);
  for (let row = 0, i = 0; row < rows; row++) {
    for (const { from, to } of spans) {
      const cells = data.subarray(row * columns + from, row * columns + to);
      joined[i++] = to - from === 1 ? cells[0] : cells.indexOf(1);
    }
  }
  return {
    factors: new Matrix(joined, rows, spans.length, factors.dtype),
    names: names && spans.map(({ from, to }) => nameOfSpan(names.slice(from, to))),
    types: spans.map(({ from, to }) => (to - from === 1 ? (types?.[from] ?? null) : 'discrete')),
  };
}

/** What the names of columns begin with, `shape` of `shape_heart` and `shape_square`. */
function nameOfSpan(names: readonly string[]): string {
  const [first] = names;
  let length = first.length;
  for (const name of names) while (!name.startsWith(first.slice(0, length))) length--;
  return names.length === 1 ? first : first.slice(0, length).replace(/[_\W]+$/u, '') || first;
}
