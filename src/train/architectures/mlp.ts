import type { ListedArchitecture, Networks } from './architecture.js';

const HIDDEN = 1200;

export const mlp: ListedArchitecture = {
  name: 'mlp',
  summary: 'dense layers of 1200: two in the encoder, three with tanh in the decoder',
  source: 'Higgins et al. 2017, "beta-VAE", table 1 of the appendix (2D shapes)',
  initialisation: 'fan-in',
  learningRate: 5e-4,
  batchSize: 64,

  build({ height, width, channels }, latents): Networks {
    const pixels = height * width * channels;
    return {
      encoder: [
        { kind: 'reshape', shape: [pixels] },
        { kind: 'dense', inputs: pixels, outputs: HIDDEN, activation: 'relu' },
        { kind: 'dense', inputs: HIDDEN, outputs: HIDDEN, activation: 'relu' },
        { kind: 'dense', inputs: HIDDEN, outputs: 2 * latents, activation: 'linear' },
      ],
      decoder: [
        { kind: 'dense', inputs: latents, outputs: HIDDEN, activation: 'tanh' },
        { kind: 'dense', inputs: HIDDEN, outputs: HIDDEN, activation: 'tanh' },
        { kind: 'dense', inputs: HIDDEN, outputs: HIDDEN, activation: 'tanh' },
        { kind: 'dense', inputs: HIDDEN, outputs: pixels, activation: 'linear' },
        { kind: 'reshape', shape: [height, width, channels] },
      ],
    };
  },
};
