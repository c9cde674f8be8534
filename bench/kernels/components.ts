import { directionLines } from '../../bindings/kernels/subspace.js';
import { type Bench, type Contest, expectClose, type Ground } from '../contest.js';
import { contrastSums, squareProducts } from '../plain/components.js';
import { PlainStream } from '../plain/philox.js';

const [ROWS, COLUMNS, WIDTH] = [512, 1024, 16];
const COMPONENTS = 10;

/** What principal and independent components are made of, on tables of a fixed size. */
export const bench: Bench = {
  name: 'components',
  isFixedSize: true,
  prepare: (ground) => [squares(ground), contrast(ground)],
};

function squares({ core }: Ground): Contest {
  const draws = new PlainStream(1, 104, 0);
  const bytes = Uint8Array.from({ length: ROWS * COLUMNS }, () => draws.word() & 255);
  const directions = Float32Array.from({ length: COLUMNS * WIDTH }, () => draws.word() / 2 ** 32 - 0.5);
  const x = core.arena.upload('u8', bytes);
  const means = core.arena.alloc('f64', COLUMNS);
  core.subspace.columnMeans(means, x, ROWS, COLUMNS);
  const table = { x, rows: ROWS, columns: COLUMNS, means, scale: 1 / 256 };
  const q = core.arena.zeros('f32', directionLines(COLUMNS) * WIDTH);
  q.array.set(directions);
  const z = core.arena.zeros('f32', directionLines(COLUMNS) * WIDTH);
  const ours = () => {
    z.array.fill(0);
    core.subspace.addSquare(z, table, q, WIDTH, 0, ROWS);
    return z.array.subarray(0, COLUMNS * WIDTH);
  };
  const plain = () => squareProducts(bytes, directions, ROWS, COLUMNS, WIDTH, 1 / 256);
  return {
    name: `products of ${ROWS} images of ${COLUMNS} bytes with ${WIDTH} directions, and back`,
    amount: 2 * ROWS * COLUMNS * WIDTH,
    unit: 'multiply-add',
    ours: () => ours()[0],
    plain: () => plain()[0],
    check: () => expectClose('products', ours(), plain(), 1e-3),
  };
}

function contrast({ core }: Ground): Contest {
  const draws = new PlainStream(1, 105, 0);
  const uniform = () => 4 * (draws.word() / 2 ** 32 - 0.5);
  const rows = 2048;
  const numbers = Float64Array.from({ length: COMPONENTS * rows }, uniform);
  const weights = Float64Array.from({ length: COMPONENTS ** 2 }, uniform);
  const z = core.arena.upload('f64', numbers);
  const w = core.arena.upload('f64', weights);
  const sums = core.arena.zeros('f64', COMPONENTS ** 2);
  const totals = core.arena.zeros('f64', COMPONENTS);
  const ours = () => {
    sums.array.fill(0);
    core.independence.addContrast(sums, totals, z, w, COMPONENTS, rows, 0, rows);
    return sums.array;
  };
  const plain = () => contrastSums(numbers, weights, COMPONENTS, rows);
  return {
    name: `a step of FastICA on ${rows} rows of ${COMPONENTS}`,
    amount: rows * COMPONENTS,
    unit: 'slope',
    ours: () => ours()[0],
    plain: () => plain()[0],
    check: () => expectClose('sums', ours(), plain(), 1e-11),
  };
}
