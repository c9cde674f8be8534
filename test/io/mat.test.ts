import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderNote } from '../../src/note.js';
import { concatenate, matBytes } from './builders.js';
import { fixture, open, rowsOf, survivesDamage } from './fixtures.js';
import { errorOf } from './matrices.js';

for (const name of ['plain.mat', 'packed.mat']) {
  test(`reads the numbers of ${name}, which scipy wrote`, async () => {
    const file = await open(fixture(name), name);
    assert.is(file.format, 'mat');
    const entry = (wanted: string) => file.arrays.find((array) => array.name === wanted)!;
    const about = (wanted: string) => [entry(wanted).dtype, entry(wanted).shape];
    assert.equal(
      await rowsOf(entry('z')),
      [0, 1, 2, 3].map((i) => [0, 1, 2].map((j) => (3 * i + j - 5) / 4)),
    );
    assert.equal(about('z'), ['float64', [4, 3]]);
    assert.equal(await rowsOf(entry('single')), [
      [Math.fround(0.1), -2],
      [3, 4],
    ]);
    assert.equal(about('single'), ['float32', [2, 2]]);
    assert.equal(await rowsOf(entry('bytes')), [
      [1, 2],
      [3, 255],
    ]);
    assert.equal(about('bytes'), ['uint8', [2, 2]]);
    assert.equal(await rowsOf(entry('wide')), [[-(2 ** 40)], [7]]);
    assert.equal(about('wide'), ['int64', [2, 1]]);
    assert.equal(await rowsOf(entry('column')), [[1.5], [2], [3], [4]]);
    assert.equal(await rowsOf(entry('truth')), [
      [1, 0],
      [0, 1],
    ]);
    assert.equal(about('truth'), ['bool', [2, 2]]);
    assert.equal(await rowsOf(entry('scalar')), [[7.25]]);
    assert.equal(await rowsOf(entry('a')), [[1], [2]]);
    assert.equal(await rowsOf(entry('counts')), [
      [0, 2, 0],
      [0, 0, 0],
      [5, 0, 1],
      [0, -3, 0],
    ]);
    assert.equal(about('counts'), ['float64', [4, 3]]);
    assert.equal(about('empty'), ['float64', [0, 3]]);
  });

  test(`takes a row vector of ${name} for a column, and says so`, async () => {
    const { arrays } = await open(fixture(name), name);
    const labels = arrays.find((array) => array.name === 'labels')!;
    assert.equal([labels.dtype, labels.shape, await rowsOf(labels)], ['int32', [4], [[3], [1], [2], [1]]]);
    assert.equal(
      arrays.flatMap(({ notes = [] }) => notes.map((one) => [one.code, renderNote(one), one.isGuess])),
      [['row-vectors', `${name}: 'labels' is a row vector, and read as one column`, true]],
    );
  });

  test(`lists what is no table of ${name}, and says why`, async () => {
    const { arrays } = await open(fixture(name), name);
    const refusals = Object.fromEntries(arrays.filter((one) => one.refusal).map((one) => [one.name, one.refusal]));
    const wayOut = 'save what is in it as a variable of numbers';
    assert.equal(refusals, {
      cell: `expected an array of real numbers, got cell; ${wayOut}`,
      structure: `expected an array of real numbers, got structure; ${wayOut}`,
      text: `expected an array of real numbers, got character; ${wayOut}`,
      complex: 'expected an array of real numbers, got complex numbers; save its real part',
      cube: 'expected rows and columns, got 3 dimensions of shape (2, 2, 2); x.reshape(2, -1) makes a row of each, x.reshape(-1, 2) joins batches of rows',
    });
    const error = await errorOf(() => arrays.find((one) => one.name === 'cell')!.read());
    assert.match(error.message, `${name}, member 'cell': expected an array of real numbers, got cell`);
  });

  test(`survives damage of ${name}`, () => survivesDamage(fixture(name), name));
}

