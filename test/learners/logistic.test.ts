import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withCore } from '../../bindings/core.js';
import { fitLogistic, type LogisticModel, predictLogistic } from '../../src/learners/logistic.js';
import { assertNear, assertSame, codes, normals } from '../assembly/samples.js';
import { withWatchedCore } from '../assembly/watched-core.js';
import { classify, evaluate, type Points, randomPoints } from './plain-logistic.js';

const noPause = () => {};

const fit = (
  points: Points,
  c = 1,
  pause: (iteration: number, most: number) => void = noPause,
  classWeights?: Float64Array,
): Promise<LogisticModel> =>
  withCore((core) => {
    const features = core.arena.upload('f64', points.x);
    const labels = core.arena.upload('i32', points.labels);
    return fitLogistic(core, { ...points, features, labels, c, classWeights }, pause);
  });

const largest = (numbers: Iterable<number>) => Array.from(numbers).reduce((a, b) => Math.max(a, Math.abs(b)), 0);

/**
 * That the gradient of the whole objective, by an oracle of its own, is 0 at the solution. The
 * oracle's gradient is a sum of `rows` residuals times features of size up to 5, each rounded.
 */
function assertOptimal(model: LogisticModel, points: Points, c: number, what: string): void {
  assert.is(model.converged, true, `${what}: converged`);
  const { gradient } = evaluate(model, points, c);
  const bound = 10 * points.rows * 2 ** -53;
  const most = largest(gradient);
  assert.ok(most <= bound, `${what}: largest component of the gradient ${most}, expected at most ${bound}`);
}

test('the gradient of the objective is 0 at the solution, with two classes and with more', async () => {
  for (const [rows, columns, classes, c, noise] of [
    [10, 1, 2, 1, 1],
    [10, 3, 3, 1, 1],
    [100, 3, 2, 1, 1],
    [300, 5, 3, 0.01, 1],
    [300, 4, 5, 1, 0.5],
    [1000, 7, 2, 100, 0.3],
    // Enough rows of each class to start from a fit to an eighth of them.
    [2000, 5, 3, 1, 1],
    [2000, 3, 2, 1e6, 1],
    [3000, 10, 5, 1, 0.2],
  ]) {
    const points = randomPoints(rows, columns, classes, noise, rows + columns);
    const model = await fit(points, c);
    const what = `${rows} x ${columns}, ${classes} classes, c = ${c}`;
    assert.is(model.coefficients.length, classes === 2 ? 1 : classes);
    assertOptimal(model, points, c, what);
    assertSame(predictLogistic(model, points.x, rows), classify(model, points), what);
  }
});

test('leaves the arena as it was', () =>
  withWatchedCore(async (core) => {
    const points = randomPoints(500, 5, 4, 0.5, 1);
    const features = core.arena.upload('f64', points.x);
    const labels = core.arena.upload('i32', points.labels);
    const mark = core.arena.mark();
    core.arena.release(mark);
    await fitLogistic(core, { ...points, features, labels, c: 1 }, noPause);
    assert.is(core.arena.mark(), mark);
    core.arena.release(mark);
    assertSame(features.array, points.x, 'features');
  }));

test('starts from a fit to an eighth of the rows where these are enough, which leaves few steps to take on all', async () => {
  const steps: number[] = [];
  await fit(randomPoints(2000, 5, 3, 1, 3), 1, (iteration) => {
    if (iteration === 0) steps.push(0);
    steps[steps.length - 1]++;
  });
  assert.is(steps.length, 2);
  assert.ok(Math.max(...steps) <= 6, `${steps} steps`);
});

test('no other weights have a smaller objective', async () => {
  const points = randomPoints(200, 4, 3, 1, 2);
  const model = await fit(points);
  const { value } = evaluate(model, points, 1);
  const moves = normals(200 * 15, 3);
  for (let trial = 0; trial < 200; trial++) {
    const move = (i: number) => 10 ** -(trial % 5) * moves[15 * trial + i];
    const moved = {
      classes: 3,
      coefficients: model.coefficients.map((weights, f) => weights.map((w, j) => w + move(5 * f + j))),
      intercepts: model.intercepts.map((intercept, f) => intercept + move(5 * f + 4)),
    };
    assert.ok(evaluate(moved, points, 1).value > value - 1e-12 * value, `trial ${trial}`);
  }
});

