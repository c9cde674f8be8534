/** Mixtures to try joint densities on, and their densities as they are written down. */
import { exactSum, normals, ROUNDING, uniforms } from '../assembly/samples.js';

/** N components of D dimensions, M points; mu, logvar: [D][N], points: [D][M]. */
export interface JointMixture {
  readonly rows: number;
  readonly latents: number;
  readonly mu: Float64Array;
  readonly logvar: Float64Array;
  readonly points: Float64Array;
  /** The component that each point was drawn from. */
  readonly owners: Int32Array;
}

/** Mean and sigma of component j in dimension d from normal numbers and a uniform one. */
type Shape = (d: number, j: number, a: number, b: number, u: number) => [mean: number, sigma: number];

const collapsed: Shape = (_d, _j, a, b) => [0.02 * a, Math.exp(0.005 * b)];
const informative: Shape = (_d, _j, a, b) => [a, 0.1 * Math.exp(0.15 * b)];

export const SHAPES = {
  spiky: (_d, _j, a) => [a, 1e-3],
  collapsed,
  'half-collapsed rows': (d, j, a, b, u) => (j % 2 ? collapsed : informative)(d, j, a, b, u),
  'half-collapsed dimensions': (d, j, a, b, u) => (d % 2 ? collapsed : informative)(d, j, a, b, u),
  broad: (_d, _j, a, b) => [0.87 * a, 0.5 * Math.exp(0.15 * b)],
  duplicated: (d, j) => [((j % 3) - 1) * (d + 1), 0.5],
  identical: () => [0.3, 0.7],
  wild: (_d, _j, a, _b, u) => [Math.max(-50, Math.min(50, 20 * a)), 10 ** (5 * u - 4)],
  'needles far out': (_d, _j, a) => [50 + 1e-4 * a, 1e-4],
} satisfies Record<string, Shape>;
export type ShapeName = keyof typeof SHAPES;

/** A mixture of one of the shapes and points drawn from it. */
export function makeJoint(shape: ShapeName, rows: number, latents: number, count: number, seed: number): JointMixture {
  const of: Shape = SHAPES[shape];
  const [a, b, noise] = [0, 1, 2].map((k) => normals(Math.max(rows, count) * latents, 3 * seed + k));
  const next = uniforms(seed);
  const mu = new Float64Array(rows * latents);
  const logvar = new Float64Array(rows * latents);
  for (let d = 0; d < latents; d++) {
    for (let j = 0; j < rows; j++) {
      const [mean, sigma] = of(d, j, a[d * rows + j], b[d * rows + j], next());
      mu[d * rows + j] = mean;
      logvar[d * rows + j] = 2 * Math.log(sigma);
    }
  }
  const owners = Int32Array.from({ length: count }, () => Math.floor(next() * rows));
  const points = Float64Array.from({ length: latents * count }, (_, at) => {
    const k = Math.floor(at / count) * rows + owners[at % count];
    return mu[k] + Math.exp(logvar[k] / 2) * noise[at];
  });
  return { rows, latents, mu, logvar, points, owners };
}

/** log q(z) of every point, and what the rounding of a sum of that size can come to. */
export function plainJoint({ rows, latents, mu, logvar, points }: Omit<JointMixture, 'owners'>) {
  const count = points.length / latents;
  const values = new Float64Array(count);
  const rounding = new Float64Array(count);
  const terms = new Float64Array(2 * latents);
  const logs = new Float64Array(rows);
  for (let i = 0; i < count; i++) {
    let [most, size] = [-Infinity, 0];
    for (let j = 0; j < rows; j++) {
      for (let d = 0; d < latents; d++) {
        const k = d * rows + j;
        const t = (points[d * count + i] - mu[k]) * Math.exp(-logvar[k] / 2);
        terms[2 * d] = -0.5 * (Math.log(2 * Math.PI) + logvar[k]);
        terms[2 * d + 1] = -0.5 * t * t;
      }
      logs[j] = exactSum(terms);
      if (logs[j] <= most) continue;
      most = logs[j];
      size = terms.reduce((sum, term) => sum + Math.abs(term), 0);
    }
    const sum = exactSum(logs.map((log) => Math.exp(log - most)));
    values[i] = most + Math.log(sum) - Math.log(rows);
    rounding[i] = 2 * (latents + 8) * ROUNDING * (size + Math.log(rows) + 1);
  }
  return { values, rounding };
}
