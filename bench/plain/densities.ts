/**
 * Log-densities of a mixture of diagonal Gaussians in plain JavaScript: joint and marginal, sums
 * with their largest term.
 */

/**
 * out: f64[D + 1][M]; mu, logvar: f64[D][N]; points: f64[D][M]; the joint densities come last. One
 * component after the other, as one would write it who has no room for an array of pairs.
 */
export function logDensities(
  out: Float64Array,
  mu: Float64Array,
  logvar: Float64Array,
  points: Float64Array,
  latents: number,
): void {
  const rows = mu.length / latents;
  const count = points.length / latents;
  const scales = logvar.map((value) => 0.5 * Math.exp(-value));
  const heights = logvar.map((value) => -0.5 * (value + Math.log(2 * Math.PI)));
  const joint = new Float64Array(rows);
  const line = new Float64Array(rows);
  for (let i = 0; i < count; i++) {
    joint.fill(0);
    for (let d = 0; d < latents; d++) {
      const z = points[d * count + i];
      for (let j = 0, at = d * rows; j < rows; j++, at++) {
        const difference = z - mu[at];
        const term = heights[at] - difference * difference * scales[at];
        line[j] = term;
        joint[j] += term;
      }
      out[d * count + i] = logMean(line);
    }
    out[latents * count + i] = logMean(joint);
  }
}

function logMean(terms: Float64Array): number {
  let largest = -Infinity;
  for (let j = 0; j < terms.length; j++) if (terms[j] > largest) largest = terms[j];
  let sum = 0;
  for (let j = 0; j < terms.length; j++) sum += Math.exp(terms[j] - largest);
  return largest + Math.log(sum / terms.length);
}
