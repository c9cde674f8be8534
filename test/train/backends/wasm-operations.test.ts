/** Adam in place, and tfjs' products, which keep what they have packed. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openBackend } from '../../../src/train/backends/open-backend.js';
import { composeOperations } from '../../../src/train/operations.js';
import { ADAM_DEFAULTS, correctAdam } from '../../../src/train/optimiser.js';

test('products are of the weights that Adam has left, not of those that tfjs saw first', async () => {
  const { tf, operations, close } = await openBackend('wasm');
  const x = tf.tensor(new Float32Array([1, 2, 3, 4, 5, 6]), [3, 2]);
  const bias = tf.tensor(new Float32Array([0.5, -0.5]), [2]);
  const gradient = tf.tensor(new Float32Array([1, -1, 2, -2]), [2, 2]);
  const step = correctAdam(0, { ...ADAM_DEFAULTS, learningRate: 0.25 });
  const productsAround = (adam: ReturnType<typeof composeOperations>['adam']) => {
    const weights = tf.tensor(new Float32Array([1, 2, 3, 4]), [2, 2]);
    const multiply = (b: typeof weights) => [tf.fused.matMul({ a: x, b, bias }), tf.matMul(x, b)];
    const before = multiply(weights);
    const state = adam([weights, tf.zeros([2, 2]), tf.zeros([2, 2])], gradient, step);
    const after = multiply(state[0]);
    const values = [...before, ...after].map((product) => Array.from(product.dataSync()));
    tf.dispose([before, after, state]);
    return values;
  };
  const [quick, plain] = [
    productsAround((operations ?? composeOperations(tf)).adam),
    productsAround(composeOperations(tf).adam),
  ];
  assert.is.not(quick[0].join(), quick[2].join());
  assert.ok(operations !== undefined);
  for (const [i, product] of plain.entries()) {
    for (const [k, value] of product.entries()) {
      assert.ok(Math.abs(value - quick[i][k]) < 1e-5, `${i}: ${quick[i]}, expected ${plain[i]}`);
    }
  }
  tf.dispose([x, bias, gradient]);
  await close();
});

for (const activation of ['linear', 'relu', 'leaky-relu', 'tanh'] as const) {
  test(`a bias and ${activation} are those of the formula, and take the place of what they are added to`, async () => {
    const { tf, operations = composeOperations(tf), close } = await openBackend('wasm');
    const bias = tf.tensor(new Float32Array([0.5, -0.5, 0.25]), [3]);
    const [ours, plain] = [operations, composeOperations(tf)].map(({ addBias }) => {
      const before = tf.memory().numTensors;
      const y = addBias(tf.tensor(Float32Array.of(1, -2, 3, -4, 5, -0.25), [2, 1, 3]), bias, activation);
      assert.equal([y.shape, tf.memory().numTensors], [[2, 1, 3], before + 1]);
      const values = Array.from(y.dataSync());
      y.dispose();
      return values;
    });
    assert.equal(ours, plain);
    assert.is(
      ours.some((value) => value < 0),
      activation !== 'relu',
    );
    bias.dispose();
    await close();
  });
}

test('values are copied out to where they are wanted', async () => {
  const { tf, operations = composeOperations(tf), close } = await openBackend('wasm');
  const x = tf.tensor(new Float32Array([1, 2, 3, 4]), [2, 2]);
  for (const { copyOut } of [operations, composeOperations(tf)]) {
    const before = tf.memory().numTensors;
    const into = new Float32Array(6).fill(9);
    copyOut(x, into.subarray(1));
    assert.equal(Array.from(into), [9, 1, 2, 3, 4, 9]);
    assert.is(tf.memory().numTensors, before);
  }
  x.dispose();
  await close();
});

test.run();
