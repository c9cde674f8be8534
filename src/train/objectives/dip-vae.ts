import { number } from '../../options/rule.js';
import type { Tensor, TensorLibrary } from '../tensors.js';
import { addPenalties, differentiate } from './differentiate.js';
import { weighKl } from './kl.js';
import { defineObjective, type LatentBatch, type ListedObjective } from './objective.js';

/**
 * Reconstruction + KL + lambda_od sum_{i != j} C_ij^2 + lambda_d sum_i (C_ii - 1)^2: the covariance
 * of the codes is drawn to the identity. C is that of the means (I), or of the samples (II), which
 * by the law of total covariance is that of the means and the mean variances on its diagonal. C
 * divides by B.
 */
function dipVae(
  kind: 'i' | 'ii',
  lambdaDiagonal: number,
  covariance: (tf: TensorLibrary, batch: LatentBatch) => Tensor,
): ListedObjective {
  return defineObjective({
    name: `dip-vae-${kind}`,
    title: `DIP-VAE-${kind.toUpperCase()}`,
    summary: `reconstruction + KL + distance of cov[${kind === 'i' ? 'mu' : 'z'}] from the identity`,
    source: `Kumar et al. 2018, Variational Inference of Disentangled Latent Concepts, equation ${kind === 'i' ? 6 : 7}`,
    options: {
      'lambda-od': number({
        default: 10,
        minimum: 0,
        maximum: 1e6,
        description: 'weight of the squares off the diagonal',
      }),
      'lambda-d': number({
        default: lambdaDiagonal,
        minimum: 0,
        maximum: 1e6,
        description: 'weight of the squared distances of the diagonal from 1',
      }),
    },
    activate(options) {
      const weightOff = options['lambda-od'];
      const weightOn = options['lambda-d'];
      return {
        code: 'sample',
        penalise(batch, { tf }) {
          const covariances = differentiate(tf, batch, kind === 'i' ? ['mu'] : ['mu', 'logvar'], (latents) => {
            const matrix = covariance(tf, latents);
            const identity = tf.eye(matrix.shape[0]);
            const squares = tf.square(tf.sub(matrix, identity));
            const diagonal = tf.sum(tf.mul(squares, identity));
            const offDiagonal = tf.sum(tf.mul(squares, tf.sub(1, identity)));
            const total = tf.add(tf.mul(offDiagonal, weightOff), tf.mul(diagonal, weightOn));
            return { total, terms: { offDiagonal, diagonal } };
          });
          return addPenalties(tf, weighKl(tf, batch), covariances);
        },
      };
    },
  });
}

/** (D, D). */
function covarianceOfMeans(tf: TensorLibrary, { mu }: LatentBatch): Tensor {
  const centred = tf.sub(mu, tf.mean(mu, 0, true));
  // Transposed first: products that transpose for themselves are far slower on some backends.
  return tf.div(tf.matMul(tf.transpose(centred), centred), mu.shape[0]);
}

/** (D, D). */
function covarianceOfSamples(tf: TensorLibrary, batch: LatentBatch): Tensor {
  const variances = tf.mean(tf.exp(batch.logvar), 0);
  return tf.add(covarianceOfMeans(tf, batch), tf.mul(tf.eye(batch.mu.shape[1]), variances));
}

export const dipVaeI: ListedObjective = dipVae('i', 100, covarianceOfMeans);
export const dipVaeIi: ListedObjective = dipVae('ii', 10, covarianceOfSamples);
