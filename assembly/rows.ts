/**
 * Copies of chosen rows, for subsamples and permutations; rows in units of their columns, or
 * rounded. Cost: O(count * words).
 */
import { loadPair_f64x2 } from './lanes';

/** out[i] = x[rows[i]]: rows of `words` 32-bit words each. rows: i32[count]. */
export function gatherRows(out: usize, x: usize, rows: usize, count: i32, words: i32): void {
  const bytes = <usize>words << 2;
  // Word by word: to copy memory is a call of its own, dearer than most rows.
  const pairs = bytes & ~7;
  for (let row = rows, end = rows + (<usize>count << 2); row < end; row += 4) {
    const from = x + <usize>load<i32>(row) * bytes;
    for (let i: usize = 0; i < pairs; i += 8) store<i64>(out + i, load<i64>(from + i));
    if (pairs < bytes) store<i32>(out + pairs, load<i32>(from + pairs));
    out += bytes;
  }
}

/** out[i] = x[rows[i]] for one column of 32-bit elements. rows: i32[count]. */
export function gatherColumn(out: usize, x: usize, rows: usize, count: i32): void {
  for (let i: usize = 0, end = <usize>count << 2; i < end; i += 4) {
    store<i32>(out + i, load<i32>(x + (<usize>load<i32>(rows + i) << 2)));
  }
}

/**
 * out[row][j] = x[row][chosen[j]], for x (rows, columns) of elements of `words` 32-bit words, 1 or
 * 2. chosen: i32[count].
 */
export function gatherColumns(
  out: usize,
  x: usize,
  chosen: usize,
  count: i32,
  columns: i32,
  words: i32,
  rows: i32,
): void {
  const end = chosen + (<usize>count << 2);
  const rowBytes = <usize>(columns * words) << 2;
  for (let row = 0; row < rows; row++) {
    for (let at = chosen; at < end; at += 4) {
      const place = <usize>load<i32>(at);
      if (words == 1) {
        store<i32>(out, load<i32>(x + (place << 2)));
        out += 4;
      } else {
        store<i64>(out, load<i64>(x + (place << 3)));
        out += 8;
      }
    }
    x += rowBytes;
  }
}

/**
 * Rounds rows of f64[rows][fromWidth] to f32[rows][width], with zeros where there are none;
 * fromWidth is a multiple of 4.
 */
export function narrowRows(out: usize, from: usize, fromWidth: i32, width: i32, rows: i32): void {
  for (let row = 0; row < rows; row++) {
    let c = 0;
    for (; c < fromWidth; c += 4) {
      const low = f32x4.demote_f64x2_zero(v128.load(from));
      const high = f32x4.demote_f64x2_zero(v128.load(from, 16));
      v128.store(out, i64x2.shuffle(low, high, 0, 2));
      from += 32;
      out += 16;
    }
    for (; c < width; c++) {
      store<f32>(out, 0);
      out += 4;
    }
  }
}

/**
 * out[row][j] = (x[row][j] - first[j] - mean[j]) * perScale[j], f64[rows][stride] from x (rows,
 * columns), followed by a 1 and zeros where stride is larger than columns. Of columns with a huge
 * offset the difference from `first` is exact.
 */
function standardiseRows<T>(
  out: usize,
  x: usize,
  first: usize,
  mean: usize,
  perScale: usize,
  columns: i32,
  stride: i32,
  rows: i32,
): void {
  for (let row = 0; row < rows; row++) {
    let j: usize = 0;
    const whole = <usize>(columns & ~1) << 3;
    for (; j < whole; j += 16) {
      const shifted = f64x2.sub(f64x2.sub(loadPair_f64x2<T>(x), v128.load(first + j)), v128.load(mean + j));
      v128.store(out + j, f64x2.mul(shifted, v128.load(perScale + j)));
      x += 2 * sizeof<T>();
    }
    if (columns & 1) {
      const shifted = <f64>load<T>(x) - load<f64>(first + j) - load<f64>(mean + j);
      store<f64>(out + j, shifted * load<f64>(perScale + j));
      x += sizeof<T>();
      j += 8;
    }
    const end = <usize>stride << 3;
    if (j < end) {
      store<f64>(out + j, 1);
      for (j += 8; j < end; j += 8) store<f64>(out + j, 0);
    }
    out += end;
  }
}

export function standardiseRowsF32(
  out: usize,
  x: usize,
  first: usize,
  mean: usize,
  perScale: usize,
  columns: i32,
  stride: i32,
  rows: i32,
): void {
  standardiseRows<f32>(out, x, first, mean, perScale, columns, stride, rows);
}

export function standardiseRowsF64(
  out: usize,
  x: usize,
  first: usize,
  mean: usize,
  perScale: usize,
  columns: i32,
  stride: i32,
  rows: i32,
): void {
  standardiseRows<f64>(out, x, first, mean, perScale, columns, stride, rows);
}
