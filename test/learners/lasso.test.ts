import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withCore } from '../../bindings/core.js';
import { fitLasso, type LassoOptions } from '../../src/learners/lasso.js';
import { assertNear, assertSame, normals } from '../assembly/samples.js';

/** Made by test/golden/make-lasso.py. */
const reference = JSON.parse(readFileSync(new URL('../golden/lasso.json', import.meta.url), 'utf8'));

function fit(
  x: ArrayLike<number>,
  target: ArrayLike<number>,
  options: LassoOptions = {},
  pause: (done: number, total: number) => void = () => {},
) {
  const rows = target.length;
  return withCore((core) =>
    fitLasso(core, { features: core.arena.upload('f64', x), rows, columns: x.length / rows, target }, options, pause),
  );
}

for (const { name, target, settings, ...expected } of reference.fits) {
  test(`agrees with scikit-learn, run to the optimum, on ${name}`, async () => {
    const x = reference.x64.map((whole: number) => whole / 64);
    const options = { folds: settings.cv, alphas: settings.alphas ?? settings.n_alphas, ratio: settings.eps };
    const result = await fit(x, target, options);
    assert.ok(result.converged);
    assertNear(result.weights, expected.weights, 1e-8, 'weights');
    assertNear([result.intercept], [expected.intercept], 1e-9, 'intercept');
    assertNear([result.alpha], [expected.alpha], 1e-14, 'alpha');
    assertNear(result.alphas, expected.alphas, 1e-13, 'alphas');
    assertNear(result.meanSquaredErrors, expected.meanSquaredErrors, 1e-11, 'errors');
  });
}

const ROWS = 101;
const COLUMNS = 4;
const plainX = normals(ROWS * COLUMNS, 1);
/** Columns 0 and 2 say what the target is, but for some noise. */
const plainY = normals(ROWS, 2).map((value, row) => 0.3 * value + plainX[row * 4] - 2 * plainX[row * 4 + 2]);

test('gives a doubled column to the first, and nothing to a constant one', async () => {
  const x = plainX.map((value, i) => (i % 4 === 3 ? plainX[i - 1] : i % 4 === 1 ? 1e9 : value));
  const { weights, converged } = await fit(x, plainY);
  assert.ok(converged);
  assert.ok(weights[0] > 0.8 && weights[2] < -1.8, `${weights}`);
  assertSame([weights[1], weights[3]], [0, 0], 'weights');
});

test('has no weights where the target, or every column, is constant', async () => {
  for (const [x, y, intercept] of [
    [plainX, new Float64Array(ROWS).fill(7.1), 7.1],
    [new Float64Array(ROWS * COLUMNS).fill(0.1), plainY, plainY.reduce((a, b) => a + b, 0) / ROWS],
  ] as const) {
    const result = await fit(x, y);
    assertSame(result.weights, [0, 0, 0, 0], 'weights');
    assertNear([result.intercept], [intercept], 1e-15, 'intercept');
    assert.is(result.alpha, 0);
    assert.ok(result.converged);
  }
});

test('does not mind a column that varies in one fold only, or rows that are far from the others', async () => {
  const x = plainX.map((value, i) => (i % 4 === 1 ? (i === 201 ? 3 : 0) : i === 2 ? 1e9 : value));
  const y = plainY.map((value, row) => (row === 0 ? value - 2e9 : value));
  const { weights, converged } = await fit(x, y, { alphas: [1e-4] });
  assert.ok(converged);
  assert.ok(Math.abs(weights[2] + 2) < 1e-6, `${weights}`);
});

test('a single penalty is fitted to all rows, without folds, and ends where the conditions of the optimum hold', async () => {
  let calls = 0;
  const alpha = 0.02;
  const { weights, intercept, converged, ...rest } = await fit(plainX, plainY, { alphas: [alpha] }, (_, total) => {
    calls++;
    assert.ok(total === ROWS || total === 1, `${total}`);
  });
  assert.ok(converged && calls < 10);
  assert.is(rest.alpha, alpha);
  const left = plainY.map((y, row) =>
    weights.reduce((sum, w, j) => sum - w * plainX[row * COLUMNS + j], y - intercept),
  );
  assertNear([left.reduce((a, b) => a + b, 0)], [0], 1e-10, 'residuals');
  weights.forEach((w, j) => {
    const slope = left.reduce((sum, r, row) => sum + r * plainX[row * COLUMNS + j], 0) / ROWS;
    if (w === 0) assert.ok(Math.abs(slope) <= alpha + 1e-12);
    else assertNear([slope], [alpha * Math.sign(w)], 1e-9, `column ${j}`);
  });
  // It does not depend on what else there is to choose from.
  const chosen = await fit(plainX, plainY, { alphas: [10, alpha] });
  assert.is(chosen.alpha, alpha);
  assertNear(weights, chosen.weights, 1e-9, 'weights');
});