test('reads sparse numbers of every type that scipy writes, and refuses those beyond 2^53', async () => {
  const bytes = fixture('sparse.mat');
  const counts = [
    [0, 2, 0],
    [0, 0, 0],
    [5, 0, 1],
    [0, 3, 0],
  ];
  const { arrays } = await open(bytes, 'sparse.mat');
  assert.equal(
    arrays.map(({ name }) => name),
    ['i1', 'u1', 'i2', 'u2', 'i4', 'u4', 'i8', 'u8', 'f4', 'f8'],
  );
  for (const entry of arrays) assert.equal([entry.name, await rowsOf(entry)], [entry.name, counts]);
  // The first value of i8: its element has type 12 and 32 bytes.
  const tag = Buffer.from(Int32Array.of(12, 32, 5, 0).buffer);
  const damaged = bytes.slice();
  damaged[Buffer.from(bytes).indexOf(tag) + tag.length + 7 - 8] = 0x40;
  const wide = (await open(damaged, 'sparse.mat')).arrays.find(({ name }) => name === 'i8')!;
  const error = await errorOf(() => wide.read());
  assert.is(error.message, "sparse.mat, member 'i8': expected an integer within 2^53, got 4611686018427387909");
});

test('reads both byte orders', async () => {
  for (const isCompressed of [false, true]) {
    const values = Uint8Array.of(0, 1, 0, 2, 0xff, 0xff, 1, 0);
    const { arrays } = await open(matBytes({ isBig: true, isCompressed, type: 3, values }), 'a.mat');
    assert.equal(await rowsOf(arrays[0]), [
      [1, -1],
      [2, 256],
    ]);
  }
});

test('lists objects of MATLAB, which have no dimensions, without stumbling over them', async () => {
  const words = (...numbers: number[]) => new Uint8Array(Int32Array.from(numbers).buffer);
  const body = concatenate(words(6, 8, 17, 0), words((1 << 16) | 1, 0x74), new Uint8Array(40));
  const object = concatenate(words(14, body.length), body);
  const plain = matBytes();
  const { arrays } = await open(concatenate(plain.subarray(0, 128), object, plain.subarray(128)), 'a.mat');
  assert.equal(
    arrays.map(({ name, dtype }) => [name, dtype]),
    [
      ['t', 'object'],
      ['im', 'uint8'],
    ],
  );
});

test('refuses more bytes than it says, another variable of a name, and other versions', async () => {
  const plain = matBytes();
  const message = async (bytes: Uint8Array) => (await errorOf(() => open(bytes, 'a.mat'))).message;
  assert.is(await message(concatenate(plain, 'abc')), `a.mat, byte ${plain.length}: the file ends inside a tag`);
  assert.match(await message(concatenate(plain, plain.subarray(128))), 'expected every variable once, got two');
  const newer = concatenate('MATLAB 7.3 MAT-file, Platform: GLNXA64'.padEnd(512), '\x89HDF\r\n\x1a\n');
  assert.match(
    await message(newer),
    /version 7\.3, which is not read here; in MATLAB: save\(.*; in Python: numpy\.savez\(.*h5py\.File\(/,
  );
  const older = await message(concatenate(new Uint8Array(20)));
  assert.match(older, 'expected a MATLAB file of version 5 to 7, got another; in MATLAB: save(');
  assert.match(older, "in Python: scipy.io.savemat('new.mat', scipy.io.loadmat('x.mat'))");
});

test('refuses a compressed variable that is larger than it can be, before it is read', async () => {
  const packed = matBytes({ isCompressed: true });
  const { deflateSync } = await import('node:zlib');
  const head = new Uint8Array(deflateSync(new Uint8Array(Int32Array.of(14, 0x7fffffff).buffer)));
  const tag = new Uint8Array(Int32Array.of(15, head.length).buffer);
  const error = await errorOf(() => open(concatenate(packed.subarray(0, 128), tag, head), 'a.mat'));
  assert.is(error.message, `a.mat, byte 128: ${head.length} bytes cannot hold 2147483647 compressed ones`);
});

test.run();
