/**
 * Multinomial logistic regression of many classes: loss and gradient, and products of the Hessian with a vector.
 *
 *   logits = X W,   P = softmax of their rows,   gradient = X^T (P - Y),
 *   H V = X^T (P * (T - rowsum(P * T))) for T = X V.
 *
 * Source: Bishop 2006, Pattern Recognition and Machine Learning, section 4.3.4; the product is the derivative of the gradient
 * along V (Pearlmutter 1994). The optimiser that drives these is src/learners/truncated-newton.ts; few classes are in logistic.ts.
 * Cost: O(rows * stride * width) each. Precision: float64 throughout, without relaxed instructions.
 *
 * x is row-major with `stride` columns, a multiple of 4: the features, a 1 for the intercept, zeros. Weights and all that is
 * of their shape are f64[stride][width], width being the number of classes rounded up to a multiple of 8: lanes run over
 * classes. The intercept of a class that fills up is -1e300, so that its probability is 0.
 */
import { exp_f64x2, fold_f64x2 } from './lanes';

/** Rows at a time: their logits stay in the first-level cache. */
const BLOCK_ROWS = 32;

/** Returns the loss of rows [firstRow, lastRow), adds their gradient, and writes their probabilities, f64[rows][width]. */
export function softmaxWideLoss(
  gradient: usize,
  probabilities: usize,
  x: usize,
  labels: usize,
  weights: usize,
  width: i32,
  stride: i32,
  firstRow: i32,
  lastRow: i32,
): f64 {
  const rowBytes = <usize>stride << 3;
  const classBytes = <usize>width << 3;
  let loss = 0.0;
  for (let start = firstRow; start < lastRow; start += BLOCK_ROWS) {
    const count = min(BLOCK_ROWS, lastRow - start);
    const px = x + <usize>start * rowBytes;
    const block = probabilities + <usize>start * classBytes;
    multiplyRows(block, px, weights, count, rowBytes, classBytes);
    for (let row = 0; row < count; row++) {
      const p = block + <usize>row * classBytes;
      const label = <usize>load<i32>(labels + (<usize>(start + row) << 2)) << 3;
      const own = load<f64>(p + label);
      let largest_f64x2 = v128.load(p);
      for (let c: usize = 16; c < classBytes; c += 16) largest_f64x2 = f64x2.pmax(largest_f64x2, v128.load(p + c));
      const largest = max(f64x2.extract_lane(largest_f64x2, 0), f64x2.extract_lane(largest_f64x2, 1));
      const shift = f64x2.splat(largest);
      let total_f64x2 = f64x2.splat(0);
      for (let c: usize = 0; c < classBytes; c += 16) {
        const e = exp_f64x2(f64x2.sub(v128.load(p + c), shift));
        v128.store(p + c, e);
        total_f64x2 = f64x2.add(total_f64x2, e);
      }
      const total = fold_f64x2(total_f64x2);
      loss += largest + Math.log(total) - own;
      const scale = f64x2.splat(1.0 / total);
      for (let c: usize = 0; c < classBytes; c += 16) v128.store(p + c, f64x2.mul(v128.load(p + c), scale));
      let g = gradient + label;
      const from = px + <usize>row * rowBytes;
      for (let j: usize = 0; j < rowBytes; j += 8) {
        store<f64>(g, load<f64>(g) - load<f64>(from + j));
        g += classBytes;
      }
    }
    addOuterProducts(gradient, px, block, count, rowBytes, classBytes);
  }
  return loss;
}

/** Adds the product of the Hessian of rows [firstRow, lastRow) with v to out; scratch: f64[32][width]. */
export function softmaxWideCurvature(
  out: usize,
  x: usize,
  probabilities: usize,
  v: usize,
  scratch: usize,
  width: i32,
  stride: i32,
  firstRow: i32,
  lastRow: i32,
): void {
  const rowBytes = <usize>stride << 3;
  const classBytes = <usize>width << 3;
  for (let start = firstRow; start < lastRow; start += BLOCK_ROWS) {
    const count = min(BLOCK_ROWS, lastRow - start);
    const px = x + <usize>start * rowBytes;
    multiplyRows(scratch, px, v, count, rowBytes, classBytes);
    for (let row = 0; row < count; row++) {
      const t = scratch + <usize>row * classBytes;
      const p = probabilities + <usize>(start + row) * classBytes;
      let sum0_f64x2 = f64x2.splat(0);
      let sum1_f64x2 = sum0_f64x2;
      for (let c: usize = 0; c < classBytes; c += 32) {
        sum0_f64x2 = f64x2.add(sum0_f64x2, f64x2.mul(v128.load(t + c), v128.load(p + c)));
        sum1_f64x2 = f64x2.add(sum1_f64x2, f64x2.mul(v128.load(t + c, 16), v128.load(p + c, 16)));
      }
      const mean = f64x2.splat(fold_f64x2(f64x2.add(sum0_f64x2, sum1_f64x2)));
      for (let c: usize = 0; c < classBytes; c += 16) {
        v128.store(t + c, f64x2.mul(v128.load(p + c), f64x2.sub(v128.load(t + c), mean)));
      }
    }
    addOuterProducts(out, px, scratch, count, rowBytes, classBytes);
  }
}

