/**
 * TensorFlow's C library by way of @tensorflow/tfjs-node, whose API is that of tfjs-node-gpu.
 * VAEMETRICS_TFJS_NODE is a folder from which `@tensorflow/tfjs-node` resolves;
 * test/train/tfjs-node/install.sh makes one.
 */
import { createRequire } from 'node:module';
import { delimiter, join, resolve } from 'node:path';
import util from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { normals } from '../assembly/samples.js';
import { outputOf, repository } from '../package/installed.js';
import { testNeeding } from '../requirements.js';
import { type Tfjs, trainPlainly } from './plain-vae.js';

const folder = process.env.VAEMETRICS_TFJS_NODE ?? '';
const tensorflow = suite('tfjs-node');
const test = testNeeding(
  folder !== '',
  'no tfjs-node; test/train/tfjs-node/install.sh FOLDER, then VAEMETRICS_TFJS_NODE=FOLDER',
  tensorflow,
);

/**
 * The package, loaded on first use. It brings tfjs' own cpu backend, so one library computes both
 * sides.
 */
let loaded: Tfjs | undefined;
function load(): Tfjs {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '1';
  // Gone in Node 23, and called by the package.
  Object.assign(util, { isArray: Array.isArray, isNullOrUndefined: (value: unknown) => value == null });
  loaded ??= createRequire(join(resolve(folder), 'any.js'))('@tensorflow/tfjs-node') as Tfjs;
  return loaded;
}

/** What `work` gives on a backend, which tfjs would replace by another without a word. */
function on<R>(backend: string, work: (tf: Tfjs) => R): R {
  const tf = load();
  assert.ok(tf.setBackend(backend), `${backend} does not come up`);
  assert.is(tf.getBackend(), backend);
  return work(tf);
}

const relativeError = (actual: number, expected: number) => Math.abs(actual - expected) / Math.abs(expected);

/** The largest difference, relative to the largest value. */
function distance(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  assert.is(actual.length, expected.length);
  let [difference, largest] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
    largest = Math.max(largest, Math.abs(expected[i]));
  }
  return difference / largest;
}

test('the addon computes with the C library', () => {
  on('tensorflow', (tf) => {
    const { binding } = tf.backend() as unknown as { binding: { TF_Version: string } };
    assert.match(binding.TF_Version, /^2\.\d+\.\d+/);
    assert.equal([...tf.matMul(tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]])).dataSync()], [11]);
  });
});

test('a beta-VAE has the losses and gradients of the cpu backend through three steps', () => {
  // Few rows: the cpu backend takes two seconds for each of them in a step.
  const [ours, theirs] = ['tensorflow', 'cpu'].map((backend) => on(backend, (tf) => trainPlainly(tf, { rows: 2 })));
  assert.is(ours.losses.length, 3);
  for (const [i, loss] of ours.losses.entries()) {
    assert.ok(relativeError(loss, theirs.losses[i]) <= 1e-4, `step ${i}: ${loss}, not ${theirs.losses[i]}`);
  }
  assert.ok(relativeError(ours.losses[2], ours.losses[0]) > 1e-3, `the steps change nothing: ${ours.losses}`);
  for (const [i, gradient] of ours.gradients.entries()) {
    const error = distance(gradient, theirs.gradients[i]);
    assert.ok(error <= 1e-4, `parameter ${i}: ${error}`);
  }
});

test('no tensor is left over by a step', () => {
  const left = on('tensorflow', (tf) => {
    const before = tf.memory().numTensors;
    trainPlainly(tf, { steps: 2, rows: 2 });
    return tf.memory().numTensors - before;
  });
  assert.is(left, 0);
});

/** Kernels that training runs by their names, by what they are given. */
const KERNELS: Readonly<Record<string, (tf: Tfjs) => readonly [inputs: object, attributes: object]>> = {};

