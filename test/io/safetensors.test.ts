import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { memorySource } from '../../src/io/index.js';
import { openSafetensors, writeSafetensors } from '../../src/io/safetensors.js';
import { type Dtype, Matrix } from '../../src/matrix.js';
import { concatenate, floats, littleEndian, safetensorsBytes } from './builders.js';
import { assertSame, collect, errorOf } from './matrices.js';

test('reads tensors wherever the header puts them', async () => {
  const header = {
    __metadata__: { format: 'pt' },
    labels: { dtype: 'I64', shape: [2], data_offsets: [16, 32] },
    mu: { dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] },
    empty: { dtype: 'F32', shape: [0, 3], data_offsets: [16, 16] },
  };
  const bytes = safetensorsBytes(header, concatenate(floats(1, 2, 3, 4), littleEndian(8, 7, -8)));
  const { format, arrays } = await openSafetensors(memorySource(bytes));
  assert.is(format, 'safetensors');
  assert.equal(
    arrays.map(({ name }) => name),
    ['labels', 'mu', 'empty'],
  );
  assertSame(await arrays[0].read(), new Matrix(Float64Array.of(7, -8), 2, 1, 'int64'));
  assertSame(await arrays[1].read(), new Matrix(Float32Array.of(1, 2, 3, 4), 2, 2));
  assertSame(await arrays[2].read(), new Matrix(new Float32Array(0), 0, 3));
});

test('reads bfloat16 as float32, every bit pattern of it', async () => {
  const data = new Uint8Array(new Uint16Array(65536).map((_, i) => i).buffer);
  const bytes = safetensorsBytes({ z: { dtype: 'BF16', shape: [65536, 1], data_offsets: [0, data.length] } }, data);
  const [entry] = (await openSafetensors(memorySource(bytes))).arrays;
  assert.is(entry.dtype, 'bfloat16');
  assert.is(entry.bytes, 65536 * 4);
  const matrix = await entry.read();
  assert.is(matrix.dtype, 'float32');
  const bits = new Uint32Array(matrix.data.buffer);
  for (let i = 0; i < 65536; i++) if (bits[i] !== i * 65536) assert.is(bits[i], i * 65536);
});

test('reads a header that repeats names only in strings and in other objects', async () => {
  const z = { dtype: 'U8', shape: [1], data_offsets: [0, 1] };
  const bytes = safetensorsBytes(
    { __metadata__: { z: '"z": {"z": 1}', dtype: '\\"' }, z, 'a"b': { ...z, data_offsets: [1, 2] } },
    Uint8Array.of(3, 4),
  );
  const { arrays } = await openSafetensors(memorySource(bytes));
  assert.equal(
    arrays.map(({ name }) => name),
    ['z', 'a"b'],
  );
});

test('writes an aligned header and every tensor at a multiple of its element', async () => {
  const dtypes: Dtype[] = ['uint8', 'float64', 'bool', 'float32', 'int16'];
  const entries = dtypes.map((dtype) => ({
    name: dtype,
    matrix: new Matrix(dtype.startsWith('float') ? Float64Array.of(1, 0, 1) : Uint8Array.of(1, 0, 1), 3, 1, dtype),
  }));
  const bytes = await collect(writeSafetensors(entries));
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  assert.is(length % 8, 0);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  assert.equal(Object.keys(header), ['float64', 'float32', 'int16', 'uint8', 'bool']);
  assert.equal(header.int16, { dtype: 'I16', shape: [3, 1], data_offsets: [36, 42] });
  const { arrays } = await openSafetensors(memorySource(bytes));
  for (const entry of arrays) assert.equal([...(await entry.read()).data], [1, 0, 1]);
});

test('keeps strings beside the tensors', async () => {
  const metadata = { step: '200', état: '{"a": "\\n"}' };
  const matrix = new Matrix(Float32Array.of(1, 2), 1, 2);
  const bytes = await collect(writeSafetensors([{ name: 'z', matrix }], metadata));
  const file = await openSafetensors(memorySource(bytes));
  assert.equal(file.metadata, metadata);
  assertSame(await file.arrays[0].read(), matrix);
  const plain = await collect(writeSafetensors([{ name: 'z', matrix }]));
  assert.not.match(new TextDecoder().decode(plain), '__metadata__');
  assert.equal((await openSafetensors(memorySource(plain))).metadata, {});
});

for (const metadata of [{ step: 200 }, ['step'], null, 'step']) {
  test(`refuses metadata that is no map of strings: ${JSON.stringify(metadata)}`, async () => {
    const bytes = safetensorsBytes({ __metadata__: metadata });
    const error = await errorOf(() => openSafetensors(memorySource(bytes, 'a.safetensors')));
    assert.is(error.message, 'a.safetensors: expected __metadata__ to be a map of strings');
  });
}

test('refuses to write a name twice, or the one that means metadata', () => {
  const matrix = new Matrix(Uint8Array.of(1), 1, 1);
  assert.throws(
    () => [
      ...writeSafetensors([
        { name: 'z', matrix },
        { name: 'z', matrix },
      ]),
    ],
    /^member 'z': expected a name of its own$/,
  );
  assert.throws(
    () => [...writeSafetensors([{ name: '__metadata__', matrix }])],
    /^member '__metadata__': expected a name/,
  );
});

test.run();
