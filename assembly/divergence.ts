/**
 * Divergence of diagonal Gaussian posteriors from the standard normal prior, by latent.
 *
 *   out_d = mean over rows of  (mu_d^2 + exp(logvar_d) - 1 - logvar_d) / 2     in nats
 *
 * Source: Kingma & Welling 2014, appendix B. Cost: O(rows * columns), one exponential each.
 * Precision: float64 throughout; terms are not negative, so that sums over rows lose nothing.
 */

/** Adds rows [firstRow, lastRow) to sums, f64[columns]; mu and logvar: f64[rows][columns]. */
export function addDivergences(
  sums: usize,
  mu: usize,
  logvar: usize,
  columns: i32,
  firstRow: i32,
  lastRow: i32,
): void {
  let at = <usize>firstRow * <usize>columns << 3;
  for (let row = firstRow; row < lastRow; row++) {
    for (let column = 0; column < columns; column++) {
      const mean = load<f64>(mu + at);
      const log = load<f64>(logvar + at);
      const sum = sums + (<usize>column << 3);
      store<f64>(sum, load<f64>(sum) + 0.5 * (mean * mean + Math.exp(log) - 1.0 - log));
      at += 8;
    }
  }
}
