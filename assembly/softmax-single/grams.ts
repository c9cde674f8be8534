/**
 * Gram matrices of all pairs of classes in single precision: the blocks beside the diagonal of softmax regression's Hessian
 * as a sample of rows suggests it, for a preconditioner.
 *
 *   G_ab = sum_n u_n p_na p_nb x_n x_n^T
 *
 * Source: Bishop 2006, section 4.3.4. Cost: O(rows * likely classes^2 * unknowns^2).
 * Precision: float32 within blocks of 32 rows, whose sums are added up in float64.
 */
import { addWidened } from './products';

/** Rows whose products fit the first-level cache, and which may be of few classes. */
const GRAM_ROWS = 32;

/**
 * Adds G_ab = sum_n u_n p_na p_nb x_n x_n^T of rows [firstRow, lastRow) for all pairs a < b, (0, 1), (0, 2) .. (1, 2) .. , to
 * grams, f64[pairs][size]: of the first `unknowns` columns the products (0, 0), (0, 1) .. (1, 1) .. , and zeros up to `size`, a
 * multiple of 8. Of each 32 rows only classes that are at least as likely as `least` in one of them; rows of a class next to each other
 * thus cost least. scratch: f32[32][size + width + 4], twice, and f64[size].
 */
export function softmaxSingleGrams(
  grams: usize,
  probabilities: usize,
  x: usize,
  labels: usize,
  classWeights: usize,
  scratch: usize,
  least: f32,
  classes: i32,
  unknowns: i32,
  stride: i32,
  size: i32,
  firstRow: i32,
  lastRow: i32,
): void {
  const rowBytes = <usize>stride << 2;
  const widthBytes = <usize>((classes + 7) & ~7) << 2;
  const sizeBytes = <usize>size << 2;
  const lineBytes = widthBytes + 16;
  const likely = scratch + <usize>GRAM_ROWS * sizeBytes;
  const pairs = likely + <usize>GRAM_ROWS * lineBytes;
  const list = pairs + <usize>GRAM_ROWS * lineBytes;
  const nowhere = list + lineBytes;
  for (let start = firstRow; start < lastRow; start += GRAM_ROWS) {
    const count = min(GRAM_ROWS, lastRow - start);
    const p = probabilities + <usize>start * widthBytes;
    for (let row = 0; row < count; row++) {
      const label = load<i32>(labels + (<usize>(start + row) << 2));
      const weight = classWeights ? <f32>load<f64>(classWeights + (<usize>label << 3)) : <f32>1.0;
      packProducts(scratch + <usize>row * sizeBytes, x + <usize>(start + row) * rowBytes, weight, unknowns, sizeBytes);
    }
    const found = packLikely(likely, list, p, least, classes, widthBytes, lineBytes, count);
    for (let i = 0; i + 1 < found; i++) {
      const a = load<i32>(list + (<usize>i << 2));
      // Pairs with a begin at a (2 classes - a - 1) / 2, with b = a + 1.
      const first = (a * (2 * classes - a - 1)) / 2 - a - 1;
      const left = found - i - 1;
      const bytes = <usize>((left + 3) & ~3) << 2;
      for (let row: usize = 0; row < <usize>count; row++) {
        const from = likely + row * lineBytes + (<usize>i << 2);
        const ofA = v128.load32_splat(from);
        const to = pairs + row * lineBytes;
        for (let c: usize = 0; c < bytes; c += 16) v128.store(to + c, f32x4.mul(ofA, v128.load(from + c, 4)));
      }
      for (let k = 0; k < left; k += 4) {
        const b = list + (<usize>(i + 1 + k) << 2);
        const to0 = grams + 2 * <usize>(first + load<i32>(b)) * sizeBytes;
        const to1 = k + 1 < left ? grams + 2 * <usize>(first + load<i32>(b, 4)) * sizeBytes : nowhere;
        const to2 = k + 2 < left ? grams + 2 * <usize>(first + load<i32>(b, 8)) * sizeBytes : nowhere;
        const to3 = k + 3 < left ? grams + 2 * <usize>(first + load<i32>(b, 12)) * sizeBytes : nowhere;
        addFour(to0, to1, to2, to3, pairs + (<usize>k << 2), scratch, lineBytes, sizeBytes, count);
      }
    }
  }
}

