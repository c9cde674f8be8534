import { klFromPrior, klGradients } from './kl.js';
import type { ListedObjective } from './objective.js';

/** Reconstruction + gamma |KL - C|: KL is led from 0 up to `capacity` nats, so that factors are learnt one after the other. */
export const capacityVae: ListedObjective = {
  name: 'capacity-vae',
  title: 'Capacity-controlled VAE',
  summary: 'reconstruction + gamma |KL - C|, C rising',
  source: 'Burgess et al. 2018, Understanding disentangling in beta-VAE, section 5',
  options: {
    gamma: { default: 1000, describe: 'weight of the distance of KL from C', range: [0, 1e6] },
    capacity: { default: 25, describe: 'C in nats when it has risen', range: [0, 1e6] },
    'capacity-steps': {
      default: 100_000,
      describe: 'steps over which C rises linearly from 0',
      range: [0, 1e9],
      isWhole: true,
    },
  },
  activate(options) {
    const gamma = options.gamma as number;
    const most = options.capacity as number;
    const steps = options['capacity-steps'] as number;
    return {
      code: 'sample',
      penalise: (batch, { tf, step }) =>
        tf.tidy(() => {
          const capacity = step < steps ? (most * step) / steps : most;
          const kl = klFromPrior(tf, batch);
          const excess = tf.sub(kl, capacity);
          // 1 above, -1 below, 0 at C itself, where any slope between would do.
          const sign = tf.sub(tf.step(excess), tf.step(tf.neg(excess)));
          return {
            total: tf.mul(tf.abs(excess), gamma),
            terms: { kl, capacity: tf.scalar(capacity) },
            gradients: klGradients(tf, batch, tf.mul(sign, gamma)),
          };
        }),
    };
  },
};
