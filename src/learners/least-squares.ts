/** A column that others explain up to this share of its variance adds nothing of its own. */
const LEAST_SHARE = 1e-10;

/**
 * The columns that those before them do not explain: whatever is linear in all columns is linear in
 * these.
 *
 * @param between the columns' correlations with each other, f64[n][n]
 */
export function independentColumns(between: Float64Array, n: number): number[] {
  return eliminate(between, new Float64Array(n)).map(({ j }) => j);
}

/**
 * R^2 of a linear regression with intercept, 0 to 1, from correlations alone. Columns that those
 * before them explain are passed over, so that repeated ones do no harm.
 *
 * @param between the columns' correlations with each other, f64[n][n]
 * @param withTarget their correlations with what is predicted, f64[n]
 */
export function multipleDetermination(between: Float64Array, withTarget: Float64Array): number {
  return Math.min(
    1,
    eliminate(between, withTarget).reduce((sum, { target }) => sum + target ** 2, 0),
  );
}

/**
 * Each column that is not passed over, less what those before it explain, in units of its own
 * standard deviation.
 */
function eliminate(between: Float64Array, withTarget: Float64Array) {
  const n = withTarget.length;
  const kept: Array<{ j: number; row: Float64Array; target: number }> = [];
  for (let j = 0; j < n; j++) {
    const row = between.slice(j * n, (j + 1) * n);
    let target = withTarget[j];
    for (const before of kept) {
      const share = before.row[j];
      for (let i = 0; i < n; i++) row[i] -= share * before.row[i];
      target -= share * before.target;
    }
    if (!(row[j] > LEAST_SHARE)) continue;
    const scale = 1 / Math.sqrt(row[j]);
    for (let i = 0; i < n; i++) row[i] *= scale;
    kept.push({ j, row, target: target * scale });
  }
  return kept;
}
