import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { memorySource, openArrays, writeVmat } from '../../src/io/index.js';
import { Matrix } from '../../src/matrix.js';
import { concatenate, floats, littleEndian, vmatBytes } from './builders.js';
import { assertSame, collect, DTYPES } from './matrices.js';

test('reads the bytes that struct.pack writes before the data', async () => {
  // struct.pack('<4sHHQQQ', b'VMAT', 1, 2, 2, 3, 0) + z.astype('<f4').tobytes()
  const header = '564d41540100020002000000000000000300000000000000' + '0000000000000000';
  const bytes = concatenate(new Uint8Array(Buffer.from(header, 'hex')), floats(1, 2, 3, 4, 5, 6));
  const file = await openArrays(memorySource(bytes, 'latents.bin'));
  assert.is(file.format, 'vmat');
  assertSame(await file.arrays[0].read(), new Matrix(Float32Array.of(1, 2, 3, 4, 5, 6), 2, 3));
});

test('knows the dtypes by their codes', async () => {
  const inOrder = [
    'float16',
    'float32',
    'float64',
    'int8',
    'uint8',
    'int16',
    'uint16',
    'int32',
    'uint32',
    'int64',
    'uint64',
    'bool',
  ];
  assert.equal([...inOrder].sort(), [...DTYPES].sort());
  const bytes = [2, 4, 8, 1, 1, 2, 2, 4, 4, 8, 8, 1];
  for (const [i, dtype] of inOrder.entries()) {
    const file = vmatBytes({ code: i + 1, rows: 1, columns: 1, data: new Uint8Array(bytes[i]) });
    const { arrays } = await openArrays(memorySource(file));
    assert.is(arrays[0].dtype, dtype);
    const matrix = await arrays[0].read();
    assert.equal(await collect(writeVmat(matrix)), file);
  }
});

test('reads bare values as float32 latents and int32 factors unless told', async () => {
  const latents = await openArrays(memorySource(floats(1, 2, 3, 4, 5, 6), 'a.bin'), { raw: { columns: 3 } });
  assert.is(latents.format, 'raw');
  assertSame(await latents.arrays[0].read(), new Matrix(Float32Array.of(1, 2, 3, 4, 5, 6), 2, 3));
  const factors = await openArrays(memorySource(littleEndian(4, 1, -2), 'a.bin'), {
    raw: { columns: 1 },
    role: 'factors',
  });
  assertSame(await factors.arrays[0].read(), new Matrix(Int32Array.of(1, -2), 2, 1));
  const wide = await openArrays(memorySource(littleEndian(8, 1, -2), 'a.raw'), {
    raw: { columns: 2, dtype: 'int64' },
    role: 'factors',
  });
  assertSame(await wide.arrays[0].read(), new Matrix(Float64Array.of(1, -2), 1, 2, 'int64'));
});

test('reads bare values from standard input', async () => {
  const file = await openArrays(memorySource(floats(0, 0, 1e-40, 4), '-'), { raw: { columns: 2 } });
  assert.is(file.format, 'raw');
  assert.is((await file.arrays[0].read()).rows, 2);
});

test('does not take bare values for another format by chance', async () => {
  // A length and a brace as .safetensors has them, the signature of gzip, that of a pickle.
  for (const start of [littleEndian(4, 100, 0, 0x7b), Uint8Array.of(0x1f, 0x8b, 0, 0), Uint8Array.of(0x80, 4, 0, 0)]) {
    const bytes = concatenate(start, new Uint8Array(400));
    const file = await openArrays(memorySource(bytes, 'a.bin'), { raw: { columns: 1 }, role: 'factors' });
    assert.is(file.format, 'raw');
  }
});

test('tells the format by the content, under any name', async () => {
  const bytes = vmatBytes();
  for (const path of ['a.npy', 'a.csv', 'a.safetensors', '-']) {
    assert.is((await openArrays(memorySource(bytes, path))).format, 'vmat');
  }
});

test.run();
