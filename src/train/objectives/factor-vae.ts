import { integer, number } from '../../options/rule.js';
import type { Tensor } from '../tensors.js';
import { addPenalties } from './differentiate.js';
import { createDiscriminator, differenceOfTwo } from './discriminator.js';
import { weighKl } from './kl.js';
import { defineObjective, type LatentBatch, type ObjectiveState, type Penalty, type StepContext } from './objective.js';
import { permuteLatents } from './permute-latents.js';

/**
 * Reconstruction + KL + gamma TC(z), the total correlation by the density-ratio trick: a
 * discriminator D learns to tell samples of q(z) from samples of another batch whose latents are
 * permuted among its rows, each on its own, which makes them samples of prod_d q(z_d).
 *
 *   TC = E[log D(z) - log(1 - D(z))] = mean difference of the discriminator's two logits
 *
 * It learns after the networks, on the samples that they learnt from, which it does not move.
 * Samples of the other batch are of the same weights; in algorithm 2 they are drawn after the
 * networks have moved, one step newer.
 */
export const factorVae = defineObjective({
  name: 'factor-vae',
  title: 'FactorVAE',
  summary: 'reconstruction + KL + gamma TC, by a discriminator',
  source: 'Kim, Mnih 2018, Disentangling by Factorising, equations 2 and 3, algorithms 1 and 2',
  options: {
    gamma: number({ default: 10, minimum: 0, maximum: 1e6, description: 'weight of the total correlation' }),
    'discriminator-layers': integer({
      default: 6,
      minimum: 1,
      maximum: 20,
      description: 'hidden layers of the discriminator',
    }),
    'discriminator-units': integer({ default: 1000, minimum: 1, maximum: 1e5, description: 'units of each of them' }),
    'discriminator-rate': number({
      default: 1e-4,
      minimum: 1e-9,
      maximum: 1,
      description: 'learning rate of the discriminator',
    }),
  },
  activate(options) {
    const gamma = options.gamma;
    const discriminator = createDiscriminator({
      depth: options['discriminator-layers'],
      units: options['discriminator-units'],
      adam: { learningRate: options['discriminator-rate'], beta1: 0.5, beta2: 0.9, epsilon: 1e-8 },
    });

    function weighTotalCorrelation(z: Tensor, context: StepContext, state: ObjectiveState): Penalty {
      const { tf } = context;
      const rows = z.shape[0];
      const pass = discriminator.judge(context, state, z);
      const { totalCorrelation, total, slopes } = tf.tidy(() => {
        const signs = differenceOfTwo(tf);
        const totalCorrelation = tf.div(tf.sum(tf.mul(pass.output, signs)), rows);
        const slopes = tf.mul(tf.fill([rows, 2], gamma / rows), signs);
        return { totalCorrelation, total: tf.mul(totalCorrelation, gamma), slopes };
      });
      const { input } = pass.backward(slopes, true, false);
      slopes.dispose();
      return { total, terms: { totalCorrelation }, gradients: { z: input as Tensor } };
    }

    return {
      code: 'sample',
      needs: ['second batch'],
      createState: (context) => discriminator.create(context),

      penalise: (batch, context, state) =>
        addPenalties(context.tf, weighKl(context.tf, batch), weighTotalCorrelation(batch.z, context, state)),

      update(batch, _penalty, context, state, second) {
        const permuted = permuteLatents(context, (second as LatentBatch).z);
        discriminator.learn(context, state, batch.z, permuted);
        permuted.dispose();
      },
    };
  },
});
