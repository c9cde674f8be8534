import { batchDecomposition } from '../../decomposition/tensor-estimators.js';
import { choice, number } from '../../options/rule.js';
import { differentiate } from './differentiate.js';
import { klFromPrior } from './kl.js';
import { defineObjective } from './objective.js';

/**
 * Reconstruction + alpha I(x; z) + beta TC(z) + gamma dimension-wise KL, the three from minibatch
 * estimates. They sum to the mean of log q(z|x) - log p(z) over the samples; the term `kl` is the
 * closed form, as with every other objective.
 */
export const betaTcvae = defineObjective({
  name: 'beta-tcvae',
  title: 'beta-TCVAE',
  summary: 'reconstruction + alpha MI + beta TC + gamma dimension-wise KL',
  source: 'Chen et al. 2018, Isolating Sources of Disentanglement in VAEs, equations 2 to 5',
  options: {
    alpha: number({ default: 1, minimum: 0, maximum: 1e6, description: 'weight of the index-code mutual information' }),
    beta: number({ default: 6, minimum: 0, maximum: 1e6, description: 'weight of the total correlation' }),
    gamma: number({ default: 1, minimum: 0, maximum: 1e6, description: 'weight of the dimension-wise KL' }),
    estimator: choice(['mws', 'mss', 'mss-chen'], {
      default: 'mws',
      description: 'minibatch estimator: weighted sampling, stratified sampling, stratified as in the paper',
    }),
  },
  activate(options) {
    const weights = [options.alpha, options.beta, options.gamma] as number[];
    const estimator = options.estimator;
    return {
      code: 'sample',
      penalise: (batch, { tf, datasetSize }) =>
        differentiate(tf, batch, ['mu', 'logvar', 'z'], (latents) => {
          const parts = batchDecomposition(tf, latents, { estimator, datasetSize });
          const { mutualInformation, totalCorrelation, dimensionwiseKl } = parts;
          const reported = { mutualInformation, totalCorrelation, dimensionwiseKl };
          const total = tf.addN(Object.values(reported).map((part, i) => tf.mul(part, weights[i])));
          return { total, terms: { kl: klFromPrior(tf, batch), ...reported } };
        }),
    };
  },
});
