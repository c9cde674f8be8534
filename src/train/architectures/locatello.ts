import type { ListedArchitecture, Networks } from './architecture.js';
import { halvedSizes } from './image-sizes.js';

const HIDDEN = 256;
/** Of the layer between the decoder's first and its convolutions. */
const CHANNELS = 64;

export const locatello: ListedArchitecture = {
  name: 'locatello',
  summary: 'convolutions of 32, 32, 64, 64 channels and a layer of 256, as in disentanglement_lib',
  source: 'Locatello et al. 2019, "Challenging common assumptions", table 1 of the appendix',
  initialisation: 'glorot',
  learningRate: 1e-4,
  batchSize: 64,

  build(image, latents): Networks {
    const sizes = halvedSizes(image, 4);
    const [height, width] = sizes[4];
    const flat = height * width * CHANNELS;
    const encode = (kernel: number, inputs: number, outputs: number) =>
      ({ kind: 'convolution', kernel, stride: 2, inputs, outputs, activation: 'relu' }) as const;
    const decode = (level: number, inputs: number, outputs: number) =>
      ({
        kind: 'transposed-convolution',
        kernel: 4,
        stride: 2,
        inputs,
        outputs,
        height: sizes[level][0],
        width: sizes[level][1],
        activation: level === 0 ? 'linear' : 'relu',
      }) as const;
    return {
      encoder: [
        encode(4, image.channels, 32),
        encode(4, 32, 32),
        encode(2, 32, 64),
        encode(2, 64, 64),
        { kind: 'reshape', shape: [flat] },
        { kind: 'dense', inputs: flat, outputs: HIDDEN, activation: 'relu' },
        { kind: 'dense', inputs: HIDDEN, outputs: 2 * latents, activation: 'linear' },
      ],
      decoder: [
        { kind: 'dense', inputs: latents, outputs: HIDDEN, activation: 'relu' },
        { kind: 'dense', inputs: HIDDEN, outputs: flat, activation: 'relu' },
        { kind: 'reshape', shape: [height, width, CHANNELS] },
        decode(3, 64, 64),
        decode(2, 64, 32),
        decode(1, 32, 32),
        decode(0, 32, image.channels),
      ],
    };
  },
};
