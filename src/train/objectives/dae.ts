import { choice, number } from '../../options/rule.js';
import { STREAMS } from '../../random.js';
import type { Tensor } from '../tensors.js';
import { withoutPenalty } from './ae.js';
import { defineObjective, type StepContext } from './objective.js';

/** Reconstruction of the clean image from a corrupted one; the decoder is given mu. */
export const dae = defineObjective({
  name: 'dae',
  title: 'Denoising autoencoder',
  summary: 'reconstruction of clean images from corrupted ones',
  source: 'Vincent et al. 2010, Stacked Denoising Autoencoders, section 3',
  options: {
    corruption: choice(['masking', 'gaussian'], {
      default: 'masking',
      description: 'set values of the image to 0, or add Gaussian noise to them',
    }),
    masked: number({
      default: 0.25,
      minimum: 0,
      maximum: 1,
      description: 'with masking: probability that a value becomes 0',
      needs: { option: 'corruption', values: ['masking'] },
    }),
    sigma: number({
      default: 0.1,
      minimum: 0,
      maximum: 1e3,
      description: 'with gaussian: standard deviation of the noise',
      needs: { option: 'corruption', values: ['gaussian'] },
    }),
  },
  activate(options) {
    const masked = options.masked;
    const sigma = options.sigma;

    const corrupt = (images: Tensor, { tf, seed, step, draws }: StepContext): Tensor => {
      const count = images.shape.reduce((product, size) => product * size, 1);
      const at = { seed, stream: STREAMS.corruption, index: step };
      if (options.corruption === 'gaussian') {
        const noise = draws.normals(count, at).map((value) => value * sigma);
        return tf.tidy(() => tf.add(images, tf.tensor(noise, images.shape)));
      }
      const stays = draws.uniforms(count, at).map((value) => (value < masked ? 0 : 1));
      return tf.tidy(() => tf.mul(images, tf.tensor(stays, images.shape)));
    };
    return { code: 'mean', corrupt, penalise: withoutPenalty };
  },
});
