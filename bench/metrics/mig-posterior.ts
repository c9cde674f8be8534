import { Matrix } from '../../src/matrix.js';
import type { Bench } from '../contest.js';
import { encodeColumns } from '../plain/information.js';
import { type Rows, scoreContest } from './score.js';

const LOGVAR = -3;

/**
 * MIG of posteriors around the latents, whole; plain JavaScript sums every pair, with as many
 * samples: all rows.
 */
export const bench: Bench = {
  name: 'mig-posterior',
  // Plain sums over pairs grow with the square of the rows.
  isFixedSize: true,
  prepare(ground) {
    const { latents, factors, rows } = ground;
    const logvar = new Matrix(new Float32Array(latents.data.length).fill(LOGVAR), rows, latents.columns);
    const options = {
      posterior: { mu: latents, logvar, z: latents },
      options: { 'mig-posterior': { samples: rows } },
    };
    const plain = () => ({ value: scorePlain({ rows, latents, factors }) });
    return [scoreContest(ground, 'mig-posterior', plain, { tolerance: 1e-8, options })];
  },
};

/** The mean gap where every sample is its posterior's mean, and variances are all the same. */
function scorePlain({ rows, latents, factors }: Rows): number {
  const { codes, sizes } = encodeColumns(factors.data as Int32Array, rows, factors.columns);
  const order = Int32Array.from({ length: rows }, (_, row) => row);
  const groups = sizes.map((size, k) =>
    Array.from({ length: size }, (_, value) => order.filter((row) => codes[k * rows + row] === value)),
  );
  const columns = Array.from({ length: latents.columns }, (_, d) => latents.column(d));
  const information = columns.map((x) => {
    const marginal = entropyOf(x, order);
    return groups.map((values) => {
      const entropies = values.map((group) => entropyOf(x, group));
      return Math.max(0, marginal - entropies.reduce((sum, entropy) => sum + entropy, 0) / values.length);
    });
  });
  const gaps = sizes.map((size, k) => {
    const limit = Math.log(size);
    const [first, second] = information.map((row) => Math.min(limit, row[k])).sort((a, b) => b - a);
    return (first - second) / limit;
  });
  return gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
}

function entropyOf(x: Float64Array, rows: Int32Array): number {
  const half = -0.5 * Math.exp(-LOGVAR);
  let logs = 0;
  for (const i of rows) {
    // A sample's own term is 1, so nothing underflows.
    let sum = 0;
    for (const j of rows) sum += Math.exp(half * (x[i] - x[j]) ** 2);
    logs += Math.log(sum);
  }
  return 0.5 * (Math.log(2 * Math.PI) + LOGVAR) + Math.log(rows.length) - logs / rows.length;
}
