/**
 * Equal-width bins, dense codes of discrete values, and joint counts of the two.
 *
 * Bins follow numpy.histogram and numpy.digitize, as in Locatello et al. 2019
 * (disentanglement_lib): n bins between the minimum and the maximum, edge_i = i * ((max - min) /
 * n) + min in float64, bin = number of edges 0..n-1 that are <= x, so that the maximum falls into
 * the last bin. Here bins count from 0. The bin of a value is exact: a guess is taken as it is only
 * where rounding cannot matter, and else corrected against the very edges. Cost: O(rows * columns)
 * for binning, O(rows) for each pair that is counted.
 */
import { gatherPair_f64x2, gatherQuad_f32x4, wholes_f32x4, wholes_f64x2 } from './lanes';

/**
 * Bins rows [firstRow, lastRow) of x (rows, columns) into out, u16[columns][rows].
 * minima, maxima: f64[columns], maximum > minimum in each, and of float32 tables float32 values or
 * -limit and limit; values beyond them fall into the outermost bins. bins: 1..65535.
 */
function binColumns<T>(
  out: usize,
  x: usize,
  minima: usize,
  maxima: usize,
  rows: i32,
  columns: i32,
  bins: i32,
  firstRow: i32,
  lastRow: i32,
): void {
  const stride = <usize>columns * sizeof<T>();
  for (let column = 0; column < columns; column++) {
    const low = load<f64>(minima + (<usize>column << 3));
    const high = load<f64>(maxima + (<usize>column << 3));
    const step = (high - low) / <f64>bins;
    let p = x + <usize>firstRow * stride + <usize>column * sizeof<T>();
    let q = out + ((<usize>column * <usize>rows + <usize>firstRow) << 1);
    let row = firstRow;
    // The guess is off by one bin at most as long as rounding moves an edge by less than an eighth
    // of a bin, and the number of bins per unit does not overflow.
    if (step > max(abs(low), abs(high)) * 2e-15 && step > 1e-300) {
      const low_f64x2 = f64x2.splat(low);
      const step_f64x2 = f64x2.splat(step);
      const perStep_f64x2 = f64x2.splat(<f64>bins / (high - low));
      const last_f64x2 = f64x2.splat(<f64>(bins - 1));
      const low_f32x4 = f32x4.splat(<f32>low);
      const high_f32x4 = f32x4.splat(<f32>high);
      const perStep_f32x4 = f32x4.splat(<f32>(<f64>bins / (high - low)));
      // Four roundings of a position up to `bins`, each within 2^-24 of the range, with room to
      // spare.
      const far_f32x4 = f32x4.splat(<f32>bins * 1e-6);
      for (; row + 4 <= lastRow; row += 4) {
        if (sizeof<T>() == 4 && isFloat<T>()) {
          // float32 arithmetic decides unless a value comes close to an edge, or lies beyond the
          // outermost; not so either where it is NaN by overflow.
          const x = f32x4.pmin(f32x4.pmax(gatherQuad_f32x4(p, stride), low_f32x4), high_f32x4);
          const position = f32x4.mul(f32x4.sub(x, low_f32x4), perStep_f32x4);
          const nearest = f32x4.nearest(position);
          const away = f32x4.abs(f32x4.sub(position, nearest));
          if (i32x4.all_true(f32x4.gt(away, far_f32x4))) {
            // Rounded down: one less where the nearest whole number lies above, whose mask is -1.
            const bin_i32x4 = i32x4.add(wholes_f32x4(nearest), f32x4.gt(nearest, position));
            v128.store64_lane(q, i16x8.narrow_i32x4_u(bin_i32x4, bin_i32x4), 0);
            p += 4 * stride;
            q += 8;
            continue;
          }
        }
        const a = binPair(gatherPair_f64x2<T>(p, stride), low_f64x2, step_f64x2, perStep_f64x2, last_f64x2);
        const b = binPair(gatherPair_f64x2<T>(p + 2 * stride, stride), low_f64x2, step_f64x2, perStep_f64x2, last_f64x2);
        const all = wholes_f64x2(a, b);
        v128.store64_lane(q, i16x8.narrow_i32x4_u(all, all), 0);
        p += 4 * stride;
        q += 8;
      }
    }
    for (; row < lastRow; row++) {
      store<u16>(q, <u16>exactBin(<f64>load<T>(p), low, high, step, bins));
      p += stride;
      q += 2;
    }
  }
}

export function binColumnsF32(
  out: usize,
  x: usize,
  minima: usize,
  maxima: usize,
  rows: i32,
  columns: i32,
  bins: i32,
  firstRow: i32,
  lastRow: i32,
): void {
  binColumns<f32>(out, x, minima, maxima, rows, columns, bins, firstRow, lastRow);
}