/** Overwrites values, f64[count], with their exponentials. */
export function exponentials(values: usize, count: i32): void {
  const end = values + (<usize>count << 3);
  let p = values;
  for (; p + 16 <= end; p += 16) v128.store(p, exp_f64x2(v128.load(p)));
  if (p < end) store<f64>(p, f64x2.extract_lane(exp_f64x2(v128.load64_zero(p)), 0));
}

/** out[row][c] = sum over j of x[row][j] w[j][c], two rows and eight classes at a time. */
function multiplyRows(out: usize, x: usize, w: usize, count: i32, rowBytes: usize, classBytes: usize): void {
  for (let row = 0; row < count; row += 2) {
    const a = x + <usize>row * rowBytes;
    // An odd last row is computed twice.
    const isPair = row + 1 < count;
    const b = isPair ? a + rowBytes : a;
    const toA = out + <usize>row * classBytes;
    const toB = isPair ? toA + classBytes : toA;
    for (let c: usize = 0; c < classBytes; c += 64) {
      let a0 = f64x2.splat(0);
      let a1 = a0;
      let a2 = a0;
      let a3 = a0;
      let b0 = a0;
      let b1 = a0;
      let b2 = a0;
      let b3 = a0;
      let from = w + c;
      for (let j: usize = 0; j < rowBytes; j += 8) {
        const xa = v128.load64_splat(a + j);
        const xb = v128.load64_splat(b + j);
        let part = v128.load(from);
        a0 = f64x2.add(a0, f64x2.mul(xa, part));
        b0 = f64x2.add(b0, f64x2.mul(xb, part));
        part = v128.load(from, 16);
        a1 = f64x2.add(a1, f64x2.mul(xa, part));
        b1 = f64x2.add(b1, f64x2.mul(xb, part));
        part = v128.load(from, 32);
        a2 = f64x2.add(a2, f64x2.mul(xa, part));
        b2 = f64x2.add(b2, f64x2.mul(xb, part));
        part = v128.load(from, 48);
        a3 = f64x2.add(a3, f64x2.mul(xa, part));
        b3 = f64x2.add(b3, f64x2.mul(xb, part));
        from += classBytes;
      }
      v128.store(toA + c, a0);
      v128.store(toA + c, a1, 16);
      v128.store(toA + c, a2, 32);
      v128.store(toA + c, a3, 48);
      v128.store(toB + c, b0);
      v128.store(toB + c, b1, 16);
      v128.store(toB + c, b2, 32);
      v128.store(toB + c, b3, 48);
    }
  }
}

/** out[j][c] += sum over rows of x[row][j] r[row][c], two columns and eight classes at a time. */
function addOuterProducts(out: usize, x: usize, r: usize, count: i32, rowBytes: usize, classBytes: usize): void {
  for (let j: usize = 0; j < rowBytes; j += 16) {
    const toA = out + (j >> 3) * classBytes;
    const toB = toA + classBytes;
    for (let c: usize = 0; c < classBytes; c += 64) {
      let a0 = v128.load(toA + c);
      let a1 = v128.load(toA + c, 16);
      let a2 = v128.load(toA + c, 32);
      let a3 = v128.load(toA + c, 48);
      let b0 = v128.load(toB + c);
      let b1 = v128.load(toB + c, 16);
      let b2 = v128.load(toB + c, 32);
      let b3 = v128.load(toB + c, 48);
      let from = x + j;
      let p = r + c;
      for (let row = 0; row < count; row++) {
        const xa = v128.load64_splat(from);
        const xb = v128.load64_splat(from, 8);
        let part = v128.load(p);
        a0 = f64x2.add(a0, f64x2.mul(xa, part));
        b0 = f64x2.add(b0, f64x2.mul(xb, part));
        part = v128.load(p, 16);
        a1 = f64x2.add(a1, f64x2.mul(xa, part));
        b1 = f64x2.add(b1, f64x2.mul(xb, part));
        part = v128.load(p, 32);
        a2 = f64x2.add(a2, f64x2.mul(xa, part));
        b2 = f64x2.add(b2, f64x2.mul(xb, part));
        part = v128.load(p, 48);
        a3 = f64x2.add(a3, f64x2.mul(xa, part));
        b3 = f64x2.add(b3, f64x2.mul(xb, part));
        from += rowBytes;
        p += classBytes;
      }
      v128.store(toA + c, a0);
      v128.store(toA + c, a1, 16);
      v128.store(toA + c, a2, 32);
      v128.store(toA + c, a3, 48);
      v128.store(toB + c, b0);
      v128.store(toB + c, b1, 16);
      v128.store(toB + c, b2, 32);
      v128.store(toB + c, b3, 48);
    }
  }
}
