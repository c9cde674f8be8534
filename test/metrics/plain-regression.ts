/** Regressions from their formulas, by Gaussian elimination. */

type Rows = readonly (readonly number[])[];

/** a x = b, with pivots. */
function solve(a: Rows, b: readonly number[]): number[] {
  const n = b.length;
  const m = a.map((row, i) => [...row, b[i]]);
  for (let i = 0; i < n; i++) {
    let pivot = i;
    for (let r = i; r < n; r++) if (Math.abs(m[r][i]) > Math.abs(m[pivot][i])) pivot = r;
    [m[i], m[pivot]] = [m[pivot], m[i]];
    for (let r = i + 1; r < n; r++) {
      const share = m[r][i] / m[i][i];
      for (let c = i; c <= n; c++) m[r][c] -= share * m[i][c];
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    x[i] = (m[i][n] - m[i].slice(i + 1, n).reduce((sum, value, j) => sum + value * x[i + 1 + j], 0)) / m[i][i];
  }
  return x;
}

const meanOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

/** 1 - SSE / SS around the mean of the truth. */
export function r2Of(truth: readonly number[], told: readonly number[]): number {
  const mean = meanOf(truth);
  const errors = truth.reduce((sum, value, i) => sum + (value - told[i]) ** 2, 0);
  return 1 - errors / truth.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}

/** What least squares with an intercept tell of test rows. */
export function predictLinearly(train: Rows, target: readonly number[], test: Rows): number[] {
  const x = train.map((row) => [1, ...row]);
  const gram = x[0].map((_, i) => x[0].map((_, j) => x.reduce((sum, row) => sum + row[i] * row[j], 0)));
  const w = solve(
    gram,
    x[0].map((_, i) => x.reduce((sum, row, r) => sum + row[i] * target[r], 0)),
  );
  return test.map((row) => [1, ...row].reduce((sum, value, j) => sum + value * w[j], 0));
}

/** Columns in units of those of `by`. */
export function inUnitsOf(by: Rows, rows: Rows): number[][] {
  const units = by[0].map((_, j) => {
    const column = by.map((row) => row[j]);
    const mean = meanOf(column);
    return { mean, scale: Math.sqrt(meanOf(column.map((value) => (value - mean) ** 2))) };
  });
  return rows.map((row) => row.map((value, j) => (value - units[j].mean) / units[j].scale));
}

/** What kernel ridge regression without an intercept tells of test rows. */
export function predictByKernel(
  train: Rows,
  target: readonly number[],
  test: Rows,
  alpha: number,
  gamma: number,
): number[] {
  const k = (a: readonly number[], b: readonly number[]) =>
    Math.exp(-gamma * a.reduce((sum, value, j) => sum + (value - b[j]) ** 2, 0));
  const c = solve(
    train.map((a, i) => train.map((b, j) => k(a, b) + (i === j ? alpha : 0))),
    target,
  );
  return test.map((row) => train.reduce((sum, own, j) => sum + c[j] * k(own, row), 0));
}
