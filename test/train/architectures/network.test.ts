/**
 * The layers' own gradients against those of tfjs' tape, for every kind of layer and activation.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ARCHITECTURES } from '../../../src/train/architectures/index.js';
import { type Layer, listParameters } from '../../../src/train/architectures/layers.js';
import { forward } from '../../../src/train/architectures/network.js';
import { composeOperations } from '../../../src/train/operations.js';
import type { Tensor } from '../../../src/train/tensors.js';
import { tf, tfjs } from '../tensorflow.js';

const operations = composeOperations(tf);

/** Numbers without a pattern, the same in every run. */
function numbers(count: number, seed: number): Float32Array {
  let state = seed + 1;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

function product(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

function drawParameters(layers: readonly Layer[]): Tensor[] {
  return listParameters('test', layers).map(({ shape, fanIn }, i) =>
    tf.tensor(
      numbers(product(shape), i).map((value) => value / Math.sqrt(fanIn)),
      [...shape],
    ),
  );
}

/** The same network in operations that tfjs can differentiate. */
function plainForward(layers: readonly Layer[], x: tfjs.Tensor, parameters: tfjs.Tensor[]): tfjs.Tensor {
  let y = x;
  let next = 0;
  for (const layer of layers) {
    if (layer.kind === 'reshape') {
      y = tfjs.reshape(y, [y.shape[0], ...layer.shape]);
      continue;
    }
    const [weights, bias] = [parameters[next], parameters[next + 1]];
    next += 2;
    if (layer.kind === 'dense') y = tfjs.matMul(y, weights);
    else if (layer.kind === 'convolution')
      y = tfjs.conv2d(y as tfjs.Tensor4D, weights as tfjs.Tensor4D, layer.stride, 'same');
    else {
      const shape: [number, number, number, number] = [y.shape[0], layer.height, layer.width, layer.outputs];
      y = tfjs.conv2dTranspose(y as tfjs.Tensor4D, weights as tfjs.Tensor4D, shape, layer.stride, 'same');
    }
    y = tfjs.add(y, bias);
    if (layer.activation === 'relu') y = tfjs.relu(y);
    if (layer.activation === 'tanh') y = tfjs.tanh(y);
    if (layer.activation === 'leaky-relu') y = tfjs.leakyRelu(y, 0.2);
  }
  return y;
}

function largestDifference(a: Tensor, b: tfjs.Tensor): number {
  assert.equal(a.shape, b.shape);
  const [x, y] = [a, b].map((tensor) => Array.from(tensor.dataSync() as Float32Array));
  const scale = y.reduce((most: number, value: number) => Math.max(most, Math.abs(value)), 0);
  return x.reduce((most: number, value: number, i: number) => Math.max(most, Math.abs(value - y[i])), 0) / scale;
}

function agreesWithTape(layers: readonly Layer[], inputShape: number[]): void {
  const before = tf.memory().numTensors;
  const parameters = drawParameters(layers);
  const x = tf.tensor(numbers(product(inputShape), 99), inputShape);
  const pass = forward(tf, operations, layers, parameters, x);
  const dy = tf.tensor(numbers(product(pass.output.shape), 77), pass.output.shape);
  const output = tfjs.clone(pass.output as unknown as tfjs.Tensor);
  const own = pass.backward(dy, true);
  const tape = tfjs.valueAndGrads((input: tfjs.Tensor, ...rest: tfjs.Tensor[]) => plainForward(layers, input, rest))(
    [x, ...parameters] as unknown as tfjs.Tensor[],
    dy as unknown as tfjs.Tensor,
  );
  assert.ok(largestDifference(output as unknown as Tensor, tape.value) < 1e-6);
  assert.is(own.parameters.length, parameters.length);
  for (const [i, gradient] of [own.input as Tensor, ...own.parameters].entries()) {
    assert.ok(
      largestDifference(gradient, tape.grads[i]) < 2e-6,
      `gradient ${i}: ${largestDifference(gradient, tape.grads[i])}`,
    );
  }
  tf.dispose([parameters, x, dy, output, own, tape]);
  assert.is(tf.memory().numTensors, before, 'nothing is left behind');
}

for (const activation of ['linear', 'relu', 'leaky-relu', 'tanh'] as const) {
  test(`a dense layer with ${activation} has the gradients of the tape`, () => {
    agreesWithTape([{ kind: 'dense', inputs: 7, outputs: 5, activation }], [3, 7]);
  });

  test(`a convolution with ${activation} has the gradients of the tape`, () => {
    const layer = { kernel: 4, stride: 2, inputs: 3, outputs: 5, activation } as const;
    agreesWithTape([{ kind: 'convolution', ...layer }], [2, 7, 6, 3]);
    agreesWithTape([{ kind: 'transposed-convolution', ...layer, height: 7, width: 6 }], [2, 4, 3, 3]);
  });
}

for (const { name, build } of ARCHITECTURES) {
  test(`encoder and decoder of ${name} have the gradients of the tape, for images of any size`, () => {
    for (const image of [
      { height: 8, width: 8, channels: 1 },
      { height: 14, width: 9, channels: 3 },
    ]) {
      const { encoder, decoder } = build(image, 3);
      agreesWithTape(encoder, [2, image.height, image.width, image.channels]);
      agreesWithTape(decoder, [2, 3]);
    }
  });
}

test('gradients that are not asked for are left out, and nothing is left behind', () => {
  const layers: readonly Layer[] = [
    { kind: 'reshape', shape: [6] },
    { kind: 'dense', inputs: 6, outputs: 4, activation: 'leaky-relu' },
    { kind: 'dense', inputs: 4, outputs: 2, activation: 'linear' },
  ];
  const parameters = drawParameters(layers);
  const x = tf.tensor(numbers(12, 1), [2, 3, 2]);
  const dy = tf.tensor(numbers(4, 2), [2, 2]);
  const before = tf.memory().numTensors;
  const back = (...wanted: [boolean, boolean?]) =>
    forward(tf, operations, layers, parameters, x).backward(dy, ...wanted);
  const [all, ofInput, ofParameters] = [back(true), back(true, false), back(false)];
  assert.is(ofParameters.input, null);
  assert.equal(ofInput.parameters, []);
  assert.equal(ofInput.input?.dataSync(), all.input?.dataSync());
  ofParameters.parameters.forEach((gradient, i) => {
    assert.equal(gradient.dataSync(), all.parameters[i].dataSync());
  });
  tf.dispose([all, ofInput, ofParameters]);
  assert.is(tf.memory().numTensors, before);
  tf.dispose([parameters, x, dy]);
});

test('no product is taken for a gradient of the input that nobody asked for, with or without a reshape before', () => {
  const dense: readonly Layer[] = [
    { kind: 'dense', inputs: 6, outputs: 4, activation: 'relu' },
    { kind: 'dense', inputs: 4, outputs: 2, activation: 'linear' },
  ];
  for (const layers of [
    dense,
    [{ kind: 'reshape', shape: [2, 3] } as const, { kind: 'reshape', shape: [6] } as const, ...dense],
  ]) {
    const parameters = drawParameters(layers);
    const x = tf.tensor(numbers(12, 1), [2, 6]);
    const dy = tf.tensor(numbers(4, 2), [2, 2]);
    const before = tf.memory().numTensors;
    for (const wantsInput of [false, true]) {
      let products = 0;
      const counting = {
        ...tf,
        matMul(a: Tensor, b: Tensor, transposeA?: boolean, transposeB?: boolean) {
          if (transposeB) products++;
          return tf.matMul(a, b, transposeA, transposeB);
        },
      };
      const result = forward(counting, operations, layers, parameters, x).backward(dy, wantsInput);
      assert.is(products, wantsInput ? 2 : 1);
      assert.is(result.parameters.length, 4);
      tf.dispose(result);
    }
    assert.is(tf.memory().numTensors, before);
    tf.dispose([parameters, x, dy]);
  }
});

test('the published sizes: burgess has 64 x 64 images go down to 4 x 4, locatello too', () => {
  const image = { height: 64, width: 64, channels: 1 };
  const count = (name: string) => {
    const { encoder, decoder } = ARCHITECTURES.find((architecture) => architecture.name === name)!.build(image, 10);
    return [...listParameters('encoder', encoder), ...listParameters('decoder', decoder)].reduce(
      (sum, { shape }) => sum + product(shape),
      0,
    );
  };
  // Counted by hand: convolutions 544 + 3 x 16,416, dense 131,328 + 65,792 + 5,140; decoder 2,816 +
  // 65,792 + 131,584, 3 x 16,416 + 513.
  assert.is(count('burgess'), 544 + 3 * 16416 + 131328 + 65792 + 5140 + 2816 + 65792 + 131584 + 3 * 16416 + 513);
  // 544 + 16,416 + 8,256 + 16,448, dense 262,400 + 5,140; decoder 2,816 + 263,168, 65,600 +
  // 32,800 + 16,416 + 513.
  assert.is(
    count('locatello'),
    544 + 16416 + 8256 + 16448 + 262400 + 5140 + 2816 + 263168 + 65600 + 32800 + 16416 + 513,
  );
});

test.run();