/** The upper part of weight x x^T row by row, and zeros. */
// @ts-ignore: decorator
@inline
function packProducts(out: usize, x: usize, weight: f32, unknowns: i32, bytes: usize): void {
  const end = out + bytes;
  let to = out;
  for (let i = 0; i < unknowns; i++) {
    const value = weight * load<f32>(x + (<usize>i << 2));
    for (let j = i; j < unknowns; j++, to += 4) store<f32>(to, value * load<f32>(x + (<usize>j << 2)));
  }
  for (; to < end; to += 4) store<f32>(to, 0);
}

/**
 * Writes the classes that are likely for any of `count` rows to list, i32[], and their probabilities, followed by four zeros,
 * to out, rows of lineBytes. Returns how many they are.
 */
// @ts-ignore: decorator
@inline
function packLikely(
  out: usize,
  list: usize,
  p: usize,
  least: f32,
  classes: i32,
  widthBytes: usize,
  lineBytes: usize,
  count: i32,
): i32 {
  let found = 0;
  for (let c = 0; c < classes; c++) {
    let most: f32 = 0;
    const from = p + (<usize>c << 2);
    for (let row: usize = 0; row < <usize>count; row++) most = max(most, load<f32>(from + row * widthBytes));
    store<i32>(list + (<usize>found << 2), c);
    found += i32(most >= least);
  }
  for (let row: usize = 0; row < <usize>count; row++) {
    const to = out + row * lineBytes;
    const from = p + row * widthBytes;
    for (let i = 0; i < found; i++) {
      store<f32>(to + (<usize>i << 2), load<f32>(from + (<usize>load<i32>(list + (<usize>i << 2)) << 2)));
    }
    for (let i = found; i < found + 4; i++) store<f32>(to + (<usize>i << 2), 0);
  }
  return found;
}

/** Adds the sums over rows of four factors times values to four f64[size]. */
function addFour(
  to0: usize,
  to1: usize,
  to2: usize,
  to3: usize,
  factors: usize,
  values: usize,
  factorBytes: usize,
  valueBytes: usize,
  count: i32,
): void {
  for (let c: usize = 0; c < valueBytes; c += 32) {
    let s00 = f32x4.splat(0);
    let s01 = s00;
    let s10 = s00;
    let s11 = s00;
    let s20 = s00;
    let s21 = s00;
    let s30 = s00;
    let s31 = s00;
    let pf = factors;
    let pv = values + c;
    for (let row = 0; row < count; row++) {
      const v0 = v128.load(pv);
      const v1 = v128.load(pv, 16);
      let t = v128.load32_splat(pf);
      s00 = f32x4.add(s00, f32x4.mul(t, v0));
      s01 = f32x4.add(s01, f32x4.mul(t, v1));
      t = v128.load32_splat(pf, 4);
      s10 = f32x4.add(s10, f32x4.mul(t, v0));
      s11 = f32x4.add(s11, f32x4.mul(t, v1));
      t = v128.load32_splat(pf, 8);
      s20 = f32x4.add(s20, f32x4.mul(t, v0));
      s21 = f32x4.add(s21, f32x4.mul(t, v1));
      t = v128.load32_splat(pf, 12);
      s30 = f32x4.add(s30, f32x4.mul(t, v0));
      s31 = f32x4.add(s31, f32x4.mul(t, v1));
      pf += factorBytes;
      pv += valueBytes;
    }
    addWidened(to0 + 2 * c, s00, s01);
    addWidened(to1 + 2 * c, s10, s11);
    addWidened(to2 + 2 * c, s20, s21);
    addWidened(to3 + 2 * c, s30, s31);
  }
}
