import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assertNear, assertSame, exactSum, normals, rounded, uniforms } from '../samples.js';
import { LENGTHS } from '../watched-core.js';
import { withWatchedCore } from './space.js';

const lossOf = (l: number, x: number) => Math.max(l, 0) - l * x + Math.log1p(Math.exp(-Math.abs(l)));
const meanOf = (l: number) => 1 / (1 + Math.exp(-l));

test('losses of rows, their sum, and gradients are those of the formula', () =>
  withWatchedCore((training, space) => {
    const results: Float32Array[] = [];
    for (const pixels of LENGTHS) {
      const rows = 3;
      const next = uniforms(pixels);
      const l = rounded(
        normals(rows * pixels, 5).map((z) => 8 * z),
        'f32',
      );
      const x = rounded(
        l.map((_, i) => (i % 3 === 0 ? next() : Math.round(next()))),
        'f32',
      );
      const losses = Array.from(l, (logit, i) => lossOf(logit, x[i]));
      const sums = Array.from({ length: rows }, (_, row) => exactSum(losses.slice(row * pixels, (row + 1) * pixels)));
      const sizes = Array.from({ length: rows }, (_, row) =>
        exactSum(Array.from(l.slice(row * pixels, (row + 1) * pixels), (logit) => Math.max(1, Math.abs(logit)))),
      );
      const bounds = sizes.map((size) => 4e-7 * size);
      const [at, dl, lAt, xAt] = [space.room(rows), space.room(l.length), space.put(l), space.put(x)];
      const total = training.bernoulli(at, dl, lAt, xAt, rows, pixels, 0.5);
      assertNear(space.read(at, rows), sums, bounds, `${pixels} pixels`);
      assertNear([total], [exactSum(sums)], exactSum(bounds), `${pixels} pixels, the sum`);
      const slopes = l.map((logit, i) => 0.5 * (meanOf(logit) - x[i]));
      const gradient = space.read(dl, l.length);
      assertNear(gradient, slopes, 1.5e-7, 'gradient');
      const again = space.room(rows);
      assert.is(training.bernoulli(again, 0, lAt, xAt, rows, pixels, 1), total);
      assertSame(space.read(again, rows), space.read(at, rows), 'without the gradient');
      training.bernoulli(again, lAt, lAt, xAt, rows, pixels, 0.5);
      assertSame(space.read(lAt, l.length), gradient, 'over the logits');
      results.push(space.read(at, rows), gradient);
    }
    return results;
  }));

test('each pixel is right to a few roundings where x is 0 or 1, however sure the logit is', () =>
  withWatchedCore((training, space) => {
    const l = rounded(
      Array.from({ length: 8701 }, (_, i) => (i - 4350) / 50),
      'f32',
    );
    const x = l.map((_, i) => i % 2);
    const at = space.room(l.length);
    const dl = space.room(l.length);
    training.bernoulli(at, dl, space.put(l), space.put(x), l.length, 1, 1);
    const losses = l.map((logit, i) => lossOf(logit, x[i]));
    assertNear(
      space.read(at, l.length),
      losses,
      losses.map((loss) => 4e-7 * loss),
      'loss',
    );
    const slopes = l.map((logit, i) => (x[i] === 0 ? meanOf(logit) : -meanOf(-logit)));
    assertNear(space.read(dl, l.length), slopes, 3e-7, 'gradient');
    return [];
  }));

test('the gradient is that of finite differences', () =>
  withWatchedCore((training, space) => {
    const l = rounded(normals(40, 3), 'f32');
    const x = rounded(Array.from({ length: 40 }, uniforms(4)), 'f32');
    const dl = space.room(40);
    training.bernoulli(space.room(1), dl, space.put(l), space.put(x), 1, 40, 1);
    const slopes = l.map((logit, i) => (lossOf(logit + 1e-4, x[i]) - lossOf(logit - 1e-4, x[i])) / 2e-4);
    assertNear(space.read(dl, 40), slopes, 1e-6, 'gradient');
    return [];
  }));

test('what is not a number stays so, and infinite logits have infinite losses or none', () =>
  withWatchedCore((training, space) => {
    const l = space.put([Number.NaN, 200, -200, 200]);
    const x = space.put([0, 1, 0, 0]);
    const [at, dl] = [space.room(4), space.room(4)];
    training.bernoulli(at, dl, l, x, 4, 1, 1);
    const losses = space.read(at, 4);
    assert.ok(Number.isNaN(losses[0]) && losses[1] < 1e-37 && losses[2] < 1e-37 && losses[3] === 200, `${losses}`);
    const slopes = space.read(dl, 4);
    assert.ok(Number.isNaN(slopes[0]), `${slopes}`);
    assertNear(slopes.slice(1), [0, 0, 1], 1e-37, 'gradient');
    return [];
  }));

test.run();
