/**
 * The divergence of a batch's posteriors from the prior N(0, I), and its gradients, written out:
 * every objective has it in every step.
 *
 *   KL = 1/B sum_i sum_d 1/2 (mu^2 + exp(logvar) - logvar - 1)      Kingma and Welling 2014, appendix B
 *   dKL/dmu = mu / B        dKL/dlogvar = (exp(logvar) - 1) / 2B
 */
import type { Tensor, TensorLibrary } from '../tensors.js';
import type { LatentBatch, Penalty } from './objective.js';

/** KL in nats per image, a scalar. */
export function klFromPrior(tf: TensorLibrary, { mu, logvar }: Pick<LatentBatch, 'mu' | 'logvar'>): Tensor {
  return tf.tidy(() => {
    const doubled = tf.sub(tf.sub(tf.add(tf.square(mu), tf.exp(logvar)), logvar), 1);
    return tf.mul(tf.sum(doubled), 0.5 / mu.shape[0]);
  });
}

/** Gradients of `weight` KL; the weight is a number or a scalar. */
export function klGradients(
  tf: TensorLibrary,
  { mu, logvar }: Pick<LatentBatch, 'mu' | 'logvar'>,
  weight: number | Tensor = 1,
): { mu: Tensor; logvar: Tensor } {
  return tf.tidy(() => {
    const scale = typeof weight === 'number' ? weight / mu.shape[0] : tf.div(weight, mu.shape[0]);
    return { mu: tf.mul(mu, scale), logvar: tf.mul(tf.sub(tf.exp(logvar), 1), halved(tf, scale)) };
  });
}

/** `weight` KL with its gradients, and KL itself as the term `kl`. */
export function weighKl(tf: TensorLibrary, batch: LatentBatch, weight: number | Tensor = 1): Penalty {
  return tf.tidy(() => {
    const kl = klFromPrior(tf, batch);
    return { total: tf.mul(kl, weight), terms: { kl }, gradients: klGradients(tf, batch, weight) };
  });
}

function halved(tf: TensorLibrary, scale: number | Tensor): number | Tensor {
  return typeof scale === 'number' ? scale / 2 : tf.mul(scale, 0.5);
}
