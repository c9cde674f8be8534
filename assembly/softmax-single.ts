/**
 * Softmax regression in single precision, for what a search needs on its way: loss and gradient far from the optimum, and
 * products of the Hessian with a vector.
 *
 *   loss = sum_n u_n (ln sum_c exp(w_c . x_n) - w_{y_n} . x_n),   dloss/dw_c = sum_n u_n (p_nc - [y_n = c]) x_n,
 *   (H v)_c = sum_n u_n p_nc (t_nc - sum_b p_nb t_nb) x_n,   t_nc = (v_c - v_{y_n}) . x_n,   u_n = classWeights[y_n].
 *
 * Source: Bishop 2006, Pattern Recognition and Machine Learning, section 4.3.4; the product is the derivative of the gradient
 * along v (Pearlmutter 1994). softmax.ts has the loss in float64. What is by class is padded to `width`, the multiple of 8 from the
 * number of classes, with zeros; labels, class weights and layouts are those of softmax.ts otherwise.
 * Cost: O(rows * width * stride) each, some 0.4 of that in float64.
 * Precision: float32 within blocks of 64 rows, whose sums are added up in float64. A loss is right to about 1e-6 of the largest score; a
 * product to some 1e-6 of itself even where classes are all but told apart, as scores are taken from that of the row's own
 * class before they are averaged: what is small is then not the difference of what is large. No relaxed instructions.
 */
import { fold_f32x4 } from './lanes';

/** Rows that are worked on at a time, so that they stay in the first-level cache. */
const BLOCK_ROWS = 64;
/** Below e to this, which is next to nothing in float32, numbers are subnormal, and those are slow. */
const LEAST_EXPONENT: f32 = -80.0;

/**
 * Returns the loss of rows [firstRow, lastRow), adds their gradient to gradient, f64[stride][width], and writes their
 * probabilities, f32[rows][width]. x: f32[rows][stride]; weights: f32[stride][width]; scratch: f32[64][width].
 */
export function softmaxSingleLoss(
  gradient: usize,
  probabilities: usize,
  x: usize,
  labels: usize,
  classWeights: usize,
  weights: usize,
  scratch: usize,
  classes: i32,
  stride: i32,
  firstRow: i32,
  lastRow: i32,
): f64 {
  const rowBytes = <usize>stride << 2;
  const widthBytes = <usize>((classes + 7) & ~7) << 2;
  const classBytes = <usize>classes << 2;
  let loss = 0.0;
  for (let start = firstRow; start < lastRow; start += BLOCK_ROWS) {
    const count = min(BLOCK_ROWS, lastRow - start);
    const px = x + <usize>start * rowBytes;
    let p = probabilities + <usize>start * widthBytes;
    multiply(p, px, weights, rowBytes, widthBytes, count);
    let residuals = scratch;
    for (let row = 0; row < count; row++) {
      const label = load<i32>(labels + (<usize>(start + row) << 2));
      const weight = classWeights ? load<f64>(classWeights + (<usize>label << 3)) : 1.0;
      const own = load<f32>(p + (<usize>label << 2));
      for (let c = classBytes; c < widthBytes; c += 4) store<f32>(p + c, -Infinity);
      const largest = largestOf(p, widthBytes);
      const shift_f32x4 = f32x4.splat(largest);
      let total0_f32x4 = f32x4.splat(0);
      let total1_f32x4 = total0_f32x4;
      for (let c: usize = 0; c < widthBytes; c += 32) {
        const e0_f32x4 = exp_f32x4(f32x4.sub(v128.load(p + c), shift_f32x4));
        const e1_f32x4 = exp_f32x4(f32x4.sub(v128.load(p + c, 16), shift_f32x4));
        v128.store(p + c, e0_f32x4);
        v128.store(p + c, e1_f32x4, 16);
        total0_f32x4 = f32x4.add(total0_f32x4, e0_f32x4);
        total1_f32x4 = f32x4.add(total1_f32x4, e1_f32x4);
      }
      const total = fold_f32x4(f32x4.add(total0_f32x4, total1_f32x4));
      loss += weight * (<f64>(largest - own) + <f64>Mathf.log(total));
      const scale_f32x4 = f32x4.splat(<f32>1.0 / total);
      const weight_f32x4 = f32x4.splat(<f32>weight);
      for (let c: usize = 0; c < widthBytes; c += 16) {
        const probability_f32x4 = f32x4.mul(v128.load(p + c), scale_f32x4);
        v128.store(p + c, probability_f32x4);
        v128.store(residuals + c, f32x4.mul(weight_f32x4, probability_f32x4));
      }
      for (let c = classBytes; c < widthBytes; c += 4) {
        store<f32>(p + c, 0);
        store<f32>(residuals + c, 0);
      }
      const ofOwn = residuals + (<usize>label << 2);
      store<f32>(ofOwn, load<f32>(ofOwn) - <f32>weight);
      p += widthBytes;
      residuals += widthBytes;
    }
    addProducts(gradient, px, scratch, rowBytes, widthBytes, count);
  }
  return loss;
}

