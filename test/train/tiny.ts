/**
 * A small architecture with a layer of every kind, for images of even sides: its steps are over
 * soon. For tests that are not of the size of a network.
 */
import type { Architecture } from '../../src/train.js';

const CHANNELS = 4;
const UNITS = 16;
const CONVOLUTION = { kernel: 4, stride: 2 } as const;

export const tiny: Architecture = {
  name: 'tiny',
  initialisation: 'glorot',
  learningRate: 5e-4,
  batchSize: 24,
  build({ height, width, channels }, latents) {
    const [h, w] = [height / 2, width / 2];
    const flat = h * w * CHANNELS;
    return {
      encoder: [
        { kind: 'convolution', ...CONVOLUTION, inputs: channels, outputs: CHANNELS, activation: 'relu' },
        { kind: 'reshape', shape: [flat] },
        { kind: 'dense', inputs: flat, outputs: UNITS, activation: 'relu' },
        { kind: 'dense', inputs: UNITS, outputs: 2 * latents, activation: 'linear' },
      ],
      decoder: [
        { kind: 'dense', inputs: latents, outputs: UNITS, activation: 'relu' },
        { kind: 'dense', inputs: UNITS, outputs: flat, activation: 'relu' },
        { kind: 'reshape', shape: [h, w, CHANNELS] },
        {
          kind: 'transposed-convolution',
          ...CONVOLUTION,
          inputs: CHANNELS,
          outputs: channels,
          height,
          width,
          activation: 'linear',
        },
      ],
    };
  },
};
