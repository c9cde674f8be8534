import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  convertArrays,
  formatForPath,
  memorySource,
  type OutputFormat,
  openArrays,
  writeNpy,
  writeNpz,
} from '../../src/io/index.js';
import { Matrix } from '../../src/matrix.js';
import { floats, npyBytes, safetensorsBytes, zipBytes } from './builders.js';
import { anyMatrix, assertSame, collect } from './matrices.js';

test('knows the format of an output by its name', () => {
  const names = { 'a.npy': 'npy', 'a.NPZ': 'npz', 'a.bin': 'vmat', 'a.vmat': 'vmat', 'a.csv': 'csv', 'a.tsv': 'tsv' };
  for (const [path, format] of Object.entries(names)) assert.is(formatForPath(path), format);
  assert.is(formatForPath('dir.x/a.safetensors'), 'safetensors');
  for (const path of ['a.parquet', 'a.h5', 'a', 'npy', 'a.npy/b']) {
    assert.throws(
      () => formatForPath(path),
      (error: Error & { code?: string }) =>
        error.code === 'ERR_OPTION' &&
        error.message ===
          `output: expected a name that ends in .npy, .npz, .bin, .safetensors, .csv or .tsv, got '${path}'`,
    );
  }
});

test('keeps every value and dtype through any chain of binary formats', async () => {
  const format = fc.constantFrom<OutputFormat>('npy', 'npz', 'safetensors', 'vmat');
  await fc.assert(
    fc.asyncProperty(anyMatrix(), fc.array(format, { minLength: 1, maxLength: 4 }), async (matrix, formats) => {
      let bytes = await collect(writeNpy(matrix));
      for (const next of formats) {
        const file = await openArrays(memorySource(bytes, 'a'));
        bytes = await collect(convertArrays(file, next, { compress: true }).chunks);
      }
      assertSame(await (await openArrays(memorySource(bytes, 'a'))).arrays[0].read(), matrix);
    }),
    { numRuns: 60 },
  );
});

test('keeps the members of an archive that are tables, and says which are not', async () => {
  const content = npyBytes({ data: floats(1, 2, 3, 4) });
  const images = npyBytes({ descr: '|u1', shape: [2, 2, 2], data: new Uint8Array(8) });
  const bytes = zipBytes([
    { name: 'mu.npy', content },
    { name: 'images.npy', content: images },
    { name: 'z.npy', content },
  ]);
  for (const format of ['npz', 'safetensors'] as const) {
    const { chunks, written, skipped } = convertArrays(await openArrays(memorySource(bytes)), format);
    assert.equal([written.map(({ name }) => name), skipped.map(({ name }) => name)], [['mu', 'z'], ['images']]);
    const { arrays } = await openArrays(memorySource(await collect(chunks), 'a'));
    assert.equal(
      arrays.map(({ name }) => name),
      ['mu', 'z'],
    );
    assertSame(await arrays[1].read(), new Matrix(Float32Array.of(1, 2, 3, 4), 2, 2));
  }
});

test('writes one array of several only when told which', async () => {
  const matrix = new Matrix(Int32Array.of(1, 2), 2, 1);
  const other = new Matrix(Float32Array.of(0.5), 1, 1);
  const bytes = await collect(
    writeNpz([
      { name: 'a', matrix },
      { name: 'b', matrix: other },
    ]),
  );
  const file = await openArrays(memorySource(bytes, 'in.npz'));
  assert.throws(
    () => convertArrays(file, 'npy'),
    (error: Error) =>
      error.message ===
      `in.npz: expected one array to convert to .npy; it holds 'a' int32 (2, 1), 'b' float32 (1, 1); say member: NAME`,
  );
  assert.throws(() => convertArrays(file, 'npy', { member: 'c' }), /^in.npz: found no array 'c'; it holds 'a'/);
  const { chunks } = convertArrays(file, 'csv', { member: 'b' });
  assert.is(new TextDecoder().decode(await collect(chunks)), '0.5\n');
  const one = convertArrays(file, 'npz', { member: 'a' });
  const { arrays } = await openArrays(memorySource(await collect(one.chunks)));
  assert.equal(
    arrays.map(({ name }) => name),
    ['a'],
  );
});

test('refuses an archive without any table in the words of the array', async () => {
  const images = npyBytes({ descr: '|u1', shape: [2, 2, 2], data: new Uint8Array(8) });
  const file = await openArrays(memorySource(zipBytes([{ name: 'x.npy', content: images }]), 'in.npz'));
  assert.throws(
    () => convertArrays(file, 'npz'),
    (error: Error) =>
      error.message ===
      `in.npz, member 'x': expected rows and columns, got 3 dimensions of shape (2, 2, 2); x.reshape(2, -1) makes a row of each, x.reshape(-1, 2) joins batches of rows`,
  );
});

test('keeps the names of columns from text to text', async () => {
  const file = await openArrays(memorySource(new TextEncoder().encode('"a, b";c\n1;-2.5\n'), 'a.csv'));
  const toText = async (format: OutputFormat) =>
    new TextDecoder().decode(await collect(convertArrays(file, format).chunks));
  assert.is(await toText('csv'), '"a, b",c\n1.0,-2.5\n');
  assert.is(await toText('tsv'), '"a, b"\tc\n1.0\t-2.5\n');
});

test('leaves out names that would be read as numbers', async () => {
  const source = memorySource(new TextEncoder().encode('0,1\n5,6\n'), 'a.csv');
  const file = await openArrays(source, { header: true });
  assert.equal(file.arrays[0].columnNames, ['0', '1']);
  assert.is(new TextDecoder().decode(await collect(convertArrays(file, 'csv').chunks)), '5,6\n');
});

test('writes bfloat16 as float32', async () => {
  const header = { z: { dtype: 'BF16', shape: [1, 1], data_offsets: [0, 2] } };
  const file = await openArrays(memorySource(safetensorsBytes(header, Uint8Array.of(0x80, 0x3f))));
  for (const format of ['npy', 'vmat', 'npz', 'safetensors'] as const) {
    const { arrays } = await openArrays(memorySource(await collect(convertArrays(file, format).chunks), 'a'));
    assertSame(await arrays[0].read(), new Matrix(Float32Array.of(1), 1, 1));
  }
});

test.run();