export function binColumnsF64(
  out: usize,
  x: usize,
  minima: usize,
  maxima: usize,
  rows: i32,
  columns: i32,
  bins: i32,
  firstRow: i32,
  lastRow: i32,
): void {
  binColumns<f64>(out, x, minima, maxima, rows, columns, bins, firstRow, lastRow);
}

// @ts-ignore: decorator
@inline
function binPair(x: v128, low: v128, step: v128, perStep: v128, last: v128): v128 {
  const one = f64x2.splat(1);
  let bin = f64x2.floor(f64x2.mul(f64x2.sub(x, low), perStep));
  bin = f64x2.pmin(f64x2.pmax(bin, f64x2.splat(0)), last);
  bin = f64x2.sub(bin, v128.and(f64x2.lt(x, f64x2.add(f64x2.mul(bin, step), low)), one));
  const next = f64x2.add(bin, one);
  const above = f64x2.ge(x, f64x2.add(f64x2.mul(next, step), low));
  return f64x2.add(bin, v128.and(v128.and(above, f64x2.le(next, last)), one));
}

/** The number of edges 1..bins-1 that are <= x, by bisection: edges never decrease. */
function exactBin(x: f64, low: f64, high: f64, step: f64, bins: i32): i32 {
  let below = 0;
  let above = bins;
  while (above - below > 1) {
    const middle = (below + above) >> 1;
    // Where the step itself underflows, numpy multiplies by the range instead.
    const edge = step == 0 ? (<f64>middle / <f64>bins) * (high - low) + low : <f64>middle * step + low;
    if (edge <= x) below = middle;
    else above = middle;
  }
  return below;
}

/**
 * Codes 0..n-1 for the n different whole numbers of one column of x (rows, columns), in increasing
 * order of value.
 * out: i32[rows]; table: i32[range], range = maximum - minimum + 1, any content. Returns n.
 */
function denseCodes<T>(out: usize, table: usize, x: usize, rows: i32, columns: i32, column: i32, minimum: f64, range: i32): i32 {
  memory.fill(table, 0, <usize>range << 2);
  const stride = <usize>columns * sizeof<T>();
  const start = x + <usize>column * sizeof<T>();
  let p = start;
  for (let row = 0; row < rows; row++) {
    store<i32>(table + (<usize>(<i32>(<f64>load<T>(p) - minimum)) << 2), 1);
    p += stride;
  }
  let codes = 0;
  for (let value = 0; value < range; value++) {
    const seen = load<i32>(table + (<usize>value << 2));
    store<i32>(table + (<usize>value << 2), codes);
    codes += seen;
  }
  p = start;
  for (let row = 0; row < rows; row++) {
    store<i32>(out + (<usize>row << 2), load<i32>(table + (<usize>(<i32>(<f64>load<T>(p) - minimum)) << 2)));
    p += stride;
  }
  return codes;
}

export function denseCodesI32(out: usize, table: usize, x: usize, rows: i32, columns: i32, column: i32, minimum: f64, range: i32): i32 {
  return denseCodes<i32>(out, table, x, rows, columns, column, minimum, range);
}

export function denseCodesF32(out: usize, table: usize, x: usize, rows: i32, columns: i32, column: i32, minimum: f64, range: i32): i32 {
  return denseCodes<f32>(out, table, x, rows, columns, column, minimum, range);
}

export function denseCodesF64(out: usize, table: usize, x: usize, rows: i32, columns: i32, column: i32, minimum: f64, range: i32): i32 {
  return denseCodes<f64>(out, table, x, rows, columns, column, minimum, range);
}

/**
 * Codes value - minimum of every column of x, i32 (rows, columns), and which of them occur, in one
 * pass over the rows.
 * out: i32[columns][rows]; minima: i32[columns]; seen: for each column a pointer to u8[range], all
 * 0, or 0 to leave the column out.
 */
export function offsetCodesI32(out: usize, seen: usize, x: usize, minima: usize, rows: i32, columns: i32): void {
  const stride = <usize>columns << 2;
  for (let start = 0; start < rows; start += 1024) {
    const end = min(start + 1024, rows);
    for (let column = 0; column < columns; column++) {
      const mark = <usize>load<u32>(seen + (<usize>column << 2));
      if (mark == 0) continue;
      const minimum = load<i32>(minima + (<usize>column << 2));
      let p = x + <usize>start * stride + (<usize>column << 2);
      let q = out + ((<usize>column * <usize>rows + <usize>start) << 2);
      for (let row = start; row < end; row++) {
        const code = load<i32>(p) - minimum;
        store<i32>(q, code);
        store<u8>(mark + <usize>code, 1);
        p += stride;
        q += 4;
      }
    }
  }
}

/**
 * out[i] = out[i] * size + codes[i]: one code for several factors, so that one pass counts them
 * all. The result must be below 2^16. out: u16[rows]; codes: i32[rows].
 */
