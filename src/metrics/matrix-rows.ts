/** A row-major array as plain rows, for parts. */
export function toRows<T>(data: ArrayLike<T>, rows: number, columns: number): T[][] {
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => data[row * columns + column]),
  );
}
