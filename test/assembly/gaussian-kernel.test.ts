import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assertNear, normals, ROUNDING } from './samples.js';
import { withWatchedCore } from './watched-core.js';

test('is the exponential of the squared distance, and the same both ways', () =>
  withWatchedCore((core) => {
    for (const columns of [0, 1, 2, 5, 10]) {
      for (const rows of [1, 2, 3, 8, 33]) {
        for (const gamma of [0.01, 4.6, 100]) {
          const stride = rows + (rows & 1) + 2;
          const table = { x: core.arena.upload('f64', normals(columns * stride, rows)), columns, rows, stride };
          const out = core.arena.alloc('f64', rows * stride);
          const half = rows >> 1;
          core.gaussianKernel.gaussianRows(out, stride, table, table, gamma, 0, half);
          const rest = out.slice(half * stride, (rows - half) * stride);
          core.gaussianKernel.gaussianRows(rest, stride, table, table, gamma, half, rows);
          const [x, k] = [table.x.array, out.array];
          for (let i = 0; i < rows; i++) {
            for (let j = 0; j < rows; j++) {
              let square = 0;
              for (let c = 0; c < columns; c++) square += (x[c * stride + i] - x[c * stride + j]) ** 2;
              const expected = Math.exp(-gamma * square);
              assertNear([k[i * stride + j]], [expected], (8 + gamma * square) * 4 * ROUNDING * expected, 'kernel');
              assert.is(k[i * stride + j], k[j * stride + i]);
            }
          }
        }
      }
    }
  }));

test.run();
