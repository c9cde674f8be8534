/**
 * Gram matrices of all pairs of classes in single precision: the blocks beside the diagonal of
 * softmax regression's Hessian as a sample of rows suggests it, for a preconditioner.
 *
 *   G_ab = sum_n u_n p_na p_nb x_n x_n^T
 *
 * Source: Bishop 2006, section 4.3.4. Cost: O(rows * likely classes^2 * unknowns^2).
 * Precision: float32 within blocks of 32 rows, whose sums are added up in float64.
 */
import { addTile, packProducts } from './products';

/** Rows whose products fit the first-level cache, and which may be of few classes. */
const GRAM_ROWS = 32;

/**
 * Adds G_ab = sum_n u_n p_na p_nb x_n x_n^T of rows [firstRow, lastRow) for all pairs a < b, (0,
 * 1), (0, 2) .. (1, 2) .. , to grams, f64[pairs][size]: of the first `unknowns` columns the
 * products (0, 0), (0, 1) .. (1, 1) .. , and zeros up to `size`, a multiple of 8. Of each 32 rows
 * only classes that are at least as likely as `least` in one of them; rows of a class next to each
 * other thus cost least. scratch: f32[32][size + width + 4], twice, and f64[size].
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
      packProducts<f32>(scratch + <usize>row * sizeBytes, x + <usize>(start + row) * rowBytes, weight, unknowns, sizeBytes);
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
        const factors = pairs + (<usize>k << 2);
        for (let c: usize = 0; c < sizeBytes; c += 32) {
          const to = c << 1;
          addTile<f32>(to0 + to, to1 + to, to2 + to, to3 + to, factors, lineBytes, scratch + c, sizeBytes, count);
        }
      }
    }
  }
}

/**
 * Writes the classes that are likely for any of `count` rows to list, i32[], and their
 * probabilities, followed by four zeros, to out, rows of lineBytes. Returns how many they are.
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
