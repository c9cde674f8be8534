import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Activation } from '../../../bindings/training.js';
import { assertNear, assertSame, normals, rounded } from '../samples.js';
import { LENGTHS } from '../watched-core.js';
import { summer } from './plain-convolution.js';
import { withWatchedCore } from './space.js';

const ALPHA = 0.25;
const FUNCTIONS: Readonly<Record<Activation, (x: number) => number>> = {
  relu: (x) => Math.max(x, 0),
  leakyRelu: (x) => (x > 0 ? x : ALPHA * x),
  tanh: Math.tanh,
};

for (const activation of ['relu', 'leakyRelu', 'tanh'] as const) {
  test(`the gradient of ${activation} is that of finite differences, in place too`, () =>
    withWatchedCore((training, space) => {
      const results = LENGTHS.map((count) => {
        const x = normals(count, 1);
        const y = rounded(x.map(FUNCTIONS[activation]), 'f32');
        const dy = rounded(normals(count, 2), 'f32');
        const slopes = x.map((at, i) => {
          const [above, below] = [at + 1e-5, at - 1e-5].map(FUNCTIONS[activation]);
          return ((above - below) / 2e-5) * dy[i];
        });
        const to = space.room(count);
        const yAt = space.put(y);
        training.activationGradient(to, space.put(dy), yAt, count, activation, ALPHA);
        const apart = space.read(to, count);
        assertNear(apart, slopes, 2e-6, `${count}`);
        const inPlace = space.put(dy);
        training.activationGradient(inPlace, inPlace, yAt, count, activation, ALPHA);
        assertSame(space.read(inPlace, count), apart, 'over dy');
        training.activationGradient(yAt, space.put(dy), yAt, count, activation, ALPHA);
        assertSame(space.read(yAt, count), apart, 'over y');
        return apart;
      });
      return results;
    }));
}

test('an output of 0 passes no gradient through relu, and alpha of it through leaky relu', () =>
  withWatchedCore((training, space) => {
    const [dx, dy, y] = [space.room(2), space.put([3, 5]), space.put([0, -0])];
    training.activationGradient(dx, dy, y, 2, 'relu');
    assert.equal([...space.read(dx, 2)], [0, 0]);
    training.activationGradient(dx, dy, y, 2, 'leakyRelu', 0.5);
    assert.equal([...space.read(dx, 2)], [1.5, 2.5]);
    return [];
  }));

test('the gradient of a bias is the sum over rows', () =>
  withWatchedCore((training, space) => {
    const results: Float32Array[] = [];
    for (const rows of [...LENGTHS, 63, 64, 65, 129]) {
      for (const columns of [1, 3, 4, 7, 8, 9, 20, 32]) {
        const dy = rounded(
          normals(rows * columns, rows + columns).map((x) => x + 1),
          'f32',
        );
        const plain = summer(columns);
        for (let i = 0; i < dy.length; i++) plain.add(i % columns, dy[i]);
        const { values, bounds } = plain.sums();
        const to = space.room(columns);
        training.biasGradient(to, space.put(dy), rows, columns);
        results.push(space.read(to, columns));
        assertNear(results[results.length - 1], values, bounds, `${rows} x ${columns}`);
      }
    }
    return results;
  }));

test.run();
