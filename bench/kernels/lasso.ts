import { descend as descendOurs } from '../../src/learners/lasso.js';
import { type Bench, expectClose } from '../contest.js';
import { descend, evaluate, type Products } from '../plain/lasso.js';
import { covariance } from '../plain/linear-algebra.js';

const ALPHAS = 100;
const RATIO = 1e-3;
const COPIES = 4;
/** Where both stop: this part of the target's squares above the least loss. */
const GAP = 1e-13;

/**
 * The path of a lasso over 100 penalties, from sums of products; of the latents, and of four times
 * as many columns.
 */
export const bench: Bench = {
  name: 'lasso',
  isFixedSize: true,
  prepare({ core, rows: all, latents, factors }) {
    const rows = Math.min(all, 10_000);
    return [1, COPIES].map((powers) => {
      const columns = powers * latents.columns;
      const own = sumProducts(columns, rows, (row, j) =>
        // Powers of the latents are correlated columns.
        j === columns
          ? factors.get(row, 0)
          : latents.get(row, j % latents.columns) ** (1 + Math.floor(j / latents.columns)),
      );
      const { gram, products, squares } = own;
      const stride = Math.ceil(columns / 4) * 4;
      const block = core.arena.zeros('f64', stride * stride);
      const side = core.arena.zeros('f64', stride);
      for (let i = 0; i < columns; i++) {
        block.array.set(gram.subarray(i * columns, (i + 1) * columns), i * stride);
      }
      side.array.set(products);
      const w = core.arena.zeros('f64', stride);
      const largest = products.reduce((most, product) => Math.max(most, Math.abs(product)), 0);
      const lambdas = Array.from({ length: ALPHAS }, (_, a) => largest * RATIO ** (a / (ALPHAS - 1)));
      const sums = { columns, stride, gram: block, products: side, squares };
      const ours = async () => {
        w.array.fill(0);
        for (const lambda of lambdas) await descendOurs(core, w, sums, lambda, () => {});
        return w.array[0];
      };
      const weights = new Float64Array(columns);
      const plain = () => {
        weights.fill(0);
        for (const lambda of lambdas) descend(weights, own, lambda, GAP * squares);
        return weights[0];
      };
      return {
        name: `lasso of ${columns} columns, ${ALPHAS} penalties`,
        amount: ALPHAS,
        unit: 'fit',
        ours,
        plain,
        async check() {
          w.array.fill(0);
          weights.fill(0);
          for (const lambda of lambdas) {
            await descendOurs(core, w, sums, lambda, () => {});
            descend(weights, own, lambda, GAP * squares);
            const [got, expected] = [w.array.slice(0, columns), weights].map((at) => evaluate(at, own, lambda).loss);
            expectClose('loss', [got / squares], [expected / squares], 2 * GAP);
          }
        },
      };
    });
  },
};

/**
 * Sums of products of centred columns in units of their own, and of those with the target, which is
 * the last column.
 */
function sumProducts(columns: number, rows: number, at: (row: number, column: number) => number): Products {
  const width = columns + 1;
  const x = Float32Array.from({ length: rows * width }, (_, i) => at(Math.floor(i / width), i % width));
  const matrix = covariance(x, rows, width);
  const scale = Float64Array.from({ length: width }, (_, j) => 1 / Math.sqrt(matrix[j * width + j]));
  const product = (i: number, j: number) => rows * matrix[i * width + j] * scale[i] * scale[j];
  return {
    gram: Float64Array.from({ length: columns * columns }, (_, i) => product(Math.floor(i / columns), i % columns)),
    products: Float64Array.from({ length: columns }, (_, j) => product(j, columns)),
    squares: product(columns, columns),
  };
}