test('one weight vector for two classes is twice that of the two with half the penalty', async () => {
  // Softmax over w and -w with 0.5 (|w|^2 + |w|^2) / c is the sigmoid of v = 2 w with 0.5 |v|^2 /
  // (2 c).
  const points = randomPoints(400, 4, 2, 1, 4);
  const one = await fit(points, 2);
  const model = {
    classes: 2,
    coefficients: [one.coefficients[0].map((v) => -v / 2), one.coefficients[0].map((v) => v / 2)],
    intercepts: [-one.intercepts[0] / 2, one.intercepts[0] / 2],
  };
  assert.ok(largest(evaluate(model, points, 1).gradient) < 1e-12);
});

test('classes of any order give the same model in that order', async () => {
  const points = randomPoints(300, 4, 3, 1, 5);
  const turned = { ...points, labels: points.labels.map((k) => (k + 1) % 3) };
  const [model, other] = [await fit(points), await fit(turned)];
  for (const k of [0, 1, 2]) assertNear(other.coefficients[(k + 1) % 3], model.coefficients[k], 1e-12, `class ${k}`);
});

test('weights and intercepts sum to 0 over the classes', async () => {
  const model = await fit(randomPoints(500, 3, 4, 1, 6));
  const sums = [0, 1, 2].map((j) => model.coefficients.reduce((sum, weights) => sum + weights[j], 0));
  assertNear(sums, [0, 0, 0], 1e-13, 'weights');
  assertNear([model.intercepts.reduce((a, b) => a + b)], [0], 1e-13, 'intercepts');
});

test('features with an offset of 1e6 at a scale of 1e-6 give the same predictions under the equivalent penalty', async () => {
  for (const classes of [2, 3]) {
    const plain = randomPoints(1000, 4, classes, 1, 7);
    // Powers of two near 1e6 and 1e-6, and features in steps of 2^-8: nothing is rounded away.
    const points = { ...plain, x: plain.x.map((x) => Math.round(x * 256) / 256) };
    const scaled = { ...points, x: points.x.map((x) => 2 ** 20 + 2 ** -20 * x) };
    const model = await fit(points, 1);
    const badly = await fit(scaled, 2 ** 40);
    assert.is(badly.converged, true);
    badly.coefficients.forEach((weights, f) => {
      assertNear(
        weights.map((w) => w * 2 ** -20),
        model.coefficients[f],
        1e-11,
        `${classes} classes, vector ${f}`,
      );
    });
    assertSame(predictLogistic(badly, scaled.x, 1000), predictLogistic(model, points.x, 1000), `${classes} classes`);
  }
});

test('features of very different scales reach the optimum all the same', async () => {
  const plain = randomPoints(600, 4, 3, 1, 8);
  const scales = [1e-6, 1e-2, 1e3, 1e7];
  const points = { ...plain, x: plain.x.map((x, i) => x * scales[i % 4]) };
  const model = await fit(points);
  assert.is(model.converged, true);
  const { gradient } = evaluate(model, points, 1);
  // Relative to the sums that cancel in each component.
  gradient.forEach((g, i) => {
    const scale = i % 5 === 4 ? 1 : scales[i % 5];
    assert.ok(Math.abs(g) <= 1e-12 * 600 * scale, `component ${i}: ${g}`);
  });
});

