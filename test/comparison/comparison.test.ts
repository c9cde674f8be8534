import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nameOfGroup } from '../../src/comparison/group-names.js';
import { correctByHolm } from '../../src/comparison/holm.js';
import { differenceInterval, meanOf, standardDeviation } from '../../src/comparison/moments.js';
import { studentQuantile, studentTail } from '../../src/stats/student.js';

test("corrects p-values by Holm's procedure, in any order, and leaves out what was not tested", () => {
  // By hand: .01 * 4, .02 * 3, .03 * 2 = .06, and no value falls below one before it.
  assert.equal(correctByHolm([0.03, 0.01, 0.5, 0.02]), [0.06, 0.04, 0.5, 0.06]);
  assert.equal(correctByHolm([null, 0.01, null, 0.04]), [null, 0.02, null, 0.04]);
  assert.equal(correctByHolm([0.9, 0.8]), [1, 1]);
  assert.equal(correctByHolm([]), []);
});

test('takes the number of a repetition from names, and leaves other numbers', () => {
  for (const [name, group] of [
    ['runs/beta4-seed3', 'runs/beta4'],
    ['runs/beta4/seed-3/posterior.npz', 'runs/beta4'],
    ['vae_s0.npz', 'vae'],
    ['a-12.json', 'a'],
    ['tcvae.seed=03', 'tcvae'],
    ['model v2 run 7', 'model v2'],
    ['beta4.json', 'beta4'],
    ['3', '3'],
    ['seed3', 'seed3'],
    ['all.json, report 4', 'all.json, report 4'],
  ]) {
    assert.is(nameOfGroup(name), group, name);
  }
});

test("quantiles of Student's t are those of tables", () => {
  for (const [degrees, tail, expected] of [
    [1, 0.05, 12.706204736],
    [2, 0.05, 4.30265273],
    [4, 0.05, 2.776445105],
    [8, 0.05, 2.306004135],
    [9, 0.01, 3.249835542],
    [30, 0.05, 2.042272456],
  ]) {
    assert.ok(Math.abs(studentQuantile(tail, degrees) - expected) < 1e-8, `${degrees} degrees of freedom`);
    const t = studentQuantile(tail, degrees);
    assert.ok(Math.abs(studentTail(t / Math.sqrt(degrees + t * t), degrees) - tail) < 1e-12);
  }
});

test("intervals of differences are Welch's, with whole degrees of freedom", () => {
  const [a, b] = [
    [0.61, 0.66, 0.58, 0.7, 0.64],
    [0.41, 0.55, 0.39, 0.6],
  ];
  assert.ok(Math.abs(meanOf(a) - 0.638) < 1e-15);
  assert.ok(Math.abs(standardDeviation(a) - 0.04604345773) < 1e-11);
  const [low, high] = differenceInterval(a, b, 0.95) as [number, number];
  // Variances .00212 and .0106917 give 3.95 degrees of freedom; 3 have the quantile 3.182446305.
  assert.ok(Math.abs((low + high) / 2 - 0.1505) < 1e-12);
  assert.ok(Math.abs((high - low) / 2 - 3.182446305 * Math.sqrt(0.00212 / 5 + 0.032075 / 3 / 4)) < 1e-9);
  assert.is(differenceInterval([1], b, 0.95), null);
  assert.is(differenceInterval([1, 1], [2, 2], 0.95), null);
});

test.run();
