/** MCC and R2, whole. */
import type { Bench, Ground } from '../contest.js';
import { decompose, solveByFactor } from '../plain/linear-algebra.js';
import { type PlainScore, scoreBench, scoreContest, splitOf } from './score.js';

/** Columns of a table as float64, [columns][rows]. */
function columnsOf({ data, columns }: Ground['latents'], rows: number): Float64Array[] {
  return Array.from({ length: columns }, (_, j) => {
    return Float64Array.from({ length: rows }, (_, row) => data[row * columns + j]);
  });
}

/** Around their mean, of length 1; 0 throughout if they are equal. */
function unit(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const size = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0)) || 1;
  return values.map((x) => (x - mean) / size);
}

function rank(values: Float64Array): Float64Array {
  const order = Array.from(values.keys()).sort((a, b) => values[a] - values[b]);
  const out = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let end = from;
    while (end < order.length && values[order[end]] === values[order[from]]) end++;
    const own = (from + end + 1) / 2;
    for (; from < end; from++) out[order[from]] = own;
  }
  return out;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** The largest sum of a pairing, by the sets of factors that are taken. */
function bestSum(weights: Float64Array, latents: number, factors: number): number {
  let best = new Float64Array(2 ** factors);
  for (let d = 0; d < latents; d++) {
    const next = best.slice();
    for (let taken = 0; taken < best.length; taken++) {
      for (let k = 0; k < factors; k++) {
        if (taken & (1 << k)) continue;
        const at = taken | (1 << k);
        next[at] = Math.max(next[at], best[taken] + weights[d * factors + k]);
      }
    }
    best = next;
  }
  return best[best.length - 1];
}

function scoreMcc({ rows, latents, factors }: Ground, prepare: (values: Float64Array) => Float64Array): PlainScore {
  const [z, v] = [latents, factors].map((table) => columnsOf(table, rows).map((column) => unit(prepare(column))));
  const matrix = Float64Array.from(z.flatMap((a) => v.map((b) => dot(a, b))));
  const sum = bestSum(matrix.map(Math.abs), z.length, v.length);
  return { value: sum / Math.min(z.length, v.length), parts: { matrix } };
}

function scoreR2({ rows, latents, factors }: Ground): PlainScore {
  const { middle } = splitOf(rows);
  const meanOf = (values: Float64Array) => values.reduce((sum, x) => sum + x, 0) / values.length;
  const centre = (column: Float64Array) => {
    const mean = meanOf(column.subarray(0, middle));
    return column.map((x) => x - mean);
  };
  const [z, v] = [latents, factors].map((table) => columnsOf(table, rows).map(centre));
  const head = (column: Float64Array) => column.subarray(0, middle);
  const gram = Float64Array.from(z.flatMap((a) => z.map((b) => dot(head(a), head(b)))));
  const factor = decompose(gram, z.length);
  const perFactor = v.map((target) => {
    const right = Float64Array.from(z, (column) => dot(head(column), head(target)));
    const weights = solveByFactor(factor, right, z.length);
    const mean = meanOf(target.subarray(middle));
    let [errors, squares] = [0, 0];
    for (let row = middle; row < rows; row++) {
      const told = z.reduce((sum, column, j) => sum + weights[j] * column[row], 0);
      errors += (target[row] - told) ** 2;
      squares += (target[row] - mean) ** 2;
    }
    return 1 - errors / squares;
  });
  return { value: perFactor.reduce((a, b) => a + b, 0) / perFactor.length, parts: { perFactor } };
}

export const benches: readonly Bench[] = [
  scoreBench('mcc', (ground) => scoreMcc(ground, (values) => values)),
  {
    name: 'mcc-spearman',
    prepare: (ground) => [
      scoreContest(ground, 'mcc', () => scoreMcc(ground, rank), {
        name: 'mcc-spearman',
        options: { options: { mcc: { correlation: 'spearman' } } },
      }),
    ],
  },
  {
    name: 'r2',
    prepare: (ground) => [scoreContest(ground, 'r2', () => scoreR2(ground), { options: splitOf(ground.rows).options })],
  },
];
