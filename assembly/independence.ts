/**
 * A step of FastICA with the contrast log cosh: sums of tanh(y) z^T and of tanh(y)^2 over the rows,
 * for y = W z of whitened rows z.
 *
 * Source: Hyvärinen 1999, "Fast and robust fixed-point algorithms for independent component
 * analysis", equation 20. Cost: 2 rows * k^2 multiply-adds and rows * k exponentials.
 * Precision: float64; tanh y = 1 - 2 / (e^2y + 1), to 1e-16 beside 1.
 */
import { exp_f64x2, fold_f64x2 } from './lanes';

/** Rows whose slopes are kept at a time. */
const BLOCK: i32 = 64;

/**
 * Adds rows [from, to) to sums, f64[k][k], and squares, f64[k]. z: f64[k][stride], a line for each
 * component; w: f64[k][k]; slopes: f64[k][64], scratch. stride, from and to are even; what a line
 * has beyond the rows is 0.
 */
export function addContrast(
  sums: usize,
  squares: usize,
  slopes: usize,
  z: usize,
  w: usize,
  k: i32,
  stride: i32,
  from: i32,
  to: i32,
): void {
  const lineBytes = <usize>stride << 3;
  const one = f64x2.splat(1);
  const two = f64x2.splat(2);
  for (let row = from; row < to; row += BLOCK) {
    const bytes = <usize>min(BLOCK, to - row) << 3;
    const rows = z + (<usize>row << 3);
    for (let i = 0; i < k; i++) {
      const weights = w + ((<usize>i * <usize>k) << 3);
      const out = slopes + ((<usize>i * BLOCK) << 3);
      let square = f64x2.splat(0);
      for (let at: usize = 0; at < bytes; at += 16) {
        let y = f64x2.splat(0);
        let p = rows + at;
        for (let j: usize = 0; j < <usize>k; j++) {
          y = f64x2.add(y, f64x2.mul(v128.load64_splat(weights + (j << 3)), v128.load(p)));
          p += lineBytes;
        }
        const slope = f64x2.sub(one, f64x2.div(two, f64x2.add(exp_f64x2(f64x2.add(y, y)), one)));
        v128.store(out + at, slope);
        square = f64x2.add(square, f64x2.mul(slope, slope));
      }
      const total = squares + (<usize>i << 3);
      store<f64>(total, load<f64>(total) + fold_f64x2(square));
    }
    for (let i = 0; i < k; i++) {
      const left = slopes + ((<usize>i * BLOCK) << 3);
      let p = rows;
      for (let j: usize = 0; j < <usize>k; j++) {
        let sum0 = f64x2.splat(0);
        let sum1 = sum0;
        let at: usize = 0;
        for (; at + 32 <= bytes; at += 32) {
          sum0 = f64x2.add(sum0, f64x2.mul(v128.load(left + at), v128.load(p + at)));
          sum1 = f64x2.add(sum1, f64x2.mul(v128.load(left + at, 16), v128.load(p + at, 16)));
        }
        if (at < bytes) sum0 = f64x2.add(sum0, f64x2.mul(v128.load(left + at), v128.load(p + at)));
        const total = sums + ((<usize>i * <usize>k + j) << 3);
        store<f64>(total, load<f64>(total) + fold_f64x2(f64x2.add(sum0, sum1)));
        p += lineBytes;
      }
    }
  }
}
