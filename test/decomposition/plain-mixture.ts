/** Mixtures to try densities on, and their log-densities as one writes them down. */
import { normals, uniforms } from '../assembly/samples.js';

/** Components and points, a dimension after the other. */
export interface PlainMixture {
  readonly rows: number;
  readonly latents: number;
  /** f64[D][N] */
  readonly mu: Float64Array;
  /** f64[D][N] */
  readonly logvar: Float64Array;
  /** f64[D][M] */
  readonly points: Float64Array;
}

/** Shapes of posteriors, from mild to those that break careless sums. */
export const SHAPES = [
  'mild',
  'spiky',
  'collapsed',
  'duplicated',
  'far-out',
  'tiny sigma, large mean',
  'all sigmas',
  'float32 numbers',
  'far from float32',
] as const;
export type Shape = (typeof SHAPES)[number];

/**
 * A mixture of `rows` components and `count` points that are, most of them, samples of components.
 */
export function makeMixture(shape: Shape, rows: number, latents: number, count: number, seed = 1): PlainMixture {
  const next = uniforms(seed);
  const between = (low: number, high: number) => low + (high - low) * next();
  const round = shape === 'float32 numbers' ? Math.fround : (x: number) => x;
  const mu = normals(rows * latents, seed + 1);
  const logvar = new Float64Array(rows * latents);
  for (let i = 0; i < logvar.length; i++) {
    const duplicate = shape === 'duplicated' && i % rows > 0;
    if (shape === 'collapsed' && i >= rows) [mu[i], logvar[i]] = [1e-3 * mu[i], between(-0.01, 0.01)];
    else if (shape === 'spiky') logvar[i] = 2 * Math.log(between(1e-3, 1e-2));
    else if (shape === 'tiny sigma, large mean') [mu[i], logvar[i]] = [50 + 3e-4 * mu[i], 2 * Math.log(1e-4)];
    else if (shape === 'all sigmas') [mu[i], logvar[i]] = [50 * between(-1, 1), 2 * Math.log(10 ** between(-4, 1))];
    else if (shape === 'far from float32') [mu[i], logvar[i]] = [1e12 + mu[i], between(-60, -58)];
    else logvar[i] = between(-3, 0);
    if (duplicate) [mu[i], logvar[i]] = [mu[i - (i % rows)], logvar[i - (i % rows)]];
    [mu[i], logvar[i]] = [round(mu[i]), round(logvar[i])];
  }
  const noise = normals(count * latents, seed + 2);
  const points = noise.map((x, i) => {
    const j = Math.floor(i / count) * rows + ((i % count) % rows);
    const away = shape === 'far-out' ? [0, 5, 100, 1e4, -1e6][i % 5] : 0;
    return round(mu[j] + Math.exp(logvar[j] / 2) * x + away);
  });
  return { rows, latents, mu, logvar, points };
}

/** ln of the mean density, f64[D + 1][M], of each dimension and then of all jointly. */
export function logDensities({ rows, latents, mu, logvar, points }: PlainMixture): Float64Array {
  const count = points.length / latents;
  const out = new Float64Array((latents + 1) * count);
  for (let i = 0; i < count; i++) {
    const joint = new Float64Array(rows);
    for (let d = 0; d < latents; d++) {
      const terms = joint.map((_, j) => {
        const [mean, logarithm] = [mu[d * rows + j], logvar[d * rows + j]];
        return -0.5 * (Math.log(2 * Math.PI) + logarithm + (points[d * count + i] - mean) ** 2 / Math.exp(logarithm));
      });
      for (let j = 0; j < rows; j++) joint[j] += terms[j];
      out[d * count + i] = logMeanExp(terms);
    }
    out[latents * count + i] = logMeanExp(joint);
  }
  return out;
}

function logMeanExp(terms: Float64Array): number {
  const largest = terms.reduce((a, b) => Math.max(a, b));
  return largest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - largest), 0) / terms.length);
}
