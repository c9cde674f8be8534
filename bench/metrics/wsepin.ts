/** WSEPIN, whole, beside every pair summed in plain JavaScript. */
import { wsepin } from '../../src/index.js';
import type { Matrix } from '../../src/matrix.js';
import { formatCount } from '../../src/report/format-number.js';
import { type Bench, type Contest, expectClose } from '../contest.js';
import { drawFrom, makePosterior, type PosteriorKind } from '../posterior.js';

/** Posteriors, and as many samples: plain JavaScript takes seconds. */
const MOST_ROWS = 2000;

/** Where a posterior knows much, and where it knows nothing. */
export const bench: Bench = {
  name: 'wsepin',
  isFixedSize: true,
  async prepare({ rows }) {
    const count = Math.min(rows, MOST_ROWS);
    return [await contestOf('vae', count), await contestOf('collapsed', count)];
  },
};

async function contestOf(kind: PosteriorKind, rows: number): Promise<Contest> {
  const { factors, ...posterior } = makePosterior(rows, kind);
  const z = await drawFrom(posterior, kind);
  const ours = () => wsepin({ ...posterior, z }, factors);
  const plain = () => scorePlainly(posterior.mu, posterior.logvar, z);
  const name = `wsepin, ${kind}, ${formatCount(rows)} posteriors`;
  return {
    name,
    amount: rows * rows * z.columns,
    unit: 'pair and dimension',
    ours: async () => (await ours()).value ?? 0,
    plain: () => plain().value,
    async check() {
      const [{ parts }, expected] = [await ours(), plain()];
      expectClose(name, parts.sepin, expected.sepin, 1e-8);
    },
  };
}

/** A row of terms for each latent, their sum, and the sum without each. */
function scorePlainly(mu: Matrix, logvar: Matrix, z: Matrix): { value: number; sepin: number[] } {
  const { rows, columns } = mu;
  const byColumn = (matrix: Matrix) => Array.from({ length: columns }, (_, d) => matrix.column(d));
  const [means, samples] = [byColumn(mu), byColumn(z)];
  const scales = byColumn(logvar).map((values) => values.map((value) => 0.5 * Math.exp(-value)));
  const heights = byColumn(logvar).map((values) => values.map((value) => -0.5 * (value + Math.log(2 * Math.PI))));
  const terms = Array.from({ length: columns }, () => new Float64Array(rows));
  const [total, rest] = [new Float64Array(rows), new Float64Array(rows)];
  const [own, marginal, without] = [0, 1, 2].map(() => new Float64Array(columns));
  let joint = 0;
  for (let i = 0; i < rows; i++) {
    total.fill(0);
    terms.forEach((line, d) => {
      const x = samples[d][i];
      for (let j = 0; j < rows; j++) {
        line[j] = heights[d][j] - (x - means[d][j]) ** 2 * scales[d][j];
        total[j] += line[j];
      }
      own[d] += line[i] / rows;
      marginal[d] += logMean(line) / rows;
    });
    joint += logMean(total) / rows;
    terms.forEach((line, d) => {
      for (let j = 0; j < rows; j++) rest[j] = total[j] - line[j];
      without[d] += logMean(rest) / rows;
    });
  }
  const posterior = own.reduce((sum, one) => sum + one, 0);
  const known = own.map((one, d) => Math.max(0, one - marginal[d]));
  const sepin = Array.from(own, (one, d) => Math.max(0, posterior - joint) - Math.max(0, posterior - one - without[d]));
  const weight = known.reduce((sum, one) => sum + one, 0);
  return { value: sepin.reduce((sum, one, d) => sum + one * known[d], 0) / weight, sepin };
}

function logMean(values: Float64Array): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) if (value > most) most = value;
  let sum = 0;
  for (const value of values) sum += Math.exp(value - most);
  return most + Math.log(sum / values.length);
}
