import { RandomStream } from '../../src/random.js';
import { type Bench, expectClose } from '../contest.js';
import { decompose, solveByFactor } from '../plain/linear-algebra.js';

const SIZE = 240;

/**
 * Decomposition of a positive definite matrix as large as those of the softmax regression, and a
 * solution by it.
 */
export const bench: Bench = {
  name: 'cholesky',
  isFixedSize: true,
  prepare({ core }) {
    const words = new RandomStream(1, 103, 0);
    const draw = () => words.word() / 2 ** 32 - 0.5;
    const matrix = new Float64Array(SIZE * SIZE);
    for (let i = 0; i < SIZE; i++) {
      for (let j = 0; j < i; j++) matrix[i * SIZE + j] = matrix[j * SIZE + i] = draw();
      matrix[i * SIZE + i] = SIZE;
    }
    const right = Float64Array.from({ length: SIZE }, draw);
    const a = core.arena.alloc('f64', SIZE * SIZE);
    const b = core.arena.alloc('f64', SIZE);
    const factor = () => {
      a.array.set(matrix);
      return Number(core.cholesky.decomposeCholesky(a, SIZE, SIZE));
    };
    const solve = () => {
      b.array.set(right);
      core.cholesky.solveCholesky(a, b, SIZE, SIZE);
      return b.array[0];
    };
    const room = new Float64Array(SIZE * SIZE);
    const factorPlain = () => {
      room.set(matrix);
      return decompose(room, SIZE)[0];
    };
    const solvePlain = () => solveByFactor(room, right.slice(), SIZE);
    factor();
    factorPlain();
    return [
      {
        name: `Cholesky decomposition of ${SIZE} x ${SIZE}`,
        amount: SIZE ** 3 / 6,
        unit: 'product',
        ours: factor,
        plain: factorPlain,
        check() {
          factor();
          factorPlain();
          expectClose('factor', a.array, room, 1e-12);
        },
      },
      {
        name: `solution by a factor of ${SIZE} x ${SIZE}`,
        amount: SIZE ** 2,
        unit: 'product',
        ours: solve,
        plain: () => solvePlain()[0],
        check() {
          solve();
          expectClose('solution', b.array, solvePlain(), 1e-12);
        },
      },
    ];
  },
};