/**
 * Adds the Hessian of rows [firstRow, lastRow), times vector, f32[stride][width], to out, f64[stride][width].
 * probabilities: f32[rows][width]; x: f32[rows][stride]; scratch: f32[64][width].
 */
export function softmaxSingleProduct(
  out: usize,
  vector: usize,
  probabilities: usize,
  x: usize,
  labels: usize,
  classWeights: usize,
  scratch: usize,
  classes: i32,
  stride: i32,
  firstRow: i32,
  lastRow: i32,
): void {
  const rowBytes = <usize>stride << 2;
  const widthBytes = <usize>((classes + 7) & ~7) << 2;
  for (let start = firstRow; start < lastRow; start += BLOCK_ROWS) {
    const count = min(BLOCK_ROWS, lastRow - start);
    const px = x + <usize>start * rowBytes;
    let p = probabilities + <usize>start * widthBytes;
    multiply(scratch, px, vector, rowBytes, widthBytes, count);
    let s = scratch;
    for (let row = 0; row < count; row++) {
      const label = load<i32>(labels + (<usize>(start + row) << 2));
      const weight_f32x4 = f32x4.splat(classWeights ? <f32>load<f64>(classWeights + (<usize>label << 3)) : <f32>1.0);
      const own_f32x4 = v128.load32_splat(s + (<usize>label << 2));
      let mean0_f32x4 = f32x4.splat(0);
      let mean1_f32x4 = mean0_f32x4;
      for (let c: usize = 0; c < widthBytes; c += 32) {
        const t0_f32x4 = f32x4.sub(v128.load(s + c), own_f32x4);
        const t1_f32x4 = f32x4.sub(v128.load(s + c, 16), own_f32x4);
        v128.store(s + c, t0_f32x4);
        v128.store(s + c, t1_f32x4, 16);
        mean0_f32x4 = f32x4.add(mean0_f32x4, f32x4.mul(v128.load(p + c), t0_f32x4));
        mean1_f32x4 = f32x4.add(mean1_f32x4, f32x4.mul(v128.load(p + c, 16), t1_f32x4));
      }
      const mean_f32x4 = f32x4.splat(fold_f32x4(f32x4.add(mean0_f32x4, mean1_f32x4)));
      for (let c: usize = 0; c < widthBytes; c += 16) {
        const weighted_f32x4 = f32x4.mul(weight_f32x4, v128.load(p + c));
        v128.store(s + c, f32x4.mul(weighted_f32x4, f32x4.sub(v128.load(s + c), mean_f32x4)));
      }
      p += widthBytes;
      s += widthBytes;
    }
    addProducts(out, px, scratch, rowBytes, widthBytes, count);
  }
}

/** Rounds rows of f64[rows][fromWidth] to f32[rows][width], with zeros where there are none; fromWidth is a multiple of 4. */
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

