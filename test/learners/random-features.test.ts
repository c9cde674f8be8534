import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withCore } from '../../bindings/core.js';
import { fitRandomFeatures } from '../../src/learners/random-features.js';
import { RandomStream } from '../../src/random.js';
import { assertNear } from '../assembly/samples.js';
import { plainRidge, standardised } from './plain-ridge.js';

const words = new RandomStream(3, 100, 0);
const table = (rows: number, columns: number) =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => words.word() / 2 ** 32));
const raw = table(61, 3);
const train = standardised(raw, raw);
const held = standardised(table(23, 3), raw);
const targets = [raw.map(([a, b]) => Math.abs(a - 0.5) + b), raw.map(([, , c]) => 1e6 + c * c)];

function fit(widths: readonly number[], penalty = 1e-3, seed = 5) {
  return withCore((core) =>
    fitRandomFeatures(
      core,
      {
        columns: 3,
        train: Float64Array.from(train.flat()),
        trainRows: train.length,
        test: Float64Array.from(held.flat()),
        testRows: held.length,
        targets: targets.map((target) => Float64Array.from(target)),
        widths,
        penalty,
        seed,
      },
      () => {},
    ),
  );
}

test('tells of each width what a ridge by elimination does', async () => {
  const widths = [0, 1, 2, 7, 40];
  const told = await fit(widths);
  widths.forEach((width, i) => {
    targets.forEach((target, o) => {
      const expected = plainRidge(train, target, held, width, 1e-3, 5);
      assertNear([...told[i][o]], expected, o === 0 ? 1e-9 : 1e-6, `width ${width}, target ${o}`);
    });
  });
});

test('has the same first features whatever the largest width is', async () => {
  const [few, many] = [await fit([0, 4]), await fit([0, 4, 100])];
  assertNear([...many[1][0]], [...few[1][0]], 1e-12, 'told');
});

test('draws other features by another seed, and none for width 0', async () => {
  const [one, two] = [await fit([0, 4], 1e-3, 1), await fit([0, 4], 1e-3, 2)];
  assert.equal(one[0], two[0]);
  assert.not.equal(one[1], two[1]);
});

test('fits more rows than it can tell apart, and more features than rows', async () => {
  const [, told] = await fit([0, 300], 1e-9);
  assert.ok([...told[0], ...told[1]].every(Number.isFinite));
});

test.run();
