/**
 * Latents that are 0 in most rows, as those of sparse autoencoders: the extremes of what is not 0,
 * a bin for zeros alone, and joint counts of which zeros are told by what is missing.
 *
 * Counts are whole numbers, so those of a table whose zeros are not stored are the very counts of
 * the same table with all of them. Cost: O(rows * columns), or O(values that are stored).
 */

/**
 * Least and largest value but 0 of each column of x (rows, columns); Infinity and -Infinity of a
 * column of zeros. minima, maxima: f64[columns].
 */
function nonzeroExtremes<T>(minima: usize, maxima: usize, x: usize, rows: i32, columns: i32): void {
  for (let column: usize = 0, end = <usize>columns << 3; column < end; column += 8) {
    store<f64>(minima + column, Infinity);
    store<f64>(maxima + column, -Infinity);
  }
  let p = x;
  for (let row = 0; row < rows; row++) {
    for (let column: usize = 0, end = <usize>columns << 3; column < end; column += 8) {
      const value = <f64>load<T>(p);
      p += sizeof<T>();
      if (value == 0) continue;
      if (value < load<f64>(minima + column)) store<f64>(minima + column, value);
      if (value > load<f64>(maxima + column)) store<f64>(maxima + column, value);
    }
  }
}

export function nonzeroExtremesF32(minima: usize, maxima: usize, x: usize, rows: i32, columns: i32): void {
  nonzeroExtremes<f32>(minima, maxima, x, rows, columns);
}

export function nonzeroExtremesF64(minima: usize, maxima: usize, x: usize, rows: i32, columns: i32): void {
  nonzeroExtremes<f64>(minima, maxima, x, rows, columns);
}

/**
 * out = bin for rows [firstRow, lastRow) of x (rows, columns) that are 0. out: u16[columns][rows].
 */
function markZeros<T>(out: usize, x: usize, rows: i32, columns: i32, bin: i32, firstRow: i32, lastRow: i32): void {
  const stride = <usize>columns * sizeof<T>();
  for (let column = 0; column < columns; column++) {
    let p = x + <usize>firstRow * stride + <usize>column * sizeof<T>();
    let q = out + ((<usize>column * <usize>rows + <usize>firstRow) << 1);
    for (let row = firstRow; row < lastRow; row++) {
      if (load<T>(p) == 0) store<u16>(q, <u16>bin);
      p += stride;
      q += 2;
    }
  }
}

export function markZerosF32(out: usize, x: usize, rows: i32, columns: i32, bin: i32, firstRow: i32, lastRow: i32): void {
  markZeros<f32>(out, x, rows, columns, bin, firstRow, lastRow);
}

export function markZerosF64(out: usize, x: usize, rows: i32, columns: i32, bin: i32, firstRow: i32, lastRow: i32): void {
  markZeros<f64>(out, x, rows, columns, bin, firstRow, lastRow);
}

/** out[i] = codes[rows[i]]. out: u16[count]; rows: i32[count]; codes: u16. */
export function gatherCodes(out: usize, codes: usize, rows: usize, count: i32): void {
  for (let i: usize = 0, end = <usize>count; i < end; i++) {
    store<u16>(out + (i << 1), load<u16>(codes + (<usize>load<i32>(rows + (i << 2)) << 1)));
  }
}

/**
 * Adds to one bin of counts, u32[copies][bins][values], the rows that were not counted: those of
 * `totals`, u32[values], less all that counts hold.
 */
export function countMissing(counts: usize, totals: usize, copies: i32, bins: i32, values: i32, bin: i32): void {
  const lines = copies * bins;
  const stride = <usize>values << 2;
  const to = counts + <usize>bin * stride;
  for (let value: usize = 0; value < stride; value += 4) {
    let counted: u32 = 0;
    let p = counts + value;
    for (let line = 0; line < lines; line++) {
      counted += load<u32>(p);
      p += stride;
    }
    store<u32>(to + value, load<u32>(to + value) + load<u32>(totals + value) - counted);
  }
}
