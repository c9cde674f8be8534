import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Core } from '../../bindings/core.js';
import { directionLines, type WideBlock } from '../../bindings/kernels/subspace.js';
import { assertNear, assertSame, codes, exactSum, normals } from './samples.js';
import { COLUMN_COUNTS, LENGTHS, withWatchedCore } from './watched-core.js';

const WIDE = [...COLUMN_COUNTS, 31, 256, 257, 300];
/** What one rounding to float32 can move a value by, relatively. */
const SINGLE = 2 ** -24;

interface Sample {
  readonly x: WideBlock;
  readonly numbers: Float64Array;
  readonly means: Float64Array;
}

/** A table and the means of its columns, by sums that lose nothing. */
function sample(core: Core, type: 'u8' | 'f32', rows: number, columns: number, offset = 0): Sample {
  const given =
    type === 'u8'
      ? Uint8Array.from(codes(rows * columns, 256, rows + columns))
      : Float32Array.from(normals(rows * columns, rows + columns), (value) => offset + value);
  const x = core.arena.upload(type, given) as WideBlock;
  const numbers = Float64Array.from(given);
  const means = Float64Array.from({ length: columns }, (_, column) => {
    return exactSum(numbers.filter((_, at) => at % columns === column)) / rows;
  });
  return { x, numbers, means };
}

for (const type of ['u8', 'f32'] as const) {
  test(`means of columns of ${type}`, () =>
    withWatchedCore((core) => {
      for (const rows of LENGTHS.filter((length) => length > 0)) {
        for (const columns of WIDE) {
          const { x, means } = sample(core, type, rows, columns, 1e6);
          const out = core.arena.alloc('f64', columns);
          core.subspace.columnMeans(out, x, rows, columns);
          assertNear(out.array, means, 1e-9, `${rows} x ${columns}`);
        }
      }
    }));

  test(`products of centred ${type} with directions, and with the transpose`, () =>
    withWatchedCore((core) => {
      for (const rows of [1, 3, 4, 5, 31, 33, 70]) {
        for (const columns of WIDE) {
          for (const width of [8, 24]) checkProducts(core, type, rows, columns, width);
        }
      }
    }));
}

function checkProducts(core: Core, type: 'u8' | 'f32', rows: number, columns: number, width: number): void {
  core.arena.borrow(() => {
    const { x, numbers, means } = sample(core, type, rows, columns, 100);
    const scale = type === 'u8' ? 1 / 255 : 0.5;
    const lines = directionLines(columns);
    const directions = Float32Array.from(normals(columns * width, 3));
    const q = core.arena.zeros('f32', lines * width);
    q.array.set(directions);
    const table = { x, rows, columns, means: core.arena.upload('f64', means), scale };
    const [from, to] = [rows > 4 ? 2 : 0, rows];
    const p = core.arena.alloc('f32', (to - from) * width);
    core.subspace.project(p, table, q, width, from, to);
    const z = core.arena.zeros('f32', lines * width);
    core.subspace.addSquare(z, table, q, width, from, to);
    const centred = numbers.map((value, at) => scale * (value - means[at % columns]));
    const exact = Float64Array.from({ length: (to - from) * width }, (_, at) => {
      const [row, j] = [from + Math.floor(at / width), at % width];
      let sum = 0;
      for (let c = 0; c < columns; c++) sum += centred[row * columns + c] * directions[c * width + j];
      return sum;
    });
    const size = Math.sqrt(columns) * 8;
    assertNear(p.array, exact, (columns + 4) * SINGLE * size, `${rows} x ${columns}, ${width}`);
    const square = Float64Array.from({ length: columns * width }, (_, at) => {
      const [c, j] = [Math.floor(at / width), at % width];
      let sum = 0;
      for (let row = from; row < to; row++) sum += centred[row * columns + c] * exact[(row - from) * width + j];
      return sum;
    });
    const bound = (rows + columns + 4) * SINGLE * size * rows;
    assertNear(z.array.subarray(0, columns * width), square, bound, `${rows} x ${columns}, ${width}: square`);
    assertSame(
      z.array.subarray(columns * width).map(() => 0),
      q.array.subarray(columns * width),
      'directions beyond the columns',
    );
  });
}

test('a row has the same product among others as alone', () =>
  withWatchedCore((core) => {
    const [rows, columns, width] = [37, 300, 16];
    const { x, means } = sample(core, 'u8', rows, columns);
    const table = { x, rows, columns, means: core.arena.upload('f64', means), scale: 1 / 255 };
    const q = core.arena.zeros('f32', directionLines(columns) * width);
    q.array.set(Float32Array.from(normals(columns * width, 1)));
    const all = core.arena.alloc('f32', rows * width);
    core.subspace.project(all, table, q, width, 0, rows);
    const one = core.arena.alloc('f32', width);
    for (let row = 0; row < rows; row++) {
      core.subspace.project(one, table, q, width, row, row + 1);
      assert.equal(one.array, all.array.slice(row * width, (row + 1) * width));
    }
  }));

test.run();
