/**
 * A backend proves itself: what training needs of it computes the right numbers, before any work is
 * given to it.
 */
import type { NamedTensors, Tensor, TensorLibrary } from '../tensors.js';

// Small whole numbers, whose sums are exact in float32 however they are added; odd sizes, so that
// paddings differ by side.
const [BATCH, HEIGHT, WIDTH, IN, OUT, KERNEL, STRIDE] = [2, 5, 4, 3, 5, 4, 2];
const [OUT_HEIGHT, OUT_WIDTH] = [Math.ceil(HEIGHT / STRIDE), Math.ceil(WIDTH / STRIDE)];
const TOLERANCE = 1e-3;

/** What was expected of a library's kernel, and how far off it was. */
export class WrongNumbers extends Error {
  override readonly name = 'WrongNumbers';
}

/**
 * Runs a convolution, its two gradients, products of matrices with and without transposing, and a
 * gradient by tape, and compares them with plain loops.
 * @param expected what `tf.getBackend()` must say
 * @throws WrongNumbers where another backend answers, or the numbers are wrong; whatever the
 * library throws
 */
export async function prove(tf: TensorLibrary, expected: string): Promise<void> {
  const answering = tf.getBackend();
  if (answering !== expected) {
    throw new WrongNumbers(`expected ${expected} to compute, but tfjs fell back to ${answering}`);
  }
  await proveConvolution(tf);
  await proveProducts(tf);
  await proveTape(tf);
}

async function proveConvolution(tf: TensorLibrary): Promise<void> {
  const x = wholeNumbers(BATCH * HEIGHT * WIDTH * IN, 1);
  const filter = wholeNumbers(KERNEL * KERNEL * IN * OUT, 2);
  const dy = wholeNumbers(BATCH * OUT_HEIGHT * OUT_WIDTH * OUT, 3);
  const y = new Float64Array(dy.length);
  const dFilter = new Float64Array(filter.length);
  const dx = new Float64Array(x.length);
  forEachProduct((inX, inFilter, inY) => {
    y[inY] += x[inX] * filter[inFilter];
    dFilter[inFilter] += x[inX] * dy[inY];
    dx[inX] += filter[inFilter] * dy[inY];
  });
  const shared = { strides: [STRIDE, STRIDE], pad: 'same', dataFormat: 'NHWC', dilations: [1, 1] };
  const inputShape = [BATCH, HEIGHT, WIDTH, IN];
  const filterShape = [KERNEL, KERNEL, IN, OUT];
  const tensors = {
    x: tf.tensor(x, inputShape),
    filter: tf.tensor(filter, filterShape),
    dy: tf.tensor(dy, [BATCH, OUT_HEIGHT, OUT_WIDTH, OUT]),
  };
  try {
    await expectKernel(tf, 'Conv2D', { x: tensors.x, filter: tensors.filter }, shared, y);
    const toFilter = { x: tensors.x, dy: tensors.dy };
    await expectKernel(tf, 'Conv2DBackpropFilter', toFilter, { ...shared, filterShape }, dFilter);
    const toInput = { dy: tensors.dy, filter: tensors.filter };
    await expectKernel(tf, 'Conv2DBackpropInput', toInput, { ...shared, inputShape }, dx);
  } finally {
    tf.dispose(tensors);
  }
}

/** Every product that a convolution is made of, as indices into x, the filter and y. */
function forEachProduct(visit: (inX: number, inFilter: number, inY: number) => void): void {
  const [top, left] = [padBefore(HEIGHT), padBefore(WIDTH)];
  for (let row = 0; row < BATCH * OUT_HEIGHT * OUT_WIDTH; row++) {
    const image = Math.floor(row / (OUT_HEIGHT * OUT_WIDTH));
    const [down, across] = [Math.floor(row / OUT_WIDTH) % OUT_HEIGHT, row % OUT_WIDTH];
    for (let tap = 0; tap < KERNEL * KERNEL; tap++) {
      const i = down * STRIDE + Math.floor(tap / KERNEL) - top;
      const j = across * STRIDE + (tap % KERNEL) - left;
      if (i < 0 || i >= HEIGHT || j < 0 || j >= WIDTH) continue;
      for (let pair = 0; pair < IN * OUT; pair++) {
        const channel = Math.floor(pair / OUT);
        visit(((image * HEIGHT + i) * WIDTH + j) * IN + channel, tap * IN * OUT + pair, row * OUT + (pair % OUT));
      }
    }
  }
}

/** Padding before the first pixel, where the output has one pixel per stride: the smaller half. */
function padBefore(size: number): number {
  return Math.floor(Math.max(0, (Math.ceil(size / STRIDE) - 1) * STRIDE + KERNEL - size) / 2);
}

async function proveProducts(tf: TensorLibrary): Promise<void> {
  const [rows, inner, columns] = [3, 7, 5];
  const a = wholeNumbers(rows * inner, 4);
  const b = wholeNumbers(inner * columns, 5);
  const product = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < inner; k++) {
      for (let j = 0; j < columns; j++) product[i * columns + j] += a[i * inner + k] * b[k * columns + j];
    }
  }
  for (const [transposeA, transposeB] of [
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ]) {
    const made = tf.tidy(() => {
      const left = tf.tensor(a, [rows, inner]);
      const right = tf.tensor(b, [inner, columns]);
      const given = [transposeA ? tf.transpose(left) : left, transposeB ? tf.transpose(right) : right];
      return tf.matMul(given[0], given[1], transposeA, transposeB);
    });
    await expectValues(`matMul (${transposeA}, ${transposeB})`, made, product);
  }
}

async function proveTape(tf: TensorLibrary): Promise<void> {
  const x = wholeNumbers(6, 6);
  const gradient = tf.tidy(() => {
    const square = (...[z]: Tensor[]) => tf.sum(tf.square(z));
    return tf.valueAndGrads(square)([tf.tensor(x, [2, 3])]).grads[0];
  });
  await expectValues(
    'gradient of a square',
    gradient,
    Float64Array.from(x, (value) => 2 * value),
  );
}

async function expectKernel(
  tf: TensorLibrary,
  name: string,
  inputs: NamedTensors,
  attributes: object,
  expected: Float64Array,
): Promise<void> {
  await expectValues(name, tf.engine().runKernel(name, inputs, attributes) as Tensor, expected);
}

/** Compares, and disposes of the tensor. */
async function expectValues(what: string, result: Tensor, expected: Float64Array): Promise<void> {
  const got = await result.data();
  result.dispose();
  const isRight = got.length === expected.length && got.every((v, i) => Math.abs(v - expected[i]) <= TOLERANCE);
  if (isRight) return;
  const first = expected.findIndex((value, i) => !(Math.abs(got[i] - value) <= TOLERANCE));
  throw new WrongNumbers(`${what} computed wrong numbers: expected ${expected[first]}, got ${got[first]}`);
}

/** Whole numbers from -4 to 4 without a pattern. */
function wholeNumbers(count: number, seed: number): Float32Array {
  let state = seed * 7919;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return ((state >>> 16) % 9) - 4;
  });
}
