import { wrongValue } from '../../errors.js';
import { integer, number, type ValuesOf } from '../../options/rule.js';
import { mention, phrase } from '../../phrase.js';
import type { Tensor, TensorLibrary } from '../tensors.js';
import { klFromPrior, klGradients, weighKl } from './kl.js';
import { type ActiveObjective, defineObjective, type StepContext } from './objective.js';

const OPTIONS = {
  beta: number({
    default: 4,
    minimum: 0,
    maximum: 1e6,
    description: 'weight of KL; with kl-target the first value of the multiplier',
  }),
  'beta-norm': number({
    minimum: 0,
    maximum: 1e6,
    description: 'beta in units of image size: beta = beta-norm N_x / D',
    excludes: ['beta'],
  }),
  warmup: integer({ default: 0, minimum: 0, maximum: 1e9, description: 'steps over which beta rises linearly from 0' }),
  'kl-target': number({
    minimum: 1e-3,
    maximum: 1e6,
    description: 'epsilon in nats: minimise the reconstruction subject to KL < epsilon',
    excludes: ['beta-norm', 'warmup'],
  }),
  'kl-rate': number({
    default: 0.01,
    minimum: 1e-6,
    maximum: 1,
    description: 'with kl-target: how fast the multiplier moves, of its size per step at most',
    needs: { option: 'kl-target' },
  }),
};

type Options = ValuesOf<typeof OPTIONS>;

/**
 * Reconstruction + beta KL. Beta is given, rises from 0 over `warmup` steps, or is found.
 *
 * Found: Higgins et al. (equations 1 to 3) maximise the likelihood subject to KL < epsilon, and
 * read beta as the multiplier of
 *
 *   min over networks, max over beta >= 0 of  reconstruction + beta (KL - epsilon).
 *
 * After each step beta is multiplied by exp(rate v), v = (KL - epsilon) / epsilon cut to -1 .. 1:
 * it rises while the constraint is violated, falls while there is room, and stays positive, as in
 * GECO (Rezende and Viola 2018, algorithm 1), which constrains the reconstruction. What differs
 * from GECO: the violation is relative and cut, so that a rate means the same for every epsilon and
 * one bad batch cannot throw beta far; and it is that of the batch, whose noise the product over
 * many steps averages away.
 */
export const betaVae = defineObjective({
  name: 'beta-vae',
  title: 'beta-VAE',
  summary: 'reconstruction + beta KL, or beta as the multiplier of KL < epsilon',
  source: 'Higgins et al. 2017, beta-VAE, equations 1 to 4; multiplier: Rezende, Viola 2018, Taming VAEs, algorithm 1',
  options: OPTIONS,
  activate(options) {
    const target = options['kl-target'];
    return target === null ? weighted(options) : constrained(options, target);
  },
});

function weighted({ beta: given, 'beta-norm': betaNorm, warmup }: Options): ActiveObjective {
  const betaAt = ({ step, pixels, latents }: StepContext): number => {
    const beta = betaNorm === null ? given : (betaNorm * pixels) / latents;
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

function constrained({ beta: first, 'kl-rate': rate }: Options, target: number): ActiveObjective {
  if (first < LEAST) {
    throw wrongValue({
      option: 'beta',
      owner: 'beta-vae',
      problem: phrase`expected a number from ${LEAST} to ${MOST} with ${mention('kl-target')}, which multiplies it, got ${first}`,
    });
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