// @ts-ignore: decorator
@inline
function largestOf(p: usize, bytes: usize): f32 {
  let most0_f32x4 = v128.load(p);
  let most1_f32x4 = v128.load(p, 16);
  for (let c: usize = 32; c < bytes; c += 32) {
    most0_f32x4 = f32x4.pmax(most0_f32x4, v128.load(p + c));
    most1_f32x4 = f32x4.pmax(most1_f32x4, v128.load(p + c, 16));
  }
  most0_f32x4 = f32x4.pmax(most0_f32x4, most1_f32x4);
  most0_f32x4 = f32x4.pmax(most0_f32x4, i32x4.shuffle(most0_f32x4, most0_f32x4, 2, 3, 2, 3));
  return max(f32x4.extract_lane(most0_f32x4, 0), f32x4.extract_lane(most0_f32x4, 1));
}

/** e to the power of lanes of at most 0, no less than e^-80: as exp_f64x2, with the series up to r^7. */
// @ts-ignore: decorator
@inline
function exp_f32x4(x: v128): v128 {
  const inside = f32x4.pmax(x, f32x4.splat(LEAST_EXPONENT));
  const magic = f32x4.splat(12582912.0);
  const shifted = f32x4.add(f32x4.mul(inside, f32x4.splat(1.44269504)), magic);
  const whole = f32x4.sub(shifted, magic);
  // ln 2 in two parts, the first of which has zeros enough at its end for the product to be exact.
  const high = f32x4.sub(inside, f32x4.mul(whole, f32x4.splat(0.693359375)));
  const r = f32x4.sub(high, f32x4.mul(whole, f32x4.splat(-2.12194440e-4)));
  const r2 = f32x4.mul(r, r);
  const s23 = f32x4.add(f32x4.splat(1.0 / 2), f32x4.mul(r, f32x4.splat(1.0 / 6)));
  const s45 = f32x4.add(f32x4.splat(1.0 / 24), f32x4.mul(r, f32x4.splat(1.0 / 120)));
  const s67 = f32x4.add(f32x4.splat(1.0 / 720), f32x4.mul(r, f32x4.splat(1.0 / 5040)));
  const series = f32x4.add(s23, f32x4.mul(r2, f32x4.add(s45, f32x4.mul(r2, s67))));
  const e = f32x4.add(f32x4.splat(1), f32x4.add(r, f32x4.mul(r2, series)));
  return f32x4.mul(e, i32x4.shl(i32x4.add(i32x4.sub(shifted, magic), i32x4.splat(127)), 23));
}

/** out[row][c] = sum over j of x[row][j] w[j][c], for `count` rows; widthBytes is a multiple of 32. */
function multiply(out: usize, x: usize, w: usize, rowBytes: usize, widthBytes: usize, count: i32): void {
  const wEnd = w + (rowBytes >>> 2) * widthBytes;
  let row = 0;
  for (; row + 4 <= count; row += 4) {
    for (let c: usize = 0; c < widthBytes; c += 32) {
      let s00 = f32x4.splat(0);
      let s01 = s00;
      let s10 = s00;
      let s11 = s00;
      let s20 = s00;
      let s21 = s00;
      let s30 = s00;
      let s31 = s00;
      let px0 = x;
      let px2 = x + 2 * rowBytes;
      for (let pw = w + c; pw < wEnd; pw += widthBytes) {
        const w0 = v128.load(pw);
        const w1 = v128.load(pw, 16);
        let t = v128.load32_splat(px0);
        s00 = f32x4.add(s00, f32x4.mul(t, w0));
        s01 = f32x4.add(s01, f32x4.mul(t, w1));
        t = v128.load32_splat(px0 + rowBytes);
        s10 = f32x4.add(s10, f32x4.mul(t, w0));
        s11 = f32x4.add(s11, f32x4.mul(t, w1));
        t = v128.load32_splat(px2);
        s20 = f32x4.add(s20, f32x4.mul(t, w0));
        s21 = f32x4.add(s21, f32x4.mul(t, w1));
        t = v128.load32_splat(px2 + rowBytes);
        s30 = f32x4.add(s30, f32x4.mul(t, w0));
        s31 = f32x4.add(s31, f32x4.mul(t, w1));
        px0 += 4;
        px2 += 4;
      }
      let to = out + c;
      v128.store(to, s00);
      v128.store(to, s01, 16);
      to += widthBytes;
      v128.store(to, s10);
      v128.store(to, s11, 16);
      to += widthBytes;
      v128.store(to, s20);
      v128.store(to, s21, 16);
      to += widthBytes;
      v128.store(to, s30);
      v128.store(to, s31, 16);
    }
    x += 4 * rowBytes;
    out += 4 * widthBytes;
  }
  for (; row < count; row++) {
    for (let c: usize = 0; c < widthBytes; c += 32) {
      let s0 = f32x4.splat(0);
      let s1 = s0;
      let px = x;
      for (let pw = w + c; pw < wEnd; pw += widthBytes) {
        const t = v128.load32_splat(px);
        s0 = f32x4.add(s0, f32x4.mul(t, v128.load(pw)));
        s1 = f32x4.add(s1, f32x4.mul(t, v128.load(pw, 16)));
        px += 4;
      }
      v128.store(out + c, s0);
      v128.store(out + c, s1, 16);
    }
    x += rowBytes;
    out += widthBytes;
  }
}