for (const [size, kernel, stride, pad] of [
  [64, 4, 2, 'same'],
  [7, 4, 2, 'same'],
  [9, 3, 1, 'same'],
  [8, 5, 3, 'valid'],
] as const) {
  const grown = pad === 'same' ? Math.ceil(size / stride) : Math.ceil((size - kernel + 1) / stride);
  const attributes = { strides: [stride, stride], pad, dataFormat: 'NHWC', dilations: [1, 1] };
  const shape: [number, number, number, number] = [3, size, size, 2];
  const filterShape: [number, number, number, number] = [kernel, kernel, 2, 5];
  const name = `${size} by ${size}, filter ${kernel}, stride ${stride}, ${pad}`;
  const x = (tf: Tfjs) => drawn(tf, shape, 1);
  const filter = (tf: Tfjs) => drawn(tf, filterShape, 2);
  const dy = (tf: Tfjs) => drawn(tf, [3, grown, grown, 5], 3);
  Object.assign(KERNELS, {
    [`Conv2D of ${name}`]: (tf: Tfjs) => [{ x: x(tf), filter: filter(tf) }, attributes],
    [`FusedConv2D of ${name}`]: (tf: Tfjs) => [
      { x: x(tf), filter: filter(tf), bias: drawn(tf, [5], 4) },
      { ...attributes, activation: 'relu' },
    ],
    [`Conv2DBackpropFilter of ${name}`]: (tf: Tfjs) => [
      { x: x(tf), dy: dy(tf) },
      { ...attributes, filterShape },
    ],
    [`Conv2DBackpropInput of ${name}`]: (tf: Tfjs) => [
      { dy: dy(tf), filter: filter(tf) },
      { ...attributes, inputShape: shape },
    ],
  });
}

for (const [transposeA, transposeB] of [
  [false, false],
  [true, false],
  [false, true],
]) {
  const name = `with ${transposeA ? 'the first' : transposeB ? 'the second' : 'neither'} factor transposed`;
  // Kernels take stacks of matrices, where the functions around them take one.
  const a = (tf: Tfjs) => drawn(tf, transposeA ? [1, 40, 17] : [1, 17, 40], 5);
  const b = (tf: Tfjs) => drawn(tf, transposeB ? [1, 9, 40] : [1, 40, 9], 6);
  Object.assign(KERNELS, {
    [`BatchMatMul ${name}`]: (tf: Tfjs) => [
      { a: a(tf), b: b(tf) },
      { transposeA, transposeB },
    ],
    [`_FusedMatMul ${name}`]: (tf: Tfjs) => [
      { a: a(tf), b: b(tf), bias: drawn(tf, [9], 7) },
      { transposeA, transposeB, activation: 'relu' },
    ],
  });
}

function drawn(tf: Tfjs, shape: number[], seed: number) {
  const count = shape.reduce((a, b) => a * b);
  return tf.tensor(Float32Array.from(normals(count, seed)), shape);
}

test('kernels that training runs by name are what the cpu backend computes', () => {
  assert.ok(Object.keys(KERNELS).length > 20);
  for (const [name, give] of Object.entries(KERNELS)) {
    const compute = (tf: Tfjs) =>
      tf.tidy(() => {
        const [inputs, attributes] = give(tf);
        const [kernel] = name.split(' ');
        const result = tf.engine().runKernel(kernel, inputs as never, attributes as never) as ReturnType<typeof drawn>;
        return { shape: result.shape, values: result.dataSync() };
      });
    const ours = on('tensorflow', compute);
    const theirs = on('cpu', compute);
    assert.equal(ours.shape, theirs.shape, name);
    assert.ok(
      theirs.values.some((value) => value !== 0),
      name,
    );
    // Sums of up to 3,072 products of float32, in another order.
    const error = distance(ours.values, theirs.values);
    assert.ok(error < 1e-5, `${name}: ${error}`);
  }
});

/** The same in another Node: loads the package, convolves, and names the version and the sum. */
const ELSEWHERE = `
  Object.assign(util, { isArray: Array.isArray, isNullOrUndefined: (value) => value == null });
  const tf = require('node:module').createRequire(path.join(process.argv[1], 'any.js'))('@tensorflow/tfjs-node');
  const gradient = tf.engine().runKernel(
    'Conv2DBackpropFilter',
    { x: tf.ones([2, 8, 8, 3]), dy: tf.ones([2, 4, 4, 5]) },
    { strides: [2, 2], pad: 'same', dataFormat: 'NHWC', filterShape: [4, 4, 3, 5] },
  );
  process.stdout.write(tf.getBackend() + ' ' + gradient.sum().dataSync()[0]);
`;

const others = (process.env.VAEMETRICS_NODES ?? '').split(delimiter).filter((path) => path !== '');
const testElsewhere = testNeeding(
  folder !== '' && others.length > 0,
  'no tfjs-node (VAEMETRICS_TFJS_NODE=FOLDER) or no other Node (VAEMETRICS_NODES=PATH:PATH)',
  tensorflow,
);
for (const node of others.length > 0 ? others : ['another Node']) {
  testElsewhere(`${node} loads the addon that this Node built`, () => {
    // Along each side, filter elements 1 and 2 see all 4 places of their stride within the image, 0
    // and 3 see 3: 14 x 14 for each of 2 rows, 3 channels in and 5 out.
    assert.is(outputOf(node, ['-e', ELSEWHERE, resolve(folder)], repository), `tensorflow ${14 * 14 * 2 * 3 * 5}`);
  });
}

tensorflow.run();
