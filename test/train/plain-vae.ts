/**
 * The burgess beta-VAE in plain functions of tfjs: gradients by its tape, Adam written out. What
 * training is held against, and what a backend has to be able to compute.
 */
import type * as tfjs from '@tensorflow/tfjs-core';
import { normals, uniforms } from '../assembly/samples.js';

/** A tfjs with gradients, whatever its backend. */
export type Tfjs = typeof tfjs;

export const SIDE = 64;
export const LATENTS = 10;

const CHANNELS = 32;
const RATE = 5e-4;
const MOMENTUM = 0.9;
const SCALING = 0.999;
const EPSILON = 1e-8;

interface Parameter {
  readonly name: string;
  readonly shape: number[];
  /** What the variance of a weight is one over; 0 for biases, which begin at 0. */
  readonly inputs: number;
}

/**
 * Filters [height, width, in, out], those of transposed convolutions [height, width, out, in];
 * dense [in, out].
 */
const PARAMETERS: readonly Parameter[] = [
  ...[1, CHANNELS, CHANNELS, CHANNELS].flatMap((depth, i) => withBias(`conv${i}`, [4, 4, depth, CHANNELS], CHANNELS)),
  ...withBias('encode0', [512, 256], 256),
  ...withBias('encode1', [256, 256], 256),
  ...withBias('posterior', [256, 2 * LATENTS], 2 * LATENTS),
  ...withBias('decode0', [LATENTS, 256], 256),
  ...withBias('decode1', [256, 256], 256),
  ...withBias('decode2', [256, 512], 512),
  ...[CHANNELS, CHANNELS, CHANNELS, 1].flatMap((depth, i) => withBias(`grow${i}`, [4, 4, depth, CHANNELS], depth)),
];

function withBias(name: string, shape: number[], outputs: number): Parameter[] {
  // An element of a transposed convolution with stride 2 sees a quarter of its filter.
  const inputs = name.startsWith('grow') ? 4 * shape[3] : shape.slice(0, -1).reduce((a, b) => a * b);
  return [
    { name, shape, inputs },
    { name: `${name}.bias`, shape: [outputs], inputs: 0 },
  ];
}

/** Weights to begin with, the same in every run: He's initialisation. */
export function initialWeights(seed: number): Float32Array[] {
  return PARAMETERS.map(({ shape, inputs }, i) => {
    const count = shape.reduce((a, b) => a * b);
    if (inputs === 0) return new Float32Array(count);
    const scale = Math.sqrt(2 / inputs);
    return Float32Array.from(normals(count, seed + i), (x) => scale * x);
  });
}

/** Images of one disc or square each: Float32Array of rows x 64 x 64 x 1, zeros and ones. */
export function images(rows: number, seed: number): Float32Array {
  const next = uniforms(seed);
  const pixels = new Float32Array(rows * SIDE * SIDE);
  for (let row = 0; row < rows; row++) {
    const [x0, y0, radius] = [12 + 40 * next(), 12 + 40 * next(), 4 + 8 * next()];
    const isSquare = next() < 0.5;
    for (let i = 0; i < SIDE * SIDE; i++) {
      const [x, y] = [Math.abs((i % SIDE) - x0), Math.abs(Math.floor(i / SIDE) - y0)];
      const isInside = isSquare ? Math.max(x, y) < radius : x * x + y * y < radius * radius;
      if (isInside) pixels[row * SIDE * SIDE + i] = 1;
    }
  }
  return pixels;
}

/** What training came to. */
export interface Trained {
  /** The loss of each step, in nats for each image, before the step was taken. */
  readonly losses: number[];
  /** Of the last step, for each parameter. */
  readonly gradients: Float32Array[];
  /** Seconds of each step, until its loss could be read. */
  readonly seconds: number[];
}

