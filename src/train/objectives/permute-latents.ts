import { RandomStream, STREAMS } from '../../random.js';
import type { Tensor } from '../tensors.js';
import type { StepContext } from './objective.js';

/**
 * z (B, D) with each latent permuted among the rows on its own. The permutations are those of the
 * seed and the step.
 */
export function permuteLatents({ tf, seed, step }: StepContext, z: Tensor): Tensor {
  const [rows, latents] = z.shape;
  const random = new RandomStream(seed, STREAMS.factorVaePermutation, step);
  const places = new Int32Array(rows * latents);
  for (let d = 0; d < latents; d++) {
    // Fisher and Yates, on the places that the latent has in row-major order.
    for (let i = 0; i < rows; i++) places[i * latents + d] = i * latents + d;
    for (let i = rows - 1; i > 0; i--) {
      const [a, b] = [i * latents + d, random.below(i + 1) * latents + d];
      [places[a], places[b]] = [places[b], places[a]];
    }
  }
  return tf.tidy(() => {
    const flat = tf.reshape(z, [rows * latents]);
    return tf.reshape(tf.gather(flat, tf.tensor(places, [rows * latents], 'int32')), [rows, latents]);
  });
}
