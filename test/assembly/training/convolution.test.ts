import * as fc from 'fast-check';
import { test } from 'uvu';
import type { ConvolutionShape } from '../../../bindings/training.js';
import { assertNear, normals, rounded } from '../samples.js';
import { convolutions, halving, lengthsOf, summer, visitProducts } from './plain-convolution.js';
import { withWatchedCore } from './space.js';

/** Shapes of the models, and others that take every way through the kernels. */
const MODELS: ReadonlyArray<readonly [images: number, shape: ConvolutionShape]> = [
  [2, halving(64, 1, 32)],
  [2, halving(64, 3, 32)],
  [2, halving(32, 32, 32)],
  [3, halving(16, 32, 64)],
  [9, halving(8, 32, 32)],
  [7, halving(4, 32, 32)],
  [2, { ...halving(64, 3, 32), outHeight: 31, outWidth: 31, padTop: 0, padLeft: 0 }],
  [3, { ...halving(28, 1, 5), height: 27, width: 27, outHeight: 13, outWidth: 13 }],
];

function samples(images: number, shape: ConvolutionShape, seed: number) {
  const lengths = lengthsOf(images, shape);
  return {
    x: rounded(normals(lengths.x, seed), 'f32'),
    w: rounded(normals(lengths.w, seed + 1), 'f32'),
    dy: rounded(normals(lengths.dy, seed + 2), 'f32'),
  };
}

async function checkFilter(images: number, shape: ConvolutionShape): Promise<void> {
  const { x, w, dy } = samples(images, shape, 7);
  const plain = summer(w.length);
  visitProducts(images, shape, (i, k, j) => plain.add(k, x[i] * dy[j]));
  const { values, bounds } = plain.sums();
  await withWatchedCore((training, space) => {
    const to = space.room(w.length);
    const scratch = space.scratch(training.filterGradientScratchBytes(shape));
    training.filterGradient(to, space.put(x), space.put(dy), images, shape, scratch);
    assertNear(space.read(to, w.length), values, bounds, JSON.stringify({ images, ...shape }));
    return space.read(to, w.length);
  });
}

async function checkInput(images: number, shape: ConvolutionShape): Promise<void> {
  const { x, w, dy } = samples(images, shape, 9);
  const plain = summer(x.length);
  visitProducts(images, shape, (i, k, j) => plain.add(i, w[k] * dy[j]));
  const { values, bounds } = plain.sums();
  await withWatchedCore((training, space) => {
    const to = space.room(x.length);
    const scratch = space.scratch(training.inputGradientScratchBytes(shape));
    training.inputGradient(to, space.put(dy), space.put(w), images, shape, scratch);
    assertNear(space.read(to, x.length), values, bounds, JSON.stringify({ images, ...shape }));
    return space.read(to, x.length);
  });
}

async function checkForward(images: number, shape: ConvolutionShape): Promise<void> {
  const { x, w, dy } = samples(images, shape, 13);
  const plain = summer(dy.length);
  visitProducts(images, shape, (i, k, j) => plain.add(j, x[i] * w[k]));
  const { values, bounds } = plain.sums();
  await withWatchedCore((training, space) => {
    const to = space.room(dy.length);
    const scratch = space.scratch(training.convolutionScratchBytes(shape));
    training.convolution(to, space.put(x), space.put(w), images, shape, scratch);
    assertNear(space.read(to, dy.length), values, bounds, JSON.stringify({ images, ...shape }));
    return space.read(to, dy.length);
  });
}

test('a convolution is the sum of its products, for the shapes of the models', async () => {
  for (const [images, shape] of MODELS) await checkForward(images, shape);
});

test('a convolution is the sum of its products, for any kernel, stride, margin and channels', () =>
  fc.assert(
    fc.asyncProperty(convolutions, ({ images, shape }) => checkForward(images, shape)),
    { numRuns: 100, seed: 12 },
  ));

