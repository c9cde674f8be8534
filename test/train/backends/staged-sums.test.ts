/**
 * Sums, means and log-sum-exps of the tensor libraries that training is handed. WebGPU, WebGL and
 * TensorFlow's C library are held to the same where they are: webgpu-node.test.ts,
 * test/browser/train.test.ts, ../peers/tfjs-node.test.ts.
 */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openBackend } from '../../../src/train/backends/open-backend.js';
import type { Tensor, TensorLibrary } from '../../../src/train/tensors.js';
import { sumErrors } from '../../browser/page/large-sums.js';
import { draw, given, onCpu } from './library.js';

const sums = suite('sums in stages');

for (const name of ['wasm', 'cpu'] as const) {
  sums(`of three million values are within 1e-6 of float64 on ${name}`, async () => {
    const { tf, close } = await openBackend(name);
    for (const [what, error] of Object.entries(await sumErrors(tf))) assert.ok(error < 1e-6, `${what}: ${error}`);
    assert.is(tf.memory().numTensors, 0);
    await close();
  });
}

sums('of three million values are within 1e-6 of float64 on the wasm backend of a given tf', async () => {
  const { close } = await openBackend('wasm');
  const { tf } = await openBackend('auto', { tf: given });
  // What it comes with is not.
  const largest = (errors: Record<string, number>) => Math.max(...Object.values(errors));
  assert.ok(largest(await sumErrors(given)) > 1e-2);
  assert.ok(largest(await sumErrors(tf)) < 1e-6);
  await close();
});

const REDUCTIONS = {
  sum: (tf: TensorLibrary, x: Tensor, axis?: number | number[], keepDims?: boolean) => tf.sum(x, axis, keepDims),
  mean: (tf: TensorLibrary, x: Tensor, axis?: number | number[], keepDims?: boolean) => tf.mean(x, axis, keepDims),
  logSumExp: (tf: TensorLibrary, x: Tensor, axis?: number | number[], keepDims?: boolean) =>
    tf.logSumExp(x, axis, keepDims),
};

/** A shape, and axes of it as tfjs takes them: one, several in any order, from the end, or none. */
const reduced = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 3 }).chain((shape) => {
  const axis = fc.integer({ min: -shape.length, max: shape.length - 1 });
  const axes = fc.uniqueArray(axis, { minLength: 1, selector: (a) => (a + shape.length) % shape.length });
  return fc.record({
    shape: fc.constant(shape),
    axis: fc.oneof(axis, axes, fc.constant(undefined)),
    keepDims: fc.boolean(),
    seed: fc.nat(1000),
  });
});

sums('along any axes, and their gradients, have the shapes and the values of plain JavaScript', async () => {
  const { tf, close } = await openBackend('wasm');
  fc.assert(
    fc.property(reduced, ({ shape, axis, keepDims, seed }) => {
      const count = shape.reduce((product, size) => product * size, 1);
      // Of one sign, so that errors are relative to what is summed.
      const values = draw(count, seed).map((value) => value + 2);
      for (const [name, reduce] of Object.entries(REDUCTIONS)) {
        const compute = (library: TensorLibrary) =>
          library.tidy(() => {
            const x = library.tensor(values, [...shape]);
            const result = reduce(library, x, axis, keepDims);
            // Its slopes differ from place to place.
            const f = (...[z]: Tensor[]) => library.square(reduce(library, library.square(z), axis, keepDims));
            const { grads } = library.valueAndGrads(f)([x], library.ones(result.shape));
            return [result, grads[0]].map((tensor) => ({ shape: tensor.shape, values: [...tensor.dataSync()] }));
          });
        const got = compute(tf);
        const expected = onCpu(() => compute(given));
        got.forEach((result, i) => {
          assert.equal(result.shape, expected[i].shape, name);
          // tfjs takes the slope of the largest term of a log-sum-exp as a difference of sums.
          const isOfExponentials = i === 1 && name === 'logSumExp';
          const noise = isOfExponentials ? 2e-7 * expected[i].values.reduce((sum, value) => sum + value, 0) : 0;
          for (const [k, value] of result.values.entries()) {
            const other = expected[i].values[k];
            const error = Math.max(0, Math.abs(value - other) - noise) / Math.abs(other);
            assert.ok(error <= (isOfExponentials ? 5e-6 : 2e-6), `${name}, ${i}: ${value}, expected ${other}`);
          }
        });
      }
    }),
    { numRuns: 100, seed: 3 },
  );
  assert.is(tf.memory().numTensors, 0);
  await close();
});

sums('of whole numbers stay whole numbers', async () => {
  const { tf, close } = await openBackend('wasm');
  const sum = tf.sum(tf.tensor(new Int32Array(100).fill(3), [100], 'int32'));
  assert.equal([sum.dtype, ...sum.dataSync()], ['int32', 300]);
  await close();
});

sums.run();
