import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assertSame, normals, rounded } from '../samples.js';
import { LENGTHS } from '../watched-core.js';
import { withWatchedCore } from './space.js';

const ALPHA = 0.25;

for (const activation of [undefined, 'relu', 'leakyRelu'] as const) {
  test(`a bias is added to every row, and ${activation ?? 'no activation'} taken, in place`, () =>
    withWatchedCore((training, space) => {
      const results: Float32Array[] = [];
      for (const rows of LENGTHS) {
        for (const columns of [1, 2, 3, 4, 5, 7, 8, 9, 32]) {
          const y = rounded(normals(rows * columns, rows + columns), 'f32');
          const bias = rounded(normals(columns, 7), 'f32');
          const at = space.put(y);
          training.addBias(at, space.put(bias), rows, columns, activation, ALPHA);
          const expected = y.map((value, i) => {
            const sum = Math.fround(value + bias[i % columns]);
            if (activation === undefined || sum > 0) return sum;
            return activation === 'relu' ? 0 : Math.fround(ALPHA * sum);
          });
          assertSame(space.read(at, y.length), expected, `${rows} x ${columns}`);
          results.push(space.read(at, y.length));
        }
      }
      return results;
    }));
}

test('nothing is written behind the last row, and what is no number stays so', () =>
  withWatchedCore((training, space) => {
    for (const columns of [1, 3, 5]) {
      const rows = 3;
      const at = space.putLast(new Float32Array(rows * columns).fill(Number.NaN));
      training.addBias(at, space.put(new Float32Array(columns)), rows, columns, 'relu');
      assert.ok(space.read(at, rows * columns).every(Number.isNaN));
    }
    return [];
  }));

test.run();