/** out[j][c] += sum over `count` rows of a[row][j] s[row][c], out in f64; rows of a have aBytes, a multiple of 16. */
function addProducts(out: usize, a: usize, s: usize, aBytes: usize, widthBytes: usize, count: i32): void {
  for (let j: usize = 0; j < aBytes; j += 16) {
    for (let c: usize = 0; c < widthBytes; c += 32) {
      let s00 = f32x4.splat(0);
      let s01 = s00;
      let s10 = s00;
      let s11 = s00;
      let s20 = s00;
      let s21 = s00;
      let s30 = s00;
      let s31 = s00;
      let pa = a + j;
      let ps = s + c;
      for (let row = 0; row < count; row++) {
        const v0 = v128.load(ps);
        const v1 = v128.load(ps, 16);
        let t = v128.load32_splat(pa);
        s00 = f32x4.add(s00, f32x4.mul(t, v0));
        s01 = f32x4.add(s01, f32x4.mul(t, v1));
        t = v128.load32_splat(pa, 4);
        s10 = f32x4.add(s10, f32x4.mul(t, v0));
        s11 = f32x4.add(s11, f32x4.mul(t, v1));
        t = v128.load32_splat(pa, 8);
        s20 = f32x4.add(s20, f32x4.mul(t, v0));
        s21 = f32x4.add(s21, f32x4.mul(t, v1));
        t = v128.load32_splat(pa, 12);
        s30 = f32x4.add(s30, f32x4.mul(t, v0));
        s31 = f32x4.add(s31, f32x4.mul(t, v1));
        pa += aBytes;
        ps += widthBytes;
      }
      let to = out + 2 * c;
      addWidened(to, s00, s01);
      to += 2 * widthBytes;
      addWidened(to, s10, s11);
      to += 2 * widthBytes;
      addWidened(to, s20, s21);
      to += 2 * widthBytes;
      addWidened(to, s30, s31);
    }
    out += 8 * widthBytes;
  }
}

/** Adds eight float32 lanes to f64[8]. */
// @ts-ignore: decorator
@inline
function addWidened(to: usize, low: v128, high: v128): void {
  v128.store(to, f64x2.add(v128.load(to), f64x2.promote_low_f32x4(low)));
  const low2 = f64x2.promote_low_f32x4(i64x2.shuffle(low, low, 1, 1));
  v128.store(to, f64x2.add(v128.load(to, 16), low2), 16);
  v128.store(to, f64x2.add(v128.load(to, 32), f64x2.promote_low_f32x4(high)), 32);
  const high2 = f64x2.promote_low_f32x4(i64x2.shuffle(high, high, 1, 1));
  v128.store(to, f64x2.add(v128.load(to, 48), high2), 48);
}

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
