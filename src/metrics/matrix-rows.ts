/** A row-major array as plain rows, for parts. */
export function toRows<T>(data: ArrayLike<T>, rows: number, columns: number): T[][] {
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => data[row * columns + column]),
  );
}

/** Some rows of a row-major array, one after the other. */
export function pickRows(data: Float64Array, rows: readonly number[], columns: number): Float64Array {
  const out = new Float64Array(rows.length * columns);
  rows.forEach((row, i) => {
    out.set(data.subarray(row * columns, (row + 1) * columns), i * columns);
  });
  return out;
}
