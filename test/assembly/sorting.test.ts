import { test } from 'uvu';
import type { Core } from '../../bindings/core.js';
import { assertSame, codes, normals } from './samples.js';
import { LENGTHS, withWatchedCore } from './watched-core.js';

function sorted(core: Core, numbers: Float64Array): { keys: Float64Array; order: Int32Array } {
  const keys = core.arena.upload('f64', numbers);
  const order = core.arena.upload(
    'i32',
    numbers.map((_, i) => i),
  );
  core.rows.sortRows(keys, order);
  return { keys: keys.array.slice(), order: order.array.slice() };
}

function plain(numbers: Float64Array): Int32Array {
  return Int32Array.from(numbers.keys()).sort((a, b) => numbers[a] - numbers[b] || a - b);
}

test('sorts rows as a comparison sort does, equal ones in the order they came in', () =>
  withWatchedCore((core) => {
    for (const rows of [...LENGTHS, 2048, 5000]) {
      for (const [what, numbers] of [
        ['normal numbers', normals(rows, rows)],
        ['few values', Float64Array.from(codes(rows, 3, rows), (code) => code - 1)],
        ['float32', Float64Array.from(Float32Array.from(normals(rows, rows + 1)))],
        ['one value', new Float64Array(rows).fill(-2.5)],
        ['all magnitudes', normals(rows, rows + 2).map((x, i) => x * 10 ** ((i % 600) - 300))],
      ] as const) {
        const { keys, order } = sorted(core, numbers);
        const expected = plain(numbers);
        assertSame(order, expected, `${rows} rows of ${what}: order`);
        assertSame(
          keys,
          Float64Array.from(expected, (row) => numbers[row]),
          `${rows} rows of ${what}: keys`,
        );
      }
    }
  }));

test('puts -0 before 0 and gives both back', () =>
  withWatchedCore((core) => {
    const { keys, order } = sorted(core, Float64Array.of(0, 1, -0, -1, 0, -5e-324));
    assertSame(order, [3, 5, 2, 0, 4, 1], 'order');
    assertSame(
      Array.from(keys, (key) => (Object.is(key, -0) ? 'minus' : 'plus')).map((sign) => (sign === 'minus' ? 1 : 0)),
      [0, 0, 1, 0, 0, 0],
      'signs of zeros',
    );
  }));

test.run();
