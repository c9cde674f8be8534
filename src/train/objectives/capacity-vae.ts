import { integer, number } from '../../options/rule.js';
import { klFromPrior, klGradients } from './kl.js';
import { defineObjective } from './objective.js';

/**
 * Reconstruction + gamma |KL - C|: KL is led from 0 up to `capacity` nats, so that factors are
 * learnt one after the other.
 */
export const capacityVae = defineObjective({
  name: 'capacity-vae',
  title: 'Capacity-controlled VAE',
  summary: 'reconstruction + gamma |KL - C|, C rising',
  source: 'Burgess et al. 2018, Understanding disentangling in beta-VAE, section 5',
  options: {
    gamma: number({ default: 1000, minimum: 0, maximum: 1e6, description: 'weight of the distance of KL from C' }),
    capacity: number({ default: 25, minimum: 0, maximum: 1e6, description: 'C in nats when it has risen' }),
    'capacity-steps': integer({
      default: 100_000,
      minimum: 0,
      maximum: 1e9,
      description: 'steps over which C rises linearly from 0',
    }),
  },
  activate(options) {
    const gamma = options.gamma;
    const most = options.capacity;
    const steps = options['capacity-steps'];
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
});
