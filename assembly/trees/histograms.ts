/**
 * Histograms of residuals over the bins of each column, whose float64 sums are exact in any order.
 *
 *   residual -> the nearest multiple of bound / 2^51; weight = step + |residual| step / (2 bound), rounded up to a whole number;
 *   bound is a power of two above the sum of all absolutes, step another, such that rows steps are below 2^53.
 *
 * So the sum of a bin's weights holds two: how many rows it has, in steps, and below a step their
 * absolutes.
 * Cost: O(rows columns), a bin being 16 bytes.
 * Precision: exact sums for fewer than 2^26 rows. A weight never falls short of its rounded
 * residual.
 */
import { fold_f64x2 } from '../lanes';

/** Bytes of a bin: the sum of residuals, and their number and absolutes in one float64. */
export const BIN: usize = 16;
/** Bytes of the histogram of a column: 256 bins. */
export const HISTOGRAM: usize = 4096;

/** The least power of two above x, of normal numbers. */
function powerAbove(x: f64): f64 {
  return reinterpret<f64>(((reinterpret<i64>(x) >> 52) + 1) << 52);
}

/**
 * What one row counts for beside the absolutes, of which all rows together have less: no sum of
 * either reaches 2^53.
 */
export function countStep(rows: i32): f64 {
  return <f64>(<i64>1 << (21 + clz(rows)));
}

function sumOfAbsolutes(x: usize, count: i32): f64 {
  const end = x + (<usize>count << 3);
  let p = x;
  let a_f64x2 = f64x2.splat(0);
  let b_f64x2 = f64x2.splat(0);
  let c_f64x2 = f64x2.splat(0);
  let d_f64x2 = f64x2.splat(0);
  for (; p + 64 <= end; p += 64) {
    a_f64x2 = f64x2.add(a_f64x2, f64x2.abs(v128.load(p)));
    b_f64x2 = f64x2.add(b_f64x2, f64x2.abs(v128.load(p, 16)));
    c_f64x2 = f64x2.add(c_f64x2, f64x2.abs(v128.load(p, 32)));
    d_f64x2 = f64x2.add(d_f64x2, f64x2.abs(v128.load(p, 48)));
  }
  let total = fold_f64x2(f64x2.add(f64x2.add(a_f64x2, b_f64x2), f64x2.add(c_f64x2, d_f64x2)));
  for (; p < end; p += 8) total += Math.abs(load<f64>(p));
  return total;
}

/**
 * Residuals as histograms add them, [rounded residual, countStep + |residual| in units, rounded
 * up]; returns the unit.
 */
export function makePairs(pairs: usize, residuals: usize, rows: i32): f64 {
  const end = residuals + (<usize>rows << 3);
  // Above 0 where all residuals are 0, and nothing beside any that count.
  const bound = powerAbove(1e-100 + sumOfAbsolutes(residuals, rows));
  // A multiple of bound / 2^51 has that as its last bit here.
  const grid = f64x2.splat(bound * 3.0);
  const step = countStep(rows);
  const perUnit = f64x2.splat((0.5 * step) / bound);
  const one = f64x2.splat(step);
  for (let p = residuals, to = pairs; p < end; p += 8, to += 16) {
    const r = v128.load64_splat(p);
    const rounded = f64x2.sub(f64x2.add(r, grid), grid);
    const weight = f64x2.add(f64x2.ceil(f64x2.mul(f64x2.abs(r), perUnit)), one);
    v128.store(to, i64x2.shuffle(rounded, weight, 0, 3));
  }
  return (2.0 * bound) / step;
}

/** The histograms of rows lists[begin .. end) by every column. */
export function countRows(
  histogram: usize,
  pairs: usize,
  codes: usize,
  lists: usize,
  begin: i32,
  end: i32,
  rows: i32,
  columns: i32,
): void {
  const first = lists + (<usize>begin << 2);
  const stop = lists + (<usize>end << 2);
  memory.fill(histogram, 0, <usize>((columns + 3) & ~3) * HISTOGRAM);
  // Four columns at a time: their histograms stay in the first cache.
  for (let c = 0; c < columns; c += 4) {
    const four = codes + <usize>c * <usize>rows;
    const h = histogram + <usize>c * HISTOGRAM;
    if (columns - c > 2) {
      for (let p = first; p < stop; p += 4) {
        const row = <usize>load<u32>(p);
        const pair = v128.load(pairs + (row << 4));
        const word = load<u32>(four + (row << 2));
        const a = h + <usize>((word & 255) << 4);
        const b = h + <usize>((word >> 4) & 0xff0);
        const d = h + <usize>((word >> 12) & 0xff0);
        const e = h + <usize>((word >> 24) << 4);
        v128.store(a, f64x2.add(v128.load(a), pair));
        v128.store(b, f64x2.add(v128.load(b, HISTOGRAM), pair), HISTOGRAM);
        v128.store(d, f64x2.add(v128.load(d, 2 * HISTOGRAM), pair), 2 * HISTOGRAM);
        v128.store(e, f64x2.add(v128.load(e, 3 * HISTOGRAM), pair), 3 * HISTOGRAM);
      }
    } else {
      for (let p = first; p < stop; p += 4) {
        const row = <usize>load<u32>(p);
        const pair = v128.load(pairs + (row << 4));
        const word = load<u32>(four + (row << 2));
        const a = h + <usize>((word & 255) << 4);
        const b = h + <usize>((word >> 4) & 0xff0);
        v128.store(a, f64x2.add(v128.load(a), pair));
        v128.store(b, f64x2.add(v128.load(b, HISTOGRAM), pair), HISTOGRAM);
      }
    }
  }
}

/** The sum of four neighbouring bins. */
// @ts-ignore: decorator
@inline
export function sumOfFour(p: usize): v128 {
  return f64x2.add(f64x2.add(v128.load(p), v128.load(p, 16)), f64x2.add(v128.load(p, 32), v128.load(p, 48)));
}
