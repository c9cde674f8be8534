import type { DenseSizes, ListedArchitecture, Networks } from './architecture.js';
import type { Layer } from './layers.js';

/** The published ones. */
export const MLP_SIZES: DenseSizes = { width: 1200, depth: 2 };

/** Dense layers of one width, one after the other. */
function hidden(inputs: number, { width, depth }: DenseSizes, activation: 'relu' | 'tanh'): Layer[] {
  return Array.from({ length: depth }, (_, i) => {
    return { kind: 'dense', inputs: i === 0 ? inputs : width, outputs: width, activation };
  });
}

export const mlp: ListedArchitecture = {
  name: 'mlp',
  summary: 'dense layers of 1200: two in the encoder, three with tanh in the decoder',
  source: 'Higgins et al. 2017, "beta-VAE", table 1 of the appendix (2D shapes)',
  initialisation: 'fan-in',
  learningRate: 5e-4,
  batchSize: 64,

  build({ height, width, channels }, latents, sizes = MLP_SIZES): Networks {
    const pixels = height * width * channels;
    const decoder = { ...sizes, depth: sizes.depth + 1 };
    return {
      encoder: [
        { kind: 'reshape', shape: [pixels] },
        ...hidden(pixels, sizes, 'relu'),
        { kind: 'dense', inputs: sizes.width, outputs: 2 * latents, activation: 'linear' },
      ],
      decoder: [
        ...hidden(latents, decoder, 'tanh'),
        { kind: 'dense', inputs: sizes.width, outputs: pixels, activation: 'linear' },
        { kind: 'reshape', shape: [height, width, channels] },
      ],
    };
  },
};
