import type { EstimatorName } from '../../decomposition/estimators.js';
import { batchDecomposition } from '../../decomposition/tensors.js';
import { differentiate } from './differentiate.js';
import { klFromPrior } from './kl.js';
import type { ListedObjective } from './objective.js';

/**
 * Reconstruction + alpha I(x; z) + beta TC(z) + gamma dimension-wise KL, the three from minibatch estimates. They sum to the mean of
 * log q(z|x) - log p(z) over the samples; the term `kl` is the closed form, as with every other objective.
 */
export const betaTcvae: ListedObjective = {
  name: 'beta-tcvae',
  title: 'beta-TCVAE',
  summary: 'reconstruction + alpha MI + beta TC + gamma dimension-wise KL',
  source: 'Chen et al. 2018, Isolating Sources of Disentanglement in VAEs, equations 2 to 5',
  options: {
    alpha: { default: 1, describe: 'weight of the index-code mutual information', range: [0, 1e6] },
    beta: { default: 6, describe: 'weight of the total correlation', range: [0, 1e6] },
    gamma: { default: 1, describe: 'weight of the dimension-wise KL', range: [0, 1e6] },
    estimator: {
      default: 'mws',
      describe: 'minibatch estimator: weighted sampling, stratified sampling, stratified as in the paper',
      values: ['mws', 'mss', 'mss-chen'],
    },
  },
  activate(options) {
    const weights = [options.alpha, options.beta, options.gamma] as number[];
    const estimator = options.estimator as EstimatorName;
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
};
