/** Values, gradients and images of every likelihood against its density, in plain float64. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openBackend } from '../../src/train/backends/open-backend.js';
import { findLikelihood, LIKELIHOODS } from '../../src/train/likelihoods/index.js';
import { composeOperations } from '../../src/train/operations.js';
import { assertWithin } from './objectives/assert-within.js';

/** Rows, height, width, channels. */
const SHAPE = [2, 3, 5, 2];
const PIXELS = SHAPE.reduce((product, side) => product * side);

/**
 * What the decoder gives, from -9 to 9 with 0 in it, and pixels, of which some are 0 and some 1; in
 * no common order.
 */
const OUTPUT = Float32Array.from({ length: PIXELS }, (_, i) => ((i * 17) % 61) * 0.3 - 9);
const IMAGES = Float32Array.from({ length: PIXELS }, (_, i) => Math.min(Math.max(((i * 23) % 59) / 50 - 0.1, 0), 1));

/** Like that of a batch of some rows: no power of two, so that it cannot be lost in a sum. */
const SCALE = 1 / 7;

/**
 * Of the largest gradient, or of the value: float32 carries 6e-8, and both have some tens of
 * roundings.
 */
const RELATIVE = 1e-5;

interface Plain {
  /** -log p(x | output) of a pixel, in nats. */
  readonly loss: (output: number, x: number) => number;
  readonly image: (output: number) => number;
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

const PLAIN: Readonly<Record<string, Plain>> = {
  bernoulli: {
    loss: (output, x) => -x * Math.log(sigmoid(output)) - (1 - x) * Math.log(sigmoid(-output)),
    image: sigmoid,
  },
  // Less the constant, which a perfect reconstruction would have.
  gaussian: {
    loss: (output, x) => -logOfNormal(x - output, 1) + logOfNormal(0, 1),
    image: (output) => (output < 0 ? 0 : output > 1 ? 1 : output),
  },
};

function logOfNormal(distance: number, variance: number): number {
  return Math.log(Math.exp(-(distance ** 2) / (2 * variance)) / Math.sqrt(2 * Math.PI * variance));
}

/**
 * By central differences, which are wrong by a sixth of the third derivative (0.1 at most) times
 * the square of this.
 */
const STEP = 1e-3;

function slopeOf({ loss }: Plain, output: number, x: number): number {
  return (loss(output + STEP, x) - loss(output - STEP, x)) / (2 * STEP);
}

test('every likelihood is tried', () => {
  assert.equal(LIKELIHOODS.map(({ name }) => name).sort(), Object.keys(PLAIN).sort());
});

for (const [name, plain] of Object.entries(PLAIN)) {
  const likelihood = findLikelihood(name);

  for (const backendName of ['cpu', 'wasm'] as const) {
    test(`${name} on ${backendName}: loss and gradient are those of its density, images are in [0, 1]`, async () => {
      const backend = await openBackend(backendName);
      try {
        const { tf } = backend;
        const operations = backend.operations ?? composeOperations(tf);
        const before = tf.memory().numTensors;
        const [output, x] = [OUTPUT, IMAGES].map((values) => tf.tensor(values.slice(), SHAPE));
        const { loss, gradient } = likelihood.lossOf(tf, operations, output, x, SCALE);
        const image = likelihood.imageOf(tf, output);
        assert.equal([loss.shape, gradient.shape, image.shape], [[], SHAPE, SHAPE]);

        const losses = Array.from(OUTPUT, (value, i) => plain.loss(value, IMAGES[i]));
        assertWithin(await loss.data(), [losses.reduce((sum, value) => sum + value)], RELATIVE, 'loss');
        const slopes = Array.from(OUTPUT, (value, i) => SCALE * slopeOf(plain, value, IMAGES[i]));
        assertWithin(await gradient.data(), slopes, RELATIVE, 'gradient');
        assertWithin(await image.data(), Array.from(OUTPUT, plain.image), RELATIVE, 'image');

        // What goes in stays the caller's.
        assertWithin(await output.data(), OUTPUT, 0, 'output');
        tf.dispose([output, x, loss, gradient, image]);
        assert.is(tf.memory().numTensors, before, 'nothing is left behind');
      } finally {
        await backend.close();
      }
    });
  }
}

/** As many pixels as 256 images of 64 x 64 in colours have. */
const MANY = [256, 64, 64, 3];
/** Of every pixel, so that rounding errors do not cancel: a logit of an untrained model, a mean. */
const EQUAL: Readonly<Record<string, readonly [output: number, x: number]>> = {
  bernoulli: [0, 1],
  gaussian: [0.25, 0.75],
};

for (const [name, [output, x]] of Object.entries(EQUAL)) {
  for (const backendName of ['cpu', 'wasm'] as const) {
    test(`${name} on ${backendName}: the loss of three million pixels is within 1e-6 of float64`, async () => {
      const backend = await openBackend(backendName);
      const { tf } = backend;
      const pixels = MANY.reduce((product, side) => product * side);
      const expected = pixels * PLAIN[name].loss(output, x);
      // Training has the backend's own operations, and `reconstruct` the composed ones.
      for (const operations of [composeOperations(tf), backend.operations ?? composeOperations(tf)]) {
        const given = [output, x].map((value) => tf.fill(MANY, value));
        const { loss, gradient } = findLikelihood(name).lossOf(tf, operations, given[0], given[1], SCALE);
        assertWithin(await loss.data(), [expected], 1e-6, 'loss');
        tf.dispose([given, loss, gradient]);
      }
      await backend.close();
    });
  }
}

test.run();
