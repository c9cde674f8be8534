import { optionRangeError } from '../../errors.js';
import type { Tensor, TensorLibrary } from '../tensors.js';
import { klFromPrior, klGradients, weighKl } from './kl.js';
import type { ActiveObjective, ListedObjective, ObjectiveOptions, StepContext } from './objective.js';

/**
 * Reconstruction + beta KL. Beta is given, rises from 0 over `warmup` steps, or is found.
 *
 * Found: Higgins et al. (equations 1 to 3) maximise the likelihood subject to KL < epsilon, and read beta as the multiplier of
 *
 *   min over networks, max over beta >= 0 of  reconstruction + beta (KL - epsilon).
 *
 * After each step beta is multiplied by exp(rate v), v = (KL - epsilon) / epsilon cut to -1 .. 1: it rises while the constraint is
 * violated, falls while there is room, and stays positive, as in GECO (Rezende and Viola 2018, algorithm 1), which constrains the
 * reconstruction. What differs from GECO: the violation is relative and cut, so that a rate means the same for every epsilon and one
 * bad batch cannot throw beta far; and it is that of the batch, whose noise the product over many steps averages away.
 */
export const betaVae: ListedObjective = {
  name: 'beta-vae',
  title: 'beta-VAE',
  summary: 'reconstruction + beta KL, or beta as the multiplier of KL < epsilon',
  source: 'Higgins et al. 2017, beta-VAE, equations 1 to 4; multiplier: Rezende, Viola 2018, Taming VAEs, algorithm 1',
  options: {
    beta: { default: 4, describe: 'weight of KL; with kl-target the first value of the multiplier', range: [0, 1e6] },
    'beta-norm': {
      default: null,
      describe: 'beta in units of image size: beta = beta-norm N_x / D',
      range: [0, 1e6],
      excludes: ['beta'],
    },
    warmup: {
      default: 0,
      describe: 'steps over which beta rises linearly from 0',
      range: [0, 1e9],
      isWhole: true,
    },
    'kl-target': {
      default: null,
      describe: 'epsilon in nats: minimise the reconstruction subject to KL < epsilon',
      range: [1e-3, 1e6],
      excludes: ['beta-norm', 'warmup'],
    },
    'kl-rate': {
      default: 0.01,
      describe: 'with kl-target: how fast the multiplier moves, of its size per step at most',
      range: [1e-6, 1],
      needs: { option: 'kl-target' },
    },
  },
  activate: (options) => (options['kl-target'] === null ? weighted(options) : constrained(options)),
};

function weighted(options: ObjectiveOptions): ActiveObjective {
  const betaNorm = options['beta-norm'] as number | null;
  const warmup = options.warmup as number;
  const betaAt = ({ step, pixels, latents }: StepContext): number => {
    const beta = betaNorm === null ? (options.beta as number) : (betaNorm * pixels) / latents;
    return step < warmup ? (beta * step) / warmup : beta;
  };
  return {
    code: 'sample',
    penalise(batch, context) {
      const beta = betaAt(context);
      const { tf } = context;
      const penalty = weighKl(tf, batch, beta);
      return { ...penalty, terms: { ...penalty.terms, beta: tf.scalar(beta) } };
    },
  };
}

/** The multiplier stays where float32 can multiply it. */
const LEAST = 1e-6;
const MOST = 1e6;

function constrained(options: ObjectiveOptions): ActiveObjective {
  const target = options['kl-target'] as number;
  const rate = options['kl-rate'] as number;
  const first = options.beta as number;
  if (first < LEAST) {
    throw optionRangeError(
      `beta-vae: beta: expected a number from ${LEAST} to ${MOST} with kl-target, which multiplies it, got ${first}`,
    );
  }
  return {
    code: 'sample',
    createState: ({ tf }) => ({ multiplier: tf.scalar(first) }),

    penalise: (batch, { tf }, { tensors: { multiplier } }) =>
      tf.tidy(() => {
        const kl = klFromPrior(tf, batch);
        return {
          total: tf.mul(multiplier, tf.sub(kl, target)),
          terms: { kl, beta: tf.reshape(multiplier, []) },
          gradients: klGradients(tf, batch, multiplier),
        };
      }),

    update(_batch, { terms }, { tf }, state) {
      const { multiplier } = state.tensors;
      state.tensors.multiplier = tf.tidy(() => {
        const violation = clip(tf, tf.div(tf.sub(terms.kl, target), target), -1, 1);
        return clip(tf, tf.mul(multiplier, tf.exp(tf.mul(violation, rate))), LEAST, MOST);
      });
      multiplier.dispose();
    },
  };
}

function clip(tf: TensorLibrary, x: Tensor, least: number, most: number): Tensor {
  return tf.minimum(tf.maximum(x, least), most);
}
