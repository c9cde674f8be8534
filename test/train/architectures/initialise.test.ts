/** The parameters that networks begin with: how large, how spread, and which are 0. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withCore } from '../../../bindings/core.js';
import { findArchitecture } from '../../../src/train/architectures/index.js';
import { boundOf, initialise } from '../../../src/train/architectures/initialise.js';
import { listParameters } from '../../../src/train/architectures/layers.js';

/** Numbers that go into one output, and out of one input. */
type Fans = readonly [fanIn: number, fanOut: number];

const glorot = ([fanIn, fanOut]: Fans) => ({ weights: Math.sqrt(6 / (fanIn + fanOut)), bias: 0 });
const ofPytorch = ([fanIn]: Fans) => ({ weights: 1 / Math.sqrt(fanIn), bias: 1 / Math.sqrt(fanIn) });

const LATENTS = 10;
/** Of a filter, 4 x 4. */
const AREA = 16;

/**
 * By hand, of images of 64 x 64: layers in their order, the encoder's first. A convolution's fans
 * are those of a dense layer times the area of its filter; those of a transposed one are its
 * gradient's, so that its outputs come first.
 */
const ARCHITECTURES: ReadonlyArray<{
  readonly name: string;
  readonly channels: number;
  readonly boundsOf: (fans: Fans) => { readonly weights: number; readonly bias: number };
  readonly fans: readonly Fans[];
}> = [
  {
    name: 'burgess',
    channels: 1,
    boundsOf: glorot,
    fans: [
      [AREA, 32 * AREA],
      ...new Array<Fans>(3).fill([32 * AREA, 32 * AREA]),
      [512, 256],
      [256, 256],
      [256, 2 * LATENTS],
      [LATENTS, 256],
      [256, 256],
      [256, 512],
      ...new Array<Fans>(3).fill([32 * AREA, 32 * AREA]),
      [AREA, 32 * AREA],
    ],
  },
  {
    name: 'locatello',
    channels: 3,
    boundsOf: glorot,
    fans: [
      [3 * AREA, 32 * AREA],
      [32 * AREA, 32 * AREA],
      // Filters of 2 x 2.
      [32 * 4, 64 * 4],
      [64 * 4, 64 * 4],
      [1024, 256],
      [256, 2 * LATENTS],
      [LATENTS, 256],
      [256, 1024],
      [64 * AREA, 64 * AREA],
      [32 * AREA, 64 * AREA],
      [32 * AREA, 32 * AREA],
      [3 * AREA, 32 * AREA],
    ],
  },
  {
    name: 'mlp',
    channels: 1,
    boundsOf: ofPytorch,
    fans: [
      [4096, 1200],
      [1200, 1200],
      [1200, 2 * LATENTS],
      [LATENTS, 1200],
      [1200, 1200],
      [1200, 1200],
      [1200, 4096],
    ],
  },
];

/** As it is for training: the names and numbers of an architecture's parameters. */
async function drawParameters(name: string, channels: number, seed: number) {
  const architecture = findArchitecture(name);
  const networks = architecture.build({ height: 64, width: 64, channels }, LATENTS);
  const shapes = [...listParameters('encoder', networks.encoder), ...listParameters('decoder', networks.decoder)];
  const drawn = await withCore((core) => initialise(core, shapes, architecture.initialisation, seed));
  return shapes.map((shape, i) => ({ ...shape, values: drawn[i] }));
}

/**
 * A test of a hundred tensors that is right fails by chance once in ten thousand times; this one
 * has its seed.
 */
const STANDARD_ERRORS = 5;

/** Uniform from -bound to bound: by its ends, its mean and its variance. */
function assertUniform(values: Float32Array, bound: number, what: string): void {
  const { length } = values;
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  assert.ok(largest <= Math.fround(bound), `${what}: ${largest}, expected at most ${bound}`);
  // All of n are less than 1 - 20 / n of the bound once in exp(20) times.
  assert.ok(largest >= bound * (1 - 20 / length), `${what}: ${largest}, expected about ${bound}`);
  const mean = values.reduce((sum, value) => sum + value, 0) / length;
  const errorOfMean = bound / Math.sqrt(3 * length);
  assert.ok(Math.abs(mean) <= STANDARD_ERRORS * errorOfMean, `${what}: mean ${mean}, of error ${errorOfMean}`);
  const variance = values.reduce((sum, value) => sum + value ** 2, 0) / length;
  // The fourth moment is bound^4 / 5.
  const errorOfVariance = bound ** 2 * Math.sqrt((1 / 5 - 1 / 9) / length);
  const distance = Math.abs(variance - bound ** 2 / 3);
  assert.ok(
    distance <= STANDARD_ERRORS * errorOfVariance,
    `${what}: variance ${variance}, of error ${errorOfVariance}`,
  );
}

for (const { name, channels, boundsOf, fans } of ARCHITECTURES) {
  test(`${name} begins with numbers as large as its fans say, biases ${boundsOf === glorot ? '0' : 'too'}`, async () => {
    const parameters = await drawParameters(name, channels, 3);
    assert.is(parameters.length, 2 * fans.length);
    for (const [i, { name: title, role, values, shape }] of parameters.entries()) {
      const bounds = boundsOf(fans[Math.floor(i / 2)]);
      assert.is(role, i % 2 === 0 ? 'weights' : 'bias');
      assert.is(
        values.length,
        shape.reduce((product, side) => product * side),
      );
      if (bounds[role] === 0)
        assert.ok(
          values.every((value) => Object.is(value, 0)),
          title,
        );
      else assertUniform(values, bounds[role], `${name}, ${title}`);
    }
  });
}

test('bounds are those of Glorot and of PyTorch, for weights and biases of every kind of layer', () => {
  const layer = { kernel: 3, stride: 2, inputs: 5, outputs: 7, activation: 'relu' } as const;
  for (const [layers, fans] of [
    [{ ...layer, kind: 'dense' }, [5, 7]],
    [{ ...layer, kind: 'convolution' }, [45, 63]],
    [{ ...layer, kind: 'transposed-convolution', height: 8, width: 8 }, [63, 45]],
  ] as const) {
    const parameters = listParameters('test', [layers]);
    for (const [initialisation, boundsOfFans] of [
      ['glorot', glorot],
      ['fan-in', ofPytorch],
    ] as const) {
      const { weights, bias } = boundsOfFans(fans);
      assert.equal(
        parameters.map((parameter) => boundOf(parameter, initialisation)),
        [weights, bias],
        `${layers.kind}, ${initialisation}`,
      );
    }
  }
});

test('a seed draws the same numbers every time, another seed and another parameter of the same shape others', async () => {
  const [first, again, other] = [
    await drawParameters('mlp', 1, 3),
    await drawParameters('mlp', 1, 3),
    await drawParameters('mlp', 1, 4),
  ];
  const same = (a: Float32Array, b: Float32Array) => Buffer.from(a.buffer).equals(Buffer.from(b.buffer));
  for (const [i, { name, values }] of first.entries()) {
    assert.ok(same(values, again[i].values), name);
    assert.not.ok(same(values, other[i].values), name);
    for (const { values: earlier } of first.slice(0, i)) assert.not.ok(same(values, earlier), name);
  }
});

test.run();
