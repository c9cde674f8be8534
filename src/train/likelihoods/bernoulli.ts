import type { ListedLikelihood } from './likelihood.js';

/**
 * Pixels are probabilities of being white, of which the decoder gives the logits: l - x l - log
 * sigmoid(l), summed.
 */
export const bernoulli: ListedLikelihood = {
  name: 'bernoulli',
  summary: 'cross-entropy of logits; for binary images and those in [0, 1]',
  lossOf: (_tf, operations, output, x, scale) => operations.bernoulli(output, x, scale),
  imageOf: (tf, output) => tf.sigmoid(output),
};
