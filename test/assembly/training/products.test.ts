import * as fc from 'fast-check';
import { test } from 'uvu';
import type { ProductShape } from '../../../bindings/training.js';
import { assertNear, assertSame, normals, rounded } from '../samples.js';
import { summer } from './plain-convolution.js';
import { withWatchedCore } from './space.js';

async function check(shape: ProductShape): Promise<void> {
  const { rows, columns, inner, transposeA, transposeB } = shape;
  const a = rounded(normals(rows * inner, 3), 'f32');
  const b = rounded(normals(inner * columns, 4), 'f32');
  const plain = summer(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      for (let k = 0; k < inner; k++) {
        const left = a[transposeA ? k * rows + i : i * inner + k];
        plain.add(i * columns + j, left * b[transposeB ? j * inner + k : k * columns + j]);
      }
    }
  }
  const { values, bounds } = plain.sums();
  await withWatchedCore((training, space) => {
    const scratch = space.scratch(training.multiplyScratchBytes());
    const [first, second] = [space.room(rows * columns), space.room(rows * columns)];
    training.multiply(first, space.put(a), space.putLast(b), shape, scratch);
    assertNear(space.read(first, rows * columns), values, bounds, JSON.stringify(shape));
    training.multiply(second, space.putLast(a), space.put(b), shape, scratch);
    assertSame(space.read(second, rows * columns), space.read(first, rows * columns), 'from another place');
    return space.read(first, rows * columns);
  });
}

for (const transposeA of [false, true]) {
  for (const transposeB of [false, true]) {
    const name = `products of A${transposeA ? "'" : ''} and B${transposeB ? "'" : ''}`;
    test(`${name} are sums of products, whatever the sizes`, async () => {
      for (const [rows, columns, inner] of [
        [16, 256, 512],
        [64, 20, 256],
        [130, 9, 257],
        // Few products: more panels than are packed at once, the last of them not full, and a few
        // left after many.
        [131, 600, 16],
        [7, 300, 32],
        [7, 300, 33],
        [3, 270, 257],
        [1, 1, 1],
        [5, 3, 600],
        [2, 2, 0],
      ]) {
        await check({ rows, columns, inner, transposeA, transposeB });
      }
      const size = fc.integer({ min: 1, max: 40 });
      await fc.assert(
        fc.asyncProperty(size, size, size, (rows, columns, inner) =>
          check({ rows, columns, inner, transposeA, transposeB }),
        ),
        { numRuns: 40, seed: 5 },
      );
    });
  }
}

test.run();