test('two rows leave one to learn from, so that the largest penalty is as good as any', async () => {
  const { weights, intercept, alpha, alphas, converged } = await fit([1, 5, 2, 5], [3, 4]);
  assertSame(weights, [0, 0], 'weights');
  assert.is(intercept, 3.5);
  assert.is(alpha, alphas[0]);
  assert.ok(converged);
});

test('an offset of 1e9 costs the digits that the numbers lose by it, and no more', async () => {
  const one = await fit(plainX, plainY);
  const far = plainX.map((value) => Math.round(value * 2 ** 20) / 2 ** 20 + 1e9);
  const near = far.map((value) => value - 1e9);
  const expected = await fit(near, plainY);
  const moved = await fit(
    far,
    plainY.map((value) => value + 1),
  );
  assertNear(moved.weights, expected.weights, 1e-12, 'weights');
  assertNear([moved.alpha], [expected.alpha], 1e-15, 'alpha');
  assertNear(expected.weights, one.weights, 1e-5, 'rounded');
  const far2 = await fit(
    near,
    plainY.map((value) => Math.round(value * 2 ** 20) / 2 ** 20 + 2 ** 30),
  );
  assertNear(far2.weights, expected.weights, 1e-5, 'target');
});

test('is the same in any unit: tiny scales of target and columns', async () => {
  const one = await fit(plainX, plainY);
  const unit = 2 ** -30;
  const tiny = await fit(
    plainX.map((value) => value * unit),
    plainY.map((value) => value * unit),
  );
  assertSame(tiny.weights, one.weights, 'weights');
  assert.is(tiny.alpha, one.alpha * unit ** 2);
  assert.is(tiny.intercept, one.intercept * unit);
});

test('sets the gradient of each weight to the penalty, as the optimum has it', async () => {
  const { weights, intercept, alpha } = await fit(plainX, plainY, { alphas: [0.2] });
  assert.is(alpha, 0.2);
  const residuals = plainY.map(
    (y, row) => y - intercept - weights.reduce((sum, weight, j) => sum + weight * plainX[row * COLUMNS + j], 0),
  );
  weights.forEach((weight, j) => {
    const slope = residuals.reduce((sum, r, row) => sum + r * plainX[row * COLUMNS + j], 0) / ROWS;
    if (weight === 0) assert.ok(Math.abs(slope) <= alpha * (1 + 1e-9), `slope ${slope}`);
    else assertNear([slope], [alpha * Math.sign(weight)], 1e-10, `slope of ${j}`);
  });
  assert.equal([...weights].map(Math.sign), [1, 0, -1, 0]);
});

test('gives its memory back, also where the caller throws', () =>
  withCore(async (core) => {
    const problem = { features: core.arena.upload('f64', plainX), rows: ROWS, columns: COLUMNS, target: plainY };
    const place = () => [core.arena.depth, core.arena.alloc('u8', 0).pointer];
    const mark = core.arena.mark();
    const before = place();
    core.arena.release(mark);
    await fitLasso(core, problem, {}, () => {});
    for (const last of [0, 3, 500]) {
      let calls = 0;
      const stop = () => {
        if (calls++ === last) throw new Error('enough');
      };
      await fitLasso(core, problem, {}, stop).then(
        () => assert.unreachable(),
        (error) => assert.is(error.message, 'enough'),
      );
    }
    core.arena.mark();
    assert.equal(place(), before);
  }));

test('says how far it is, and stops where the caller throws', async () => {
  let last = -1;
  const stop = fit(plainX, plainY, {}, (done, total) => {
    assert.ok(done <= total);
    last = total === 1100 ? done : last;
    if (last === 500) throw new Error('enough');
  });
  await stop.then(
    () => assert.unreachable(),
    (error) => assert.is(error.message, 'enough'),
  );
  assert.is(last, 500);
});

test.run();
