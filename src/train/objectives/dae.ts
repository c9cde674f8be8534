import { STREAMS } from '../../random.js';
import type { Tensor } from '../tensors.js';
import { withoutPenalty } from './ae.js';
import type { ListedObjective, StepContext } from './objective.js';

/** Reconstruction of the clean image from a corrupted one; the decoder is given mu. */
export const dae: ListedObjective = {
  name: 'dae',
  title: 'Denoising autoencoder',
  summary: 'reconstruction of clean images from corrupted ones',
  source: 'Vincent et al. 2010, Stacked Denoising Autoencoders, section 3',
  options: {
    corruption: {
      default: 'masking',
      describe: 'set values of the image to 0, or add Gaussian noise to them',
      values: ['masking', 'gaussian'],
    },
    masked: {
      default: 0.25,
      describe: 'with masking: probability that a value becomes 0',
      range: [0, 1],
      needs: { option: 'corruption', value: 'masking' },
    },
    sigma: {
      default: 0.1,
      describe: 'with gaussian: standard deviation of the noise',
      range: [0, 1e3],
      needs: { option: 'corruption', value: 'gaussian' },
    },
  },
  activate(options) {
    const masked = options.masked as number;
    const sigma = options.sigma as number;

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
};