/** Takes steps of Adam from `initialWeights(seed)`, on the backend that `tf` has set. */
export function trainPlainly(tf: Tfjs, { steps = 3, rows = 4, beta = 4, seed = 1 } = {}): Trained {
  let weights = initialWeights(seed).map((values, i) => tf.tensor(values, PARAMETERS[i].shape));
  let means = weights.map((weight) => tf.zerosLike(weight));
  let squares = weights.map((weight) => tf.zerosLike(weight));
  const losses: number[] = [];
  const seconds: number[] = [];
  let gradients: Float32Array[] = [];
  for (let step = 1; step <= steps; step++) {
    const began = performance.now();
    const { loss, grads, ...next } = tf.tidy(() => {
      const x = tf.tensor4d(images(rows, seed + step), [rows, SIDE, SIDE, 1]);
      const noise = tf.tensor2d(Float32Array.from(normals(rows * LATENTS, seed + step)), [rows, LATENTS]);
      const { value, grads } = tf.valueAndGrads((...parameters) => lossOf(tf, parameters, x, noise, beta))(weights);
      return { loss: value, grads, ...adam(tf, weights, grads, means, squares, step) };
    });
    losses.push(loss.dataSync()[0]);
    if (step === steps) gradients = grads.map((gradient) => gradient.dataSync() as Float32Array);
    tf.dispose([weights, means, squares, loss, grads]);
    ({ weights, means, squares } = next);
    seconds.push((performance.now() - began) / 1000);
  }
  tf.dispose([weights, means, squares]);
  return { losses, gradients, seconds };
}

/** The mean over rows of -log p(x|z) + beta KL(q(z|x) || p(z)), with Bernoulli pixels. */
function lossOf(tf: Tfjs, parameters: tfjs.Tensor[], x: tfjs.Tensor4D, noise: tfjs.Tensor, beta: number): tfjs.Scalar {
  const rows = x.shape[0];
  const get = (name: string) => parameters[PARAMETERS.findIndex((parameter) => parameter.name === name)];
  const dense = (y: tfjs.Tensor, name: string) => tf.add(tf.matMul(y, get(name)), get(`${name}.bias`));

  let h: tfjs.Tensor = x;
  for (let i = 0; i < 4; i++) {
    const filtered = tf.conv2d(h as tfjs.Tensor4D, get(`conv${i}`) as tfjs.Tensor4D, 2, 'same');
    h = tf.relu(tf.add(filtered, get(`conv${i}.bias`)));
  }
  h = tf.relu(dense(tf.reshape(h, [rows, 512]), 'encode0'));
  const [mu, logvar] = tf.split(dense(tf.relu(dense(h, 'encode1')), 'posterior'), 2, 1);
  const z = tf.add(mu, tf.mul(noise, tf.exp(tf.mul(logvar, 0.5))));

  h = tf.relu(dense(tf.relu(dense(tf.relu(dense(z, 'decode0')), 'decode1')), 'decode2'));
  h = tf.reshape(h, [rows, 4, 4, CHANNELS]);
  for (let i = 0; i < 4; i++) {
    const filter = get(`grow${i}`) as tfjs.Tensor4D;
    const shape: [number, number, number, number] = [rows, 8 << i, 8 << i, filter.shape[2]];
    h = tf.add(tf.conv2dTranspose(h as tfjs.Tensor4D, filter, shape, 2, 'same'), get(`grow${i}.bias`));
    if (i < 3) h = tf.relu(h);
  }

  // -log p(x) = log(1 + e^l) - x l of a pixel with logit l, in the form that does not overflow.
  const overflow = tf.log1p(tf.exp(tf.neg(tf.abs(h))));
  const reconstruction = tf.sum(tf.add(tf.sub(tf.relu(h), tf.mul(h, x)), overflow));
  const divergence = tf.mul(0.5, tf.sum(tf.sub(tf.sub(tf.add(tf.square(mu), tf.exp(logvar)), logvar), 1)));
  return tf.div(tf.add(reconstruction, tf.mul(divergence, beta)), rows);
}

/** Kingma and Ba (2015), algorithm 1. */
function adam(
  tf: Tfjs,
  weights: tfjs.Tensor[],
  grads: tfjs.Tensor[],
  means: tfjs.Tensor[],
  squares: tfjs.Tensor[],
  step: number,
) {
  const average = (old: tfjs.Tensor, now: tfjs.Tensor, share: number) =>
    tf.add(tf.mul(old, share), tf.mul(now, 1 - share));
  const first = means.map((mean, i) => average(mean, grads[i], MOMENTUM));
  const second = squares.map((square, i) => average(square, tf.square(grads[i]), SCALING));
  const moved = weights.map((weight, i) => {
    const mean = tf.div(first[i], 1 - MOMENTUM ** step);
    const square = tf.div(second[i], 1 - SCALING ** step);
    return tf.sub(weight, tf.mul(RATE, tf.div(mean, tf.add(tf.sqrt(square), EPSILON))));
  });
  return { weights: moved, means: first, squares: second };
}
