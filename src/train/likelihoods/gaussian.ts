import type { ListedLikelihood } from './likelihood.js';

/**
 * Pixels are normal around the decoder's output with variance 1: half of the squared error, summed.
 * The constant N_x log(2 pi) / 2 is left out, so a perfect reconstruction is 0.
 */
export const gaussian: ListedLikelihood = {
  name: 'gaussian',
  summary: 'half of the squared error: normal pixels of variance 1, without the constant',
  lossOf: (tf, _operations, output, x, scale) =>
    tf.tidy(() => {
      const error = tf.sub(output, x);
      return { loss: tf.mul(tf.sum(tf.square(error)), 0.5), gradient: tf.mul(error, scale) };
    }),
  imageOf: (tf, output) => tf.tidy(() => tf.minimum(tf.maximum(output, 0), 1)),
};
