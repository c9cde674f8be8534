/**
 * The votes of the FactorVAE score: which latent varies least while a factor is fixed.
 * Source: Kim & Mnih 2018, section 4; weighted votes: Song 2018 (MSc thesis, University College London), section 5.2.2.
 * Cost: O(count * size * columns). Precision: float64 throughout; a latent that does not vary has variance exactly 0.
 */
import { loadPair_f64x2, touchRows } from './lanes';

/** Variances (divided by size - 1) of each batch and latent. out: f64[count][columns]; x: (rows, columns); rows: i32[count][size]; size >= 2. */
function batchVariances<T>(out: usize, x: usize, rows: usize, count: i32, size: i32, columns: i32, isLarge: bool): void {
  const stride = <usize>columns * sizeof<T>();
  const second = 2 * sizeof<T>();
  const perRow = f64x2.splat(1.0 / <f64>size);
  const divisor = f64x2.splat(1.0 / <f64>(size - 1));
  const rowBytes = <usize>size << 2;
  for (let i = 0; i < count; i++) {
    const first = rows + <usize>i * rowBytes;
    const end = first + rowBytes;
    if (isLarge) touchRows(x, first, end, stride, out + ((<usize>i * <usize>columns) << 3));
    for (let column = 0; column < columns; column += 4) {
      const base = x + <usize>column * sizeof<T>();
      // Around the batch's first row: no digit is lost to a common offset, and equal values give exactly 0.
      const origin = base + <usize>load<u32>(first) * stride;
      const shift0 = loadPair_f64x2<T>(origin);
      const shift1 = loadPair_f64x2<T>(origin + second);
      let sum0 = f64x2.splat(0);
      let sum1 = sum0;
      let square0 = sum0;
      let square1 = sum0;
      for (let p = first + 4; p < end; p += 4) {
        const row = base + <usize>load<u32>(p) * stride;
        const a = f64x2.sub(loadPair_f64x2<T>(row), shift0);
        const b = f64x2.sub(loadPair_f64x2<T>(row + second), shift1);
        sum0 = f64x2.add(sum0, a);
        sum1 = f64x2.add(sum1, b);
        square0 = f64x2.add(square0, f64x2.mul(a, a));
        square1 = f64x2.add(square1, f64x2.mul(b, b));
      }
      const variance0 = f64x2.mul(f64x2.sub(square0, f64x2.mul(f64x2.mul(sum0, sum0), perRow)), divisor);
      const variance1 = f64x2.mul(f64x2.sub(square1, f64x2.mul(f64x2.mul(sum1, sum1), perRow)), divisor);
      const q = out + ((<usize>i * <usize>columns + <usize>column) << 3);
      // Never below 0: with a deviation of 0 among them, the squares exceed the square of the sum over n by a share of 1/n.
      store<f64>(q, f64x2.extract_lane(variance0, 0));
      if (column + 1 < columns) store<f64>(q, f64x2.extract_lane(variance0, 1), 8);
      if (column + 2 < columns) store<f64>(q, f64x2.extract_lane(variance1, 0), 16);
      if (column + 3 < columns) store<f64>(q, f64x2.extract_lane(variance1, 1), 24);
    }
  }
}

export function batchVariancesF32(
  out: usize,
  x: usize,
  rows: usize,
  count: i32,
  size: i32,
  columns: i32,
  isLarge: bool,
): void {
  batchVariances<f32>(out, x, rows, count, size, columns, isLarge);
}

export function batchVariancesF64(
  out: usize,
  x: usize,
  rows: usize,
  count: i32,
  size: i32,
  columns: i32,
  isLarge: bool,
): void {
  batchVariances<f64>(out, x, rows, count, size, columns, isLarge);
}

/**
 * For each batch the kept latent whose variance, relative to its global variance, is smallest; differences up to 1e-12
 * are ties and go to the lowest index. Its weight: (sum_d s_d - s_min) / sum_d s_d with s_d the relative standard
 * deviation of the kept latents; where every s_d is 0 they are all alike, and the weight is that of equal s_d.
 * chosen: i32[count]; weights: f64[count]; variances: f64[count][columns]; global: f64[columns], 0 for a latent left out.
 */
export function chooseLatents(chosen: usize, weights: usize, variances: usize, global: usize, count: i32, columns: i32): void {
  for (let i = 0; i < count; i++) {
    const local = variances + ((<usize>i * <usize>columns) << 3);
    let smallest = Infinity;
    let sum = 0.0;
    let kept = 0;
    for (let d = 0; d < columns; d++) {
      const whole = load<f64>(global + (<usize>d << 3));
      if (whole == 0) continue;
      const ratio = load<f64>(local + (<usize>d << 3)) / whole;
      smallest = min(smallest, ratio);
      sum += Math.sqrt(ratio);
      kept++;
    }
    let best = -1;
    for (let d = 0; d < columns && best < 0; d++) {
      const whole = load<f64>(global + (<usize>d << 3));
      if (whole != 0 && load<f64>(local + (<usize>d << 3)) / whole <= smallest + 1e-12) best = d;
    }
    store<i32>(chosen + (<usize>i << 2), best);
    store<f64>(weights + (<usize>i << 3), sum > 0 ? (sum - Math.sqrt(smallest)) / sum : 1.0 - 1.0 / <f64>kept);
  }
}
