import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createDataset, type DatasetArrays } from '../../src/data/create-dataset.js';

const BYTES = Uint8Array.from({ length: 3 * 4 }, (_, i) => (i * 40) % 256);

test('images in memory are read by row, with their factors', async () => {
  const dataset = createDataset({
    images: BYTES,
    height: 2,
    width: 2,
    factors: [
      [0, 0.5],
      [1, 0.25],
      [2, -1],
    ],
  });
  assert.is(dataset.size, 3);
  assert.equal(dataset.image, { height: 2, width: 2, channels: 1 });
  assert.equal(
    dataset.factors.map(({ name, size }) => [name, size]),
    [
      ['factor0', 3],
      ['factor1', null],
    ],
  );
  const out = new Uint8Array(8);
  await dataset.readImages([2, 0], out);
  assert.equal(out, Uint8Array.from([...BYTES.slice(8), ...BYTES.slice(0, 4)]));
  const factors = new Float64Array(4);
  await dataset.readFactors([2, 0], factors);
  assert.equal([...factors], [2, -1, 0, 0.5]);
});

test('floats are the bytes that they round to', async () => {
  const dataset = createDataset({ images: Float32Array.from(BYTES, (byte) => byte / 255), height: 2, width: 2 });
  const out = new Uint8Array(BYTES.length);
  await dataset.readImages([0, 1, 2], out);
  assert.equal(out, BYTES);
  assert.equal(dataset.factors, []);
});

test('other images are another data set', () => {
  const changed = BYTES.slice();
  changed[5]++;
  const identify = (images: Uint8Array) => createDataset({ images, height: 2, width: 2 }).identity.checksum;
  assert.is(identify(BYTES), identify(BYTES.slice()));
  assert.not.equal(identify(changed), identify(BYTES));
});

const WRONG: ReadonlyArray<readonly [given: Partial<DatasetArrays>, message: RegExp]> = [
  [{ images: BYTES.subarray(1) }, /images: expected a multiple of 4 values \(2 x 2 x 1\), got 11/],
  [{ images: new Uint8Array(0) }, /images: expected a multiple of 4 values .* got 0/],
  [{ images: [0, 1] as never }, /images: expected a Uint8Array, Float32Array or Float64Array/],
  [{ images: Float32Array.of(0, 0, 0, 0, 0, 1.5, 0, 0) }, /expected floats from 0 to 1, got 1.5 in row 1/],
  [{ height: 0 }, /height: expected a whole number of at least 1, got 0/],
  [{ channels: 2 }, /channels: expected 1 or 3, got 2/],
  [{ factors: [1, 2] }, /factors: expected 3 rows to match images, got 2/],
  [{ factors: [[1], [Number.NaN], [2]] }, /factors: expected numbers, got NaN in row 1, column 0/],
  [{ factors: [1, 2, 3], factorNames: ['a', 'b'] }, /factorNames: expected 1 names, got 2/],
  [
    {
      factors: [
        [1, 1],
        [2, 2],
        [3, 3],
      ],
      factorNames: ['a', 'a'],
    },
    /factorNames: factor 1: expected a name of its own, got 'a', that of factor 0/,
  ],
  [{ factors: [1, 2, 3], factorNames: [''] }, /factorNames: factor 0: expected a name, got ""/],
  [{ factors: [1, 2, 3], factorNames: [3 as never] }, /factorNames: factor 0: expected a name, got 3/],
  [{ factorNames: ['a'] }, /factorNames: has no effect without factors/],
  [{ height: null as never }, /height: expected a whole number of at least 1, got nothing/],
  [{ factors: [1, 2, 3], factorNames: 'a' as never }, /factorNames: expected an array of names, got 'a'/],
  [{ name: 5 as never }, /name: expected a text, got number/],
  [{ name: '' }, /name: expected a text, got ''/],
  [{ factor: [1, 2, 3] } as never, /^factor: not an option of createDataset; did you mean factors or factorNames\?$/],
  [{ factors: [1, 2, 3], factorNames: ['a\0'] }, /factorNames: factor 0: expected text as its name, got "a\\u0000"/],
  [{ factors: [1, 2, 3], factorNames: ['\ud800'] }, /factorNames: factor 0: expected text as its name, got "\\ud800"/],
];

for (const [given, message] of WRONG) {
  test(`arrays are refused: ${message.source}`, () => {
    assert.throws(() => createDataset({ images: BYTES, height: 2, width: 2, ...given }), message);
  });
}

test('what is no object is refused as such', () => {
  for (const [given, kind] of [
    [null, 'null'],
    [undefined, 'undefined'],
    [3, 'number'],
  ] as const) {
    let error: { code?: string; message?: string } = {};
    try {
      createDataset(given as never);
    } catch (thrown) {
      error = thrown as typeof error;
    }
    assert.equal(
      [error.code, error.message],
      ['ERR_OPTION', `createDataset: expected an object of options, got ${kind}`],
    );
  }
});

test.run();
