/**
 * Ridge regression on random features from the formula: each width by itself, by Gaussian
 * elimination.
 */
import { RandomStream, STREAMS } from '../../src/random.js';

/** Columns of x around their mean over their deviation (divided by rows) in `by`. */
export function standardised(x: readonly number[][], by: readonly number[][]): number[][] {
  const units = by[0].map((_, j) => {
    const column = by.map((row) => row[j]);
    const mean = column.reduce((a, b) => a + b, 0) / column.length;
    return { mean, scale: Math.sqrt(column.reduce((a, b) => a + (b - mean) ** 2, 0) / column.length) };
  });
  return x.map((row) => row.map((value, j) => (value - units[j].mean) / units[j].scale));
}

function solve(a: number[][], b: number[]): number[] {
  const n = b.length;
  const m = a.map((row, i) => [...row, b[i]]);
  for (let i = 0; i < n; i++) {
    let pivot = i;
    for (let r = i; r < n; r++) if (Math.abs(m[r][i]) > Math.abs(m[pivot][i])) pivot = r;
    [m[i], m[pivot]] = [m[pivot], m[i]];
    for (let r = 0; r < n; r++) {
      if (r === i) continue;
      const share = m[r][i] / m[i][i];
      for (let c = i; c <= n; c++) m[r][c] -= share * m[i][c];
    }
  }
  return m.map((row, i) => row[n] / row[i]);
}

/**
 * What a ridge with so many random features, drawn by the seed, tells of the test rows; x
 * standardised.
 */
export function plainRidge(
  train: readonly number[][],
  target: readonly number[],
  test: readonly number[][],
  width: number,
  penalty: number,
  seed: number,
): number[] {
  const features = Array.from({ length: width }, (_, index) => {
    const words = new RandomStream(seed, STREAMS.randomFeatures, index);
    const from = train[words.below(train.length)];
    const u = from.map(() => [0, 0, 0, 0].reduce((sum) => sum + words.word() / 2 ** 32, -2));
    const length = Math.hypot(...u);
    return (x: readonly number[]) =>
      Math.max(
        0,
        x.reduce((sum, value, j) => sum + ((value - from[j]) * u[j]) / length, 0),
      );
  });
  // The constant is a column that is not penalised.
  const phi = (x: readonly number[]) => [...x, ...features.map((feature) => feature(x)), 1];
  const rows = train.map(phi);
  const size = rows[0].length;
  const gram = Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_, j) => {
      const sum = rows.reduce((total, row) => total + row[i] * row[j], 0);
      return sum + (i === j && i < size - 1 ? penalty * rows.length : 0);
    }),
  );
  const products = Array.from({ length: size }, (_, i) =>
    rows.reduce((total, row, r) => total + row[i] * target[r], 0),
  );
  const weights = solve(gram, products);
  return test.map((x) => phi(x).reduce((sum, value, j) => sum + value * weights[j], 0));
}