test('a constant feature has weight 0 and changes nothing', async () => {
  for (const classes of [2, 3]) {
    const points = randomPoints(500, 3, classes, 1, 9);
    const model = await fit(points);
    // Most of these times 500 are rounded: the mean of the column must still be what it holds.
    for (const value of [0, 1, 0.1, 0.7, 1 / 3, Math.PI, -1e6 / 3, 1e-300]) {
      const x = Float64Array.from({ length: 500 * 4 }, (_, i) =>
        i % 4 === 1 ? value : points.x[Math.floor(i / 4) * 3 + [0, 0, 1, 2][i % 4]],
      );
      const wider = await fit({ ...points, x, columns: 4 });
      wider.coefficients.forEach((weights, f) => {
        assert.is(Math.abs(weights[1]), 0, `constant ${value}`);
        assertNear([weights[0], weights[2], weights[3]], model.coefficients[f], 1e-12, `constant ${value}`);
      });
      assertNear(wider.intercepts, model.intercepts, 1e-12, `constant ${value}`);
    }
  }
});

test('a feature given twice shares its weight', async () => {
  const points = randomPoints(400, 2, 3, 1, 10);
  const x = Float64Array.from({ length: 400 * 3 }, (_, i) => points.x[Math.floor(i / 3) * 2 + [0, 1, 0][i % 3]]);
  const twice = { ...points, x, columns: 3 };
  const model = await fit(twice);
  assertOptimal(model, twice, 1, 'twice');
  for (const weights of model.coefficients) assertNear([weights[0]], [weights[2]], 1e-12, 'weights');
});

test('separable classes converge, and are told apart, at any penalty', async () => {
  for (const classes of [2, 3, 5]) {
    const points = randomPoints(300, 4, classes, 0, 11);
    for (const c of [1e-6, 1, 1e3, 1e6, 1e9]) {
      const model = await fit(points, c);
      assert.is(model.converged, true, `${classes} classes, c = ${c}`);
      assert.ok(model.coefficients.every((weights) => weights.every(Number.isFinite)));
      const { gradient } = evaluate(model, points, c);
      assert.ok(largest(gradient) < 1e-10, `${classes} classes, c = ${c}: ${largest(gradient)}`);
      if (c >= 1e6) assertSame(predictLogistic(model, points.x, 300), points.labels, `${classes} classes, c = ${c}`);
    }
  }
});

test('a class without rows is never predicted', async () => {
  const points = randomPoints(300, 3, 3, 1, 12);
  const labels = points.labels.map((k) => (k === 1 ? 0 : k));
  const model = await fit({ ...points, labels });
  assert.is(model.coefficients.length, 3);
  assert.ok(predictLogistic(model, points.x, 300).every((k) => k !== 1));
});

/**
 * Rows widened by constant columns, which change nothing about the solution but the number of
 * unknowns.
 */
function widen(points: Points, columns: number): Points {
  const { rows } = points;
  const x = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    x.set(points.x.subarray(row * points.columns, (row + 1) * points.columns), row * columns);
  }
  return { ...points, x, columns };
}

test('beyond 600 unknowns L-BFGS finds what Newton finds below', async () => {
  const points = randomPoints(1500, 100, 5, 1, 13);
  const iterations = { newton: 0, lbfgs: 0 };
  const newton = await fit(points, 1, () => iterations.newton++);
  const lbfgs = await fit(widen(points, 125), 1, () => iterations.lbfgs++);
  assert.ok(iterations.newton < 15 && iterations.lbfgs > 30, 'each took its own way');
  assertOptimal(newton, points, 1, 'Newton');
  assert.is(lbfgs.converged, true);
  lbfgs.coefficients.forEach((weights, f) => {
    // It stops at a gradient of 1e-9 a row in standardised features; curvatures are at least those
    // of the penalty, 1.
    assertNear(weights.subarray(0, 100), newton.coefficients[f], 1.5e-6, `class ${f}`);
    assertSame(weights.subarray(100), new Float64Array(25), `class ${f}: constant features`);
  });
  assertSame(
    predictLogistic(lbfgs, widen(points, 125).x, 1500),
    predictLogistic(newton, points.x, 1500),
    'predictions',
  );
});

