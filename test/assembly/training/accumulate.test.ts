import { test } from 'uvu';
import { assertSame, normals, rounded } from '../samples.js';
import { LENGTHS } from '../watched-core.js';
import { withWatchedCore } from './space.js';

test('a sum in place is that of float32, and leaves what is added as it was', () =>
  withWatchedCore((training, space) => {
    const results: Float32Array[] = [];
    for (const count of LENGTHS) {
      const [sum, x] = [1, 2].map((seed) => Float32Array.from(rounded(normals(count, seed), 'f32')));
      const at = { sum: space.put(sum), x: space.put(x) };
      training.accumulate(at.sum, at.x, count);
      const expected = sum.map((value, i) => value + x[i]);
      assertSame(space.read(at.sum, count), expected, 'the sum');
      assertSame(space.read(at.x, count), x, 'what is added');
      results.push(space.read(at.sum, count));
    }
    return results;
  }));

test.run();
