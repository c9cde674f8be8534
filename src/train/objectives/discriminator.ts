/**
 * FactorVAE's discriminator: two logits of z, for a sample of q(z) and for one whose latents are
 * permuted.
 */
import { STREAMS } from '../../random.js';
import { boundOf } from '../architectures/initialise.js';
import { type Layer, listParameters } from '../architectures/layers.js';
import { forward, type Pass } from '../architectures/network.js';
import { type AdamOptions, updateAdam } from '../optimiser.js';
import type { Tensor, TensorLibrary } from '../tensors.js';
import type { ObjectiveState, StateContext, StepContext } from './objective.js';

export interface DiscriminatorOptions {
  /** Hidden layers. */
  readonly depth: number;
  readonly units: number;
  readonly adam: AdamOptions;
}

/**
 * The discriminator's parameters and moments, by name, are the state of the objective that it
 * belongs to.
 */
export interface Discriminator {
  /** PyTorch's initialisation; moments of 0. */
  create(context: StateContext): Record<string, Tensor>;
  /** Logits (R, 2) of z (R, D). */
  judge(context: StepContext, state: ObjectiveState, z: Tensor): Pass;
  /**
   * A step of Adam on the mean of the cross-entropies of (B, D) samples and as many permuted ones.
   */
  learn(context: StepContext, state: ObjectiveState, samples: Tensor, permuted: Tensor): void;
}

const MOMENTS = ['first', 'second'] as const;

/** Parameters of the networks are numbered from 0. */
const FIRST_PARAMETER = 10_000;

export function createDiscriminator({ depth, units, adam }: DiscriminatorOptions): Discriminator {
  const layersOf = (latents: number): Layer[] => [
    ...Array.from({ length: depth }, (_, i): Layer => {
      return { kind: 'dense', inputs: i === 0 ? latents : units, outputs: units, activation: 'leaky-relu' };
    }),
    { kind: 'dense', inputs: units, outputs: 2, activation: 'linear' },
  ];
  const parametersOf = (latents: number) => listParameters('discriminator', layersOf(latents));
  const namesOf = (latents: number) => parametersOf(latents).map(({ name }) => name);

  const judge: Discriminator['judge'] = ({ tf, operations, latents }, { tensors }, z) => {
    const parameters = namesOf(latents).map((name) => tensors[name]);
    return forward(tf, operations, layersOf(latents), parameters, z);
  };

  return {
    judge,

    create({ tf, latents, seed, draws }) {
      const tensors: Record<string, Tensor> = {};
      for (const [i, parameter] of parametersOf(latents).entries()) {
        const { name } = parameter;
        const shape = [...parameter.shape];
        const count = shape.reduce((product, size) => product * size, 1);
        const at = { seed, stream: STREAMS.initialParameters, index: FIRST_PARAMETER + i };
        const bound = boundOf(parameter, 'fan-in');
        const values = draws.uniforms(count, at).map((uniform) => (2 * uniform - 1) * bound);
        tensors[name] = tf.tensor(values, shape);
        for (const moment of MOMENTS) tensors[`${name}.${moment}`] = tf.zeros(shape);
      }
      return tensors;
    },

    learn(context, state, samples, permuted) {
      const { tf, operations, step, latents } = context;
      const z = tf.concat([samples, permuted], 0);
      const pass = judge(context, state, z);
      const slopes = crossEntropySlopes(tf, pass.output);
      const { parameters: gradients } = pass.backward(slopes, false);
      const names = namesOf(latents);
      const listed = (moment?: string) =>
        names.map((name) => state.tensors[moment === undefined ? name : `${name}.${moment}`]);
      const parameters = listed();
      const moments = { first: listed('first'), second: listed('second') };
      updateAdam(operations, parameters, moments, gradients, step, adam);
      for (const [i, name] of names.entries()) {
        state.tensors[name] = parameters[i];
        for (const moment of MOMENTS) state.tensors[`${name}.${moment}`] = moments[moment][i];
      }
      tf.dispose([z, slopes, ...gradients]);
    },
  };
}

/**
 * (1, 2): what makes the difference of two logits of them, and a slope of that difference one of
 * both.
 */
export function differenceOfTwo(tf: TensorLibrary): Tensor {
  return tf.tensor([1, -1], [1, 2]);
}

/**
 * Slopes of the mean cross-entropy with respect to the logits: 1 of the first half's, 2 of the
 * second's is right. The probability of 1 is the sigmoid of their difference.
 */
function crossEntropySlopes(tf: TensorLibrary, logits: Tensor): Tensor {
  return tf.tidy(() => {
    const rows = logits.shape[0];
    const difference = differenceOfTwo(tf);
    const probability = tf.sigmoid(tf.sum(tf.mul(logits, difference), 1, true));
    const truth = tf.concat([tf.ones([rows / 2, 1]), tf.zeros([rows / 2, 1])], 0);
    return tf.mul(tf.div(tf.sub(probability, truth), rows), difference);
  });
}