test('converges where rounding hides the last decrease of a large loss, by L-BFGS with few classes and by Newton with many', async () => {
  // Half of the labels are random: the loss stays in the thousands, and stops changing visibly long
  // before slopes vanish.
  for (const [rows, columns, classes] of [
    [2000, 100, 7],
    [4000, 160, 4],
    [2000, 70, 10],
    [4000, 20, 40],
  ]) {
    const common = normals(rows, 2);
    const x = normals(rows * columns, 1).map((value, i) => value + common[Math.floor(i / columns)]);
    const labels = codes(rows, classes, 5).map((k, i) =>
      i % 2 === 1 ? k : Math.floor(classes / (1 + Math.exp(-common[i]))),
    );
    const points = { x, labels, rows, columns, classes };
    const model = await fit(points);
    assert.is(model.converged, true, `${rows} x ${columns}, ${classes} classes`);
    // The tolerance of 1e-9 a row is on standardised features, whose scale is the square root of 2.
    assert.ok(largest(evaluate(model, points, 1).gradient) <= 3e-9 * rows);
  }
});

test('scores within 1e-12 are ties, which the lowest class wins', () => {
  const model = { columns: 1, classes: 3, coefficients: [0, 1, 1].map((w) => Float64Array.of(w)), converged: true };
  const intercepts = Float64Array.of(0, 0, 0);
  const predict = (x: number, at = intercepts) =>
    predictLogistic({ ...model, intercepts: at }, Float64Array.of(x), 1)[0];
  assert.is(predict(1), 1);
  assert.is(predict(-1), 0);
  assert.is(predict(0), 0);
  assert.is(predict(0.9e-12), 0);
  assert.is(predict(1.1e-12), 1);
  assert.is(predict(1, Float64Array.of(0, 0, 0.9e-12)), 1);
  assert.is(predict(1, Float64Array.of(0, 0, 1.1e-12)), 2);
  const one = { columns: 1, classes: 2, coefficients: [Float64Array.of(1)], intercepts: Float64Array.of(0) };
  const rows = Float64Array.of(-1, 0, 0.9e-12, 1.1e-12, 2);
  assertSame(predictLogistic({ ...one, converged: true }, rows, 5), [0, 0, 0, 1, 1], 'two classes');
});

test('predicts nothing for no rows', async () => {
  assert.is(predictLogistic(await fit(randomPoints(20, 2, 2, 1, 1)), new Float64Array(0), 0).length, 0);
});

test('stops, and gives its memory back, where the pause throws', async () => {
  const points = randomPoints(100, 3, 3, 1, 14);
  await withCore(async (core) => {
    const features = core.arena.upload('f64', points.x);
    const labels = core.arena.upload('i32', points.labels);
    const mark = core.arena.mark();
    const stopped = fitLogistic(core, { ...points, features, labels, c: 1 }, (iteration) => {
      if (iteration === 2) throw new Error('cancelled');
    });
    await stopped.then(
      () => assert.unreachable(),
      (error) => assert.is(error.message, 'cancelled'),
    );
    assert.is(core.arena.mark(), mark);
  });
});

test('a class weight counts each row of its class so many times', async () => {
  for (const classes of [2, 3, 9]) {
    const points = randomPoints(400, 4, classes, 1, 20 + classes);
    const times = Float64Array.from({ length: classes }, (_, k) => 1 + (k % 3));
    const repeated = Array.from(points.labels, (label, row) => new Array<number>(times[label]).fill(row)).flat();
    const longer = {
      ...points,
      rows: repeated.length,
      x: Float64Array.from(repeated.flatMap((row) => [...points.x.subarray(row * 4, row * 4 + 4)])),
      labels: Int32Array.from(repeated, (row) => points.labels[row]),
    };
    const [weighted, expected] = [await fit(points, 1, noPause, times), await fit(longer)];
    assert.is(weighted.converged, true);
    assertNear(weighted.intercepts, expected.intercepts, 1e-10, `${classes} classes: intercepts`);
    weighted.coefficients.forEach((weights, f) => {
      assertNear(weights, expected.coefficients[f], 1e-10, `${classes} classes: class ${f}`);
    });
    const ones = await fit(points, 1, noPause, new Float64Array(classes).fill(1));
    const none = await fit(points);
    ones.coefficients.forEach((weights, f) => {
      assertSame(weights, none.coefficients[f], `${classes} classes, weights of 1`);
    });
  }
});

test.run();
