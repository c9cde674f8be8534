/**
 * The Hessian of softmax regression, whole or each class's own block, where few classes are likely
 * for any row.
 *
 *   G_ab = sum_n u_n p_na p_nb x_n x_n^T, from which H_ab = -G_ab and H_aa = sum_b G_ab,
 *   H_cc = sum_n u_n p_nc (1 - p_nc) x_n x_n^T,   with u_n = classWeights[y_n].
 *
 * Source: Bishop 2006, Pattern Recognition and Machine Learning, section 4.3.4.
 * src/learners/softmax-preconditioner.ts drives these. Layouts are those of wide.ts, but for
 * probabilities, f32, whose rows are the multiple of 8 from classes; a null pointer in place of
 * classWeights stands for weights of 1.
 * Cost: O(rows * likely classes^2 * unknowns^2 / 4), for the blocks O(rows * likely classes *
 * unknowns^2 / 2). Precision: float64 throughout; classes less likely than `least` for a row, and
 * pairs less likely together, are passed over in it, and what is left is then still a Hessian.
 *
 * Symmetric matrices of x_n are f64[size]: of the first `unknowns` columns the pairs (0, 0), (0, 1)
 * .. (1, 1) .. , and zeros up to a multiple of 4. scratch: f64[size] and i32[classes].
 */
import { packProducts } from './products';

/**
 * Adds G_ab of rows [firstRow, lastRow) for all pairs a < b, (0, 1), (0, 2) .. (1, 2) .. , to
 * grams, f64[pairs][size].
 */
export function softmaxWideGrams(
  grams: usize,
  probabilities: usize,
  x: usize,
  labels: usize,
  classWeights: usize,
  scratch: usize,
  least: f64,
  classes: i32,
  unknowns: i32,
  stride: i32,
  firstRow: i32,
  lastRow: i32,
): void {
  const rowBytes = <usize>stride << 3;
  const widthBytes = <usize>((classes + 7) & ~7) << 2;
  const bytes = packedBytes(unknowns);
  const likely = scratch + bytes;
  for (let row = firstRow; row < lastRow; row++) {
    const p = probabilities + <usize>row * widthBytes;
    const label = load<i32>(labels + (<usize>row << 2));
    const weight = classWeights ? load<f64>(classWeights + (<usize>label << 3)) : 1.0;
    packProducts<f64>(scratch, x + <usize>row * rowBytes, 1, unknowns, bytes);
    const end = likely + (<usize>listLikely(likely, p, least, classes) << 2);
    for (let m = likely; m < end; m += 4) {
      const a = load<i32>(m);
      const ofA = weight * <f64>load<f32>(p + (<usize>a << 2));
      // Pairs with a begin at a (2 classes - a - 1) / 2, with b = a + 1.
      const first = (a * (2 * classes - a - 1)) / 2 - a - 1;
      for (let n = m + 4; n < end; n += 4) {
        const b = load<i32>(n);
        const ofBoth = ofA * <f64>load<f32>(p + (<usize>b << 2));
        if (ofBoth >= least * weight) addScaled(grams + <usize>(first + b) * bytes, scratch, ofBoth, bytes);
      }
    }
  }
}

/** Adds H_cc of rows [firstRow, lastRow) to blocks, f64[classes][size]. */
export function softmaxWideBlocks(
  blocks: usize,
  probabilities: usize,
  x: usize,
  labels: usize,
  classWeights: usize,
  scratch: usize,
  least: f64,
  classes: i32,
  unknowns: i32,
  stride: i32,
  firstRow: i32,
  lastRow: i32,
): void {
  const rowBytes = <usize>stride << 3;
  const widthBytes = <usize>((classes + 7) & ~7) << 2;
  const bytes = packedBytes(unknowns);
  const likely = scratch + bytes;
  for (let row = firstRow; row < lastRow; row++) {
    const p = probabilities + <usize>row * widthBytes;
    const label = load<i32>(labels + (<usize>row << 2));
    const weight = classWeights ? load<f64>(classWeights + (<usize>label << 3)) : 1.0;
    packProducts<f64>(scratch, x + <usize>row * rowBytes, 1, unknowns, bytes);
    const end = likely + (<usize>listLikely(likely, p, least, classes) << 2);
    for (let m = likely; m < end; m += 4) {
      const c = <usize>load<i32>(m);
      const probability = <f64>load<f32>(p + (c << 2));
      addScaled(blocks + c * bytes, scratch, weight * probability * (1.0 - probability), bytes);
    }
  }
}

// @ts-ignore: decorator
@inline
function packedBytes(unknowns: i32): usize {
  return <usize>(((unknowns * (unknowns + 1)) / 2 + 3) & ~3) << 3;
}

/** Writes the classes that are at least so likely to out, i32[], and returns how many they are. */
// @ts-ignore: decorator
@inline
function listLikely(out: usize, p: usize, least: f64, classes: i32): i32 {
  let count = 0;
  for (let c = 0; c < classes; c++) {
    store<i32>(out + (<usize>count << 2), c);
    count += i32(<f64>load<f32>(p + (<usize>c << 2)) >= least);
  }
  return count;
}

/** out += factor * values; bytes is a multiple of 32. */
// @ts-ignore: decorator
@inline
function addScaled(out: usize, values: usize, factor: f64, bytes: usize): void {
  const factor_f64x2 = f64x2.splat(factor);
  for (let i: usize = 0; i < bytes; i += 32) {
    v128.store(out + i, f64x2.add(v128.load(out + i), f64x2.mul(factor_f64x2, v128.load(values + i))));
    v128.store(out + i, f64x2.add(v128.load(out + i, 16), f64x2.mul(factor_f64x2, v128.load(values + i, 16))), 16);
  }
}
