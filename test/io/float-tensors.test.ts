import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type FloatTensor, readFloatTensors, writeFloatTensors } from '../../src/io/float-tensors.js';
import { memorySource, openArrays } from '../../src/io/index.js';
import { concatenate, floats, safetensorsBytes } from './builders.js';
import { collect, errorOf } from './matrices.js';

const anyTensor = fc.array(fc.nat(3), { maxLength: 5 }).chain((shape) => {
  const length = shape.reduce((product, n) => product * n, 1);
  return fc.record({ shape: fc.constant(shape), values: fc.float32Array({ minLength: length, maxLength: length }) });
});

test('gives back tensors of any rank bit for bit, in their order, with their metadata', async () => {
  const named = fc.tuple(
    fc.string({ minLength: 1 }).filter((name) => !name.startsWith('__')),
    anyTensor,
  );
  const metadata = fc.dictionary(
    fc.string().filter((key) => key !== '__proto__'),
    fc.string(),
    { noNullPrototype: true },
  );
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(named, { selector: ([name]) => name }), metadata, async (entries, strings) => {
      const bytes = await collect(writeFloatTensors(new Map(entries), strings));
      const read = await readFloatTensors(memorySource(bytes));
      assert.equal(read.metadata, strings);
      // Tensors without elements all lie at one place, so their order among others is not kept.
      const nonEmpty = (tensors: Iterable<[string, FloatTensor]>) =>
        [...tensors].filter(([, { values }]) => values.length > 0).map(([name]) => name);
      assert.equal(nonEmpty(read.tensors), nonEmpty(entries));
      assert.is(read.tensors.size, entries.length);
      for (const [name, { shape, values }] of entries) {
        const got = read.tensors.get(name)!;
        assert.equal(got.shape, shape);
        assert.equal(new Uint32Array(got.values.buffer, got.values.byteOffset, got.values.length), bits(values));
      }
    }),
  );
});

function bits(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

test('writes what any reader of the format reads', async () => {
  const tensors = new Map([
    ['kernel', { shape: [2, 1, 2], values: Float32Array.of(1, 2, 3, 4) }],
    ['bias', { shape: [2], values: Float32Array.of(5, 6) }],
    ['scale', { shape: [], values: Float32Array.of(7) }],
  ]);
  const bytes = await collect(writeFloatTensors(tensors, { step: '3' }));
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  assert.is(length % 8, 0);
  assert.equal(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))), {
    __metadata__: { step: '3' },
    kernel: { dtype: 'F32', shape: [2, 1, 2], data_offsets: [0, 16] },
    bias: { dtype: 'F32', shape: [2], data_offsets: [16, 24] },
    scale: { dtype: 'F32', shape: [], data_offsets: [24, 28] },
  });
  assert.equal(bytes.subarray(8 + length), floats(1, 2, 3, 4, 5, 6, 7));
  assert.equal((await openArrays(memorySource(bytes))).metadata, { step: '3' });
});

test('reads data that does not begin at a multiple of four', async () => {
  const bytes = safetensorsBytes('{"z":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}  ', floats(2.5));
  for (let offset = 0; offset < 4; offset++) {
    const shifted = concatenate(new Uint8Array(offset), bytes).subarray(offset);
    const source = {
      ...memorySource(shifted),
      read: async (at: number, count: number) => shifted.subarray(at, at + count),
    };
    const { tensors } = await readFloatTensors(source);
    assert.equal([...tensors.get('z')!.values], [2.5]);
  }
});

test('refuses tensors of another type', async () => {
  const bytes = safetensorsBytes({ n: { dtype: 'I32', shape: [1], data_offsets: [0, 4] } }, floats(1));
  const error = await errorOf(() => readFloatTensors(memorySource(bytes, 'a.safetensors')));
  assert.is(error.message, `a.safetensors, member 'n': expected F32, got I32`);
});

test('refuses to write a shape that its values do not fill', () => {
  const tensors = new Map([['z', { shape: [2, 3], values: new Float32Array(5) }]]);
  assert.throws(() => [...writeFloatTensors(tensors)], /^z: expected 6 values for \(2, 3\), got 5$/);
});

test('refuses every file that was cut short', async () => {
  const tensors = new Map([['z', { shape: [3], values: Float32Array.of(1, 2, 3) }]]);
  const bytes = await collect(writeFloatTensors(tensors, { a: 'b' }));
  for (let length = 0; length < bytes.length; length++) {
    const error = await errorOf(() => readFloatTensors(memorySource(bytes.subarray(0, length), 'cut')));
    assert.match(error.message, /^cut/);
  }
});

test.run();