test('a bias and an activation follow a convolution', () =>
  fc.assert(
    fc.asyncProperty(convolutions, fc.constantFrom(undefined, 'relu', 'leakyRelu'), ({ images, shape }, activation) => {
      const { x, w, dy } = samples(images, shape, 17);
      const bias = rounded(normals(shape.filters, 5), 'f32');
      return withWatchedCore((training, space) => {
        const [bare, whole] = [space.room(dy.length), space.room(dy.length)];
        const [xAt, wAt, biasAt] = [x, w, bias].map((numbers) => space.put(numbers));
        const scratch = space.scratch(training.convolutionScratchBytes(shape));
        const epilogue = { bias: biasAt, activation, alpha: 0.25 };
        training.convolution(bare, xAt, wAt, images, shape, scratch);
        training.convolution(whole, xAt, wAt, images, shape, scratch, epilogue);
        const expected = space.read(bare, dy.length).map((value, i) => {
          const sum = value + bias[i % shape.filters];
          if (activation === undefined || sum > 0) return sum;
          return activation === 'relu' ? 0 : 0.25 * sum;
        });
        assertNear(space.read(whole, dy.length), expected, 1e-4, JSON.stringify({ images, activation, ...shape }));
        return [space.read(whole, dy.length)];
      });
    }),
    { numRuns: 60, seed: 3 },
  ));

for (const [name, check] of [
  ['filter', checkFilter],
  ['input', checkInput],
] as const) {
  test(`the gradient with respect to the ${name} is the sum of its products, for the shapes of the models`, async () => {
    for (const [images, shape] of MODELS) await check(images, shape);
  });

  test(`the gradient with respect to the ${name} is the sum of its products, for any kernel, stride, margin and channels`, () =>
    fc.assert(
      fc.asyncProperty(convolutions, ({ images, shape }) => check(images, shape)),
      { numRuns: 100, seed: 11 },
    ));
}

test('nothing is read past the end of an input', () =>
  withWatchedCore((training, space) => {
    for (const shape of [halving(8, 1, 32), halving(8, 3, 8), halving(8, 32, 32), halving(8, 5, 3)]) {
      space.clear(0);
      const { x, w, dy } = samples(2, shape, 1);
      const scratch = space.scratch(training.filterGradientScratchBytes(shape));
      const more = space.scratch(training.inputGradientScratchBytes(shape));
      const least = space.scratch(training.convolutionScratchBytes(shape));
      training.convolution(space.room(dy.length), space.putLast(x), space.put(w), 2, shape, least);
      training.convolution(space.room(dy.length), space.put(x), space.putLast(w), 2, shape, least);
      training.filterGradient(space.room(w.length), space.putLast(x), space.put(dy), 2, shape, scratch);
      training.filterGradient(space.room(w.length), space.put(x), space.putLast(dy), 2, shape, scratch);
      training.inputGradient(space.room(x.length), space.putLast(dy), space.put(w), 2, shape, more);
      training.inputGradient(space.room(x.length), space.put(dy), space.putLast(w), 2, shape, more);
    }
    return [];
  }));

test('gradients are those of finite differences of the convolution', () =>
  withWatchedCore((training, space) => {
    const shape = { ...halving(6, 3, 4), kernelHeight: 3, outHeight: 3, outWidth: 3 };
    const { x, w, dy } = samples(2, shape, 21);
    // A linear function of x and of w: the sum of its outputs times dy.
    const value = (): number => {
      let sum = 0;
      visitProducts(2, shape, (i, k, j) => {
        sum += x[i] * w[k] * dy[j];
      });
      return sum;
    };
    const slope = (numbers: Float64Array, i: number): number => {
      const middle = numbers[i];
      numbers[i] = middle + 0.5;
      const above = value();
      numbers[i] = middle - 0.5;
      const below = value();
      numbers[i] = middle;
      return above - below;
    };
    const dw = space.room(w.length);
    const dx = space.room(x.length);
    const scratch = space.scratch(
      Math.max(training.filterGradientScratchBytes(shape), training.inputGradientScratchBytes(shape)),
    );
    training.filterGradient(dw, space.put(x), space.put(dy), 2, shape, scratch);
    training.inputGradient(dx, space.put(dy), space.put(w), 2, shape, scratch);
    const all = (numbers: Float64Array) => Float64Array.from(numbers, (_, i) => slope(numbers, i));
    assertNear(space.read(dw, w.length), all(w), 1e-5, 'filter');
    assertNear(space.read(dx, x.length), all(x), 1e-5, 'input');
    return [space.read(dw, w.length), space.read(dx, x.length)];
  }));

test.run();