export function groupCodes(out: usize, codes: usize, rows: i32, size: i32): void {
  const size_i16x8 = i16x8.splat(<i16>size);
  let i = 0;
  for (; i + 8 <= rows; i += 8) {
    const from = codes + (<usize>i << 2);
    const to = out + (<usize>i << 1);
    const narrow = i16x8.narrow_i32x4_u(v128.load(from), v128.load(from, 16));
    v128.store(to, i16x8.add(i16x8.mul(v128.load(to), size_i16x8), narrow));
  }
  for (; i < rows; i++) {
    const to = out + (<usize>i << 1);
    store<u16>(to, <u16>(<i32>load<u16>(to) * size + load<i32>(codes + (<usize>i << 2))));
  }
}

/** out = out * size + codes: codes of pairs, below 2^31. out, codes: i32[rows]. */
export function combineCodes(out: usize, codes: usize, rows: i32, size: i32): void {
  const size_i32x4 = i32x4.splat(size);
  let i: usize = 0;
  const end = <usize>rows << 2;
  for (; i + 16 <= end; i += 16) {
    v128.store(out + i, i32x4.add(i32x4.mul(v128.load(out + i), size_i32x4), v128.load(codes + i)));
  }
  for (; i < end; i += 4) store<i32>(out + i, load<i32>(out + i) * size + load<i32>(codes + i));
}

/** Rows whose cells are computed at a time, before they are counted. */
const CELLS_AT_A_TIME = 1024;

/**
 * Adds the joint counts of rows [firstRow, lastRow) to counts, u32[copies][bins][values]; copies is
 * 1 or 4. Four copies are counted in turn: neighbouring rows often fall into the same cell, and an
 * increment that waits for the last one to be stored takes five cycles instead of one. The caller
 * adds the copies up.
 * bins, codes: u16[rows]; cells = bins * values < 2^16; firstRow: a multiple of 8; scratch:
 * u16[1024].
 */
export function countJoint(
  counts: usize,
  bins: usize,
  codes: usize,
  values: i32,
  cells: i32,
  copies: i32,
  firstRow: i32,
  lastRow: i32,
  scratch: usize,
): void {
  const next: usize = copies == 4 ? <usize>cells << 2 : 0;
  const counts1 = counts + next;
  const counts2 = counts1 + next;
  const counts3 = counts2 + next;
  const values_i16x8 = i16x8.splat(<i16>values);
  for (let start = firstRow; start < lastRow; start += CELLS_AT_A_TIME) {
    const bytes = <usize>min(CELLS_AT_A_TIME, lastRow - start) << 1;
    const b = bins + (<usize>start << 1);
    const c = codes + (<usize>start << 1);
    for (let i: usize = 0; i < bytes; i += 16) {
      v128.store(scratch + i, i16x8.add(i16x8.mul(v128.load(b + i), values_i16x8), v128.load(c + i)));
    }
    let p = scratch;
    for (const end = scratch + (bytes & ~7); p < end; p += 8) {
      increment(counts, load<u16>(p));
      increment(counts1, load<u16>(p, 2));
      increment(counts2, load<u16>(p, 4));
      increment(counts3, load<u16>(p, 6));
    }
    for (const end = scratch + bytes; p < end; p += 2) increment(counts, load<u16>(p));
  }
}

/**
 * As countJoint with one copy, for factors of so many values that a cell does not fit 16 bits.
 * codes: i32[rows].
 */
export function countJointWide(counts: usize, bins: usize, codes: usize, values: i32, firstRow: i32, lastRow: i32): void {
  for (let row = firstRow; row < lastRow; row++) {
    const bin = <i32>load<u16>(bins + (<usize>row << 1));
    increment(counts, bin * values + load<i32>(codes + (<usize>row << 2)));
  }
}

// @ts-ignore: decorator
@inline
function increment(counts: usize, cell: u32): void {
  const p = counts + (<usize>cell << 2);
  store<u32>(p, load<u32>(p) + 1);
}

/**
 * Sums counts, u32[copies][bins][outer][values][inner], over copies, outer and inner into out,
 * u32[bins][values]: the joint counts of one factor out of those of a group.
 */
export function marginaliseCounts(out: usize, counts: usize, copies: i32, bins: i32, outer: i32, values: i32, inner: i32): void {
  memory.fill(out, 0, (<usize>bins * <usize>values) << 2);
  let p = counts;
  for (let copy = 0; copy < copies; copy++) {
    for (let bin = 0; bin < bins; bin++) {
      const row = out + ((<usize>bin * <usize>values) << 2);
      for (let o = 0; o < outer; o++) {
        for (let value = 0; value < values; value++) {
          let sum: u32 = 0;
          for (let i = 0; i < inner; i++) {
            sum += load<u32>(p);
            p += 4;
          }
          const q = row + (<usize>value << 2);
          store<u32>(q, load<u32>(q) + sum);
        }
      }
    }
  }
}
