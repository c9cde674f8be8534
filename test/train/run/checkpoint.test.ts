import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { memorySource, openArrays } from '../../../src/io/index.js';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '../../../src/train/run/checkpoint.js';
import type { JsonRecord } from '../../../src/train/run/json-value.js';
import { collect, errorOf } from '../../io/matrices.js';
import { CONFIG, makeCheckpoint } from './samples.js';

const bits = (values: Float32Array) => [...new Uint32Array(values.slice().buffer)];

const anyTensor = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 4 }).chain((shape) => {
  const length = shape.reduce((product, n) => product * n, 1);
  return fc.record({ shape: fc.constant(shape), values: fc.float32Array({ minLength: length, maxLength: length }) });
});

const anyCheckpoint: fc.Arbitrary<Checkpoint> = fc.record({
  step: fc.nat(),
  tensors: fc
    .uniqueArray(
      fc.tuple(
        fc.string().map((name) => `model/${name}`),
        anyTensor,
      ),
      { selector: ([name]) => name },
    )
    .map((entries) => new Map(entries)),
  state: fc
    .dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true })
    // As JSON has them: without -0 and own properties called __proto__.
    .map((state) => JSON.parse(JSON.stringify(state)) as JsonRecord),
  config: fc.nat().map((seed) => ({ ...CONFIG, seed })),
  logged: fc.integer({ min: -1 }),
});

test('gives back every bit of a checkpoint', async () => {
  await fc.assert(
    fc.asyncProperty(anyCheckpoint, async (checkpoint) => {
      const read = await decodeCheckpoint(await collect(encodeCheckpoint(checkpoint)), 'c');
      assert.equal([read.step, read.logged], [checkpoint.step, checkpoint.logged]);
      assert.equal([read.state, read.config], [checkpoint.state, checkpoint.config]);
      assert.equal([...read.tensors.keys()], [...checkpoint.tensors.keys()]);
      for (const [name, { shape, values }] of checkpoint.tensors) {
        assert.equal(read.tensors.get(name)!.shape, shape);
        assert.equal(bits(read.tensors.get(name)!.values), bits(values));
      }
    }),
  );
});

test('is a .safetensors file like any other, with step, state and configuration beside the tensors', async () => {
  const { metadata, arrays } = await openArrays(memorySource(await collect(encodeCheckpoint(makeCheckpoint(200)))));
  assert.is(metadata!.schema, 'vaemetrics/checkpoint@2');
  assert.equal([metadata!.step, metadata!.logged], ['200', '-1']);
  assert.equal(JSON.parse(metadata!.config), CONFIG);
  assert.equal(JSON.parse(metadata!.state), { best: { score: 0.2, step: 200 }, cursor: 12800, metric: null });
  assert.equal(
    arrays.map(({ name, shape, dtype }) => [name, shape, dtype]),
    [
      ['model/kernel', [3, 2], 'float32'],
      ['optimiser/kernel/m', [6], 'float32'],
      ['objective/scale', [], 'float32'],
    ],
  );
});

test('every turned bit is found', async () => {
  const bytes = await collect(encodeCheckpoint(makeCheckpoint(7)));
  const whole = JSON.stringify(await decodeCheckpoint(bytes, 'c'), (_, value) =>
    value instanceof Map ? [...value] : value,
  );
  let found = 0;
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const damaged = bytes.slice();
    damaged[bit >> 3] ^= 1 << (bit & 7);
    const read = await decodeCheckpoint(damaged, 'c').catch((error) => {
      assert.match(error.message, /^c\b/);
      return null;
    });
    if (read === null) found++;
    // A space of the padding can turn into another white space, or a letter of an escape into its
    // other case.
    else
      assert.is(
        JSON.stringify(read, (_, value) => (value instanceof Map ? [...value] : value)),
        whole,
      );
  }
  assert.ok(found > bytes.length * 8 - 40, `${found} of ${bytes.length * 8}`);
});

test('every cut is found', async () => {
  const bytes = await collect(encodeCheckpoint(makeCheckpoint(7)));
  for (let length = 0; length < bytes.length; length++) {
    assert.match((await errorOf(() => decodeCheckpoint(bytes.subarray(0, length), 'c'))).message, /^c\b/);
  }
});

test('refuses a file that is no checkpoint', async () => {
  const bytes = new TextEncoder().encode('\x02\0\0\0\0\0\0\0{}');
  const error = await errorOf(() => decodeCheckpoint(bytes, 'a.safetensors'));
  assert.is(
    error.message,
    'a.safetensors: expected a checkpoint of schema vaemetrics/checkpoint@2, which says what it was trained with, got none',
  );
});

test('refuses to write a state that JSON would change', () => {
  const write = (state: unknown) => () => [...encodeCheckpoint({ ...makeCheckpoint(1), state: state as JsonRecord })];
  assert.throws(
    write({ best: { score: Number.NEGATIVE_INFINITY } }),
    /^state\.best\.score: expected a finite number, got -Infinity$/,
  );
  assert.throws(write({ a: [0, Number.NaN] }), /^state\.a\[1\]: expected a finite number, got NaN$/);
  assert.throws(write({ a: undefined }), /^state\.a: expected what JSON can hold, got undefined$/);
  assert.throws(write({ a: new Float32Array(1) }), /^state\.a: expected what JSON can hold, got Float32Array$/);
});

test.run();
