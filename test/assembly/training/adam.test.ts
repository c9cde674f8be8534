import { test } from 'uvu';
import { assertNear, assertSame, normals, rounded } from '../samples.js';
import { LENGTHS } from '../watched-core.js';
import { withWatchedCore } from './space.js';

const RATE = 1e-3;
const EPSILON = 1e-8;

test('five steps of Adam are those of the paper', () =>
  withWatchedCore((training, space) => {
    const results: Float32Array[] = [];
    for (const count of LENGTHS) {
      for (const [beta1, beta2] of [
        [0.9, 0.999],
        [0.5, 0.9],
      ]) {
        const p = rounded(normals(count, 1), 'f32');
        const m = new Float64Array(count);
        const v = new Float64Array(count);
        const at = { p: space.put(p), m: space.put(m), v: space.put(v) };
        for (let step = 1; step <= 5; step++) {
          const g = rounded(
            normals(count, 10 + step).map((x) => x * 10 ** (step - 3)),
            'f32',
          );
          const [correction1, correction2] = [1 - beta1 ** step, 1 - beta2 ** step];
          for (let i = 0; i < count; i++) {
            m[i] = beta1 * m[i] + (1 - beta1) * g[i];
            v[i] = beta2 * v[i] + (1 - beta2) * g[i] ** 2;
            p[i] -= (RATE * (m[i] / correction1)) / (Math.sqrt(v[i] / correction2) + EPSILON);
          }
          const gAt = space.put(g);
          training.adam(at.p, at.m, at.v, gAt, count, {
            rate: RATE,
            beta1,
            beta2,
            epsilon: EPSILON,
            correction1,
            correction2,
          });
          assertSame(space.read(gAt, count), g, 'the gradient');
        }
        assertNear(
          space.read(at.p, count),
          p,
          p.map((x) => 5 * 2 ** -24 * Math.abs(x) + 5e-6 * RATE),
          'p',
        );
        // A sum of terms of both signs: relative to the largest of them.
        assertNear(space.read(at.m, count), m, 1e-4, 'm');
        assertNear(
          space.read(at.v, count),
          v,
          v.map((x) => 2e-6 * x),
          'v',
        );
        results.push(space.read(at.p, count), space.read(at.m, count), space.read(at.v, count));
      }
    }
    return results;
  }));

test('a parameter whose gradients are 0 stays', () =>
  withWatchedCore((training, space) => {
    const p = rounded(normals(5, 1), 'f32');
    const [pAt, m, v, g] = [p, new Float32Array(5), new Float32Array(5), new Float32Array(5)].map((x) => space.put(x));
    const step = { rate: 1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, correction1: 0.1, correction2: 0.001 };
    training.adam(pAt, m, v, g, 5, step);
    assertSame(space.read(pAt, 5), p, 'p');
    return [];
  }));

test.run();
