import { test } from 'uvu';
import { solverOfBlocks, solverOfWhole } from '../../src/learners/softmax-solvers.js';
import { assertNear, normals } from '../assembly/samples.js';

const [CLASSES, WIDTH, UNKNOWNS, STRIDE] = [3, 4, 2, 4];

/** sum over rows of p_a ([a = b] - p_b) x x^T, by rows of random p and x. */
function hessianOf(rows: number) {
  const numbers = normals(rows * (CLASSES + UNKNOWNS), rows);
  const line = CLASSES * STRIDE;
  const whole = new Float64Array(line * line);
  for (let row = 0; row < rows; row++) {
    const own = Array.from(numbers.slice(row * 5, row * 5 + 5));
    const e = own.slice(0, CLASSES).map(Math.exp);
    const p = e.map((value) => value / e.reduce((a, b) => a + b, 0));
    const x = own.slice(CLASSES);
    for (let a = 0; a < CLASSES; a++) {
      for (let b = 0; b < CLASSES; b++) {
        for (let i = 0; i < UNKNOWNS; i++) {
          for (let j = 0; j < UNKNOWNS; j++) {
            whole[(a * STRIDE + i) * line + b * STRIDE + j] += p[a] * ((a === b ? 1 : 0) - p[b]) * x[i] * x[j];
          }
        }
      }
    }
  }
  return (a: number, i: number, b: number, j: number) => whole[(a * STRIDE + i) * line + b * STRIDE + j];
}

/** f64[STRIDE][WIDTH] */
const padded = (of: (j: number, c: number) => number) =>
  Float64Array.from({ length: STRIDE * WIDTH }, (_, at) => {
    const [j, c] = [Math.floor(at / WIDTH), at % WIDTH];
    return j < UNKNOWNS && c < CLASSES ? of(j, c) : 0;
  });

test('the whole Hessian is inverted, up to what all classes share', () => {
  const h = hessianOf(50);
  const upper = new Float64Array((CLASSES * STRIDE) ** 2);
  for (let a = 0; a < CLASSES; a++) {
    for (let b = a; b < CLASSES; b++) {
      for (let i = 0; i < UNKNOWNS; i++) {
        for (let j = 0; j < UNKNOWNS; j++) {
          upper[(a * STRIDE + i) * CLASSES * STRIDE + b * STRIDE + j] = h(a, i, b, j);
        }
      }
    }
  }
  const numbers = normals(6, 1);
  const vector = (j: number, c: number) => numbers[j * CLASSES + c];
  const residual = padded((j, c) => {
    let sum = 0;
    for (let b = 0; b < CLASSES; b++) for (let i = 0; i < UNKNOWNS; i++) sum += h(c, j, b, i) * vector(i, b);
    return sum;
  });
  const out = new Float64Array(STRIDE * WIDTH).fill(7);
  solverOfWhole(upper, CLASSES, STRIDE, UNKNOWNS, WIDTH)(residual, out);
  assertNear(
    out,
    padded((j, c) => vector(j, c) - vector(j, 0)),
    1e-10,
    'vector',
  );
});

test('blocks are inverted class by class', () => {
  const h = hessianOf(40);
  const pairs = [
    [0, 0],
    [0, 1],
    [1, 1],
  ];
  const blocks = new Float64Array(4 * WIDTH);
  pairs.forEach(([i, j], pair) => {
    for (let c = 0; c < CLASSES; c++) blocks[pair * WIDTH + c] = h(c, i, c, j);
  });
  const numbers = normals(6, 2);
  const vector = (j: number, c: number) => numbers[j * CLASSES + c];
  const residual = padded((j, c) => h(c, j, c, 0) * vector(0, c) + h(c, j, c, 1) * vector(1, c));
  const out = new Float64Array(STRIDE * WIDTH).fill(7);
  solverOfBlocks(blocks, CLASSES, UNKNOWNS, WIDTH)(residual, out);
  assertNear(out, padded(vector), 1e-6, 'vector');
});

test('a Hessian without curvature in places still has a solution', () => {
  const out = new Float64Array(STRIDE * WIDTH);
  const residual = padded((j, c) => (j === 0 ? [-1, 0.5, 0.5][c] : 0));
  solverOfWhole(new Float64Array((CLASSES * STRIDE) ** 2), CLASSES, STRIDE, UNKNOWNS, WIDTH)(residual, out);
  // A multiple of the residual less that of class 0, which stays as it is: downhill.
  const slope = out.reduce((sum, value, i) => sum + value * residual[i], 0);
  if (!(slope > 0 && Number.isFinite(slope))) throw new Error(`slope ${slope}`);
});

test.run();
