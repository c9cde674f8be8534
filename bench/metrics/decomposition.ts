/** The decomposition of the KL divergence, whole, beside every pair summed in plain JavaScript. */
import { decompose } from '../../src/facade/decompose.js';
import type { DecomposeOptions } from '../../src/facade/decompose-options.js';
import type { Matrix } from '../../src/matrix.js';
import { formatCount } from '../../src/report/format-number.js';
import type { DecompositionTerms } from '../../src/types.js';
import { type Bench, type Contest, expectClose } from '../contest.js';
import { logDensities } from '../plain/densities.js';
import { drawFrom, makePosterior, type PosteriorKind } from '../posterior.js';

/** Posteriors, and as many samples: plain JavaScript takes seconds. */
const MOST_ROWS = 2000;
/** Each density may be 1e-9 of itself off, and the logarithms of ten are added. */
const TOLERANCE = 1e-8;

/** With shortcuts where a posterior knows much and where it knows nothing, and without. */
export const bench: Bench = {
  name: 'decomposition',
  isFixedSize: true,
  async prepare({ rows }) {
    const count = Math.min(rows, MOST_ROWS);
    return [
      await contestOf('vae', count, {}),
      await contestOf('collapsed', count, {}),
      await contestOf('vae', count, { shortcuts: false }),
    ];
  },
};

async function contestOf(kind: PosteriorKind, rows: number, options: DecomposeOptions): Promise<Contest> {
  const posterior = makePosterior(rows, kind);
  const z = await drawFrom(posterior, kind);
  const plain = () => decomposePlainly(posterior.mu, posterior.logvar, z);
  const ours = () => decompose({ ...posterior, z }, { samples: rows, ...options });
  const name = `decomposition, ${kind}, ${formatCount(rows)} posteriors${options.shortcuts === false ? ', every pair' : ''}`;
  return {
    name,
    amount: rows * rows * z.columns,
    unit: 'pair and dimension',
    ours: async () => (await ours()).totalCorrelation,
    plain: () => plain().totalCorrelation,
    async check() {
      const [got, expected] = [await ours(), plain()];
      for (const term of Object.keys(expected) as Array<keyof DecompositionTerms>) {
        expectClose(`${name}, ${term}`, [got[term]], [expected[term]], TOLERANCE);
      }
    },
  };
}

/** Closed forms where there are some, as ours: over all rows, each with its sample. */
function decomposePlainly(mu: Matrix, logvar: Matrix, z: Matrix): DecompositionTerms {
  const { rows, columns } = mu;
  const densities = new Float64Array((columns + 1) * rows);
  logDensities(densities, byColumn(mu), byColumn(logvar), byColumn(z), columns);
  let [posterior, prior] = [0, 0];
  for (let i = 0; i < rows * columns; i++) {
    const [mean, logarithm] = [mu.data[i], logvar.data[i]];
    posterior -= 0.5 * (1 + Math.log(2 * Math.PI) + logarithm);
    prior -= 0.5 * (Math.log(2 * Math.PI) + mean * mean + Math.exp(logarithm));
  }
  const sum = (from: number, to: number) => densities.subarray(from, to).reduce((total, value) => total + value, 0);
  const [product, aggregated] = [sum(0, columns * rows), sum(columns * rows, densities.length)];
  return {
    kl: (posterior - prior) / rows,
    mutualInformation: (posterior - aggregated) / rows,
    totalCorrelation: (aggregated - product) / rows,
    dimensionwiseKl: (product - prior) / rows,
    marginalKl: (aggregated - prior) / rows,
  };
}

/** f64[D][N]. */
function byColumn(matrix: Matrix): Float64Array {
  const out = new Float64Array(matrix.rows * matrix.columns);
  for (let d = 0; d < matrix.columns; d++) out.set(matrix.column(d), d * matrix.rows);
  return out;
}
