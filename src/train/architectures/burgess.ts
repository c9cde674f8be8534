import type { ImageShape } from '../../data/dataset.js';
import type { ListedArchitecture, Networks } from './architecture.js';
import { halvedSizes } from './image-sizes.js';
import type { Layer } from './layers.js';

const CHANNELS = 32;
const HIDDEN = 256;
const KERNEL = 4;

/**
 * Convolutions that halve an image until it is 4 x 4 or smaller: four for 64 x 64, as published.
 */
function depthOf({ height, width }: ImageShape): number {
  let depth = 0;
  for (let side = Math.max(height, width); side > 4 || depth === 0; side = Math.ceil(side / 2)) depth++;
  return depth;
}

/**
 * The decoder is the encoder the other way round, as published: latents to 256 to 256 to the 512
 * values of the last convolution. (Some later descriptions leave one of the two layers of 256 out
 * of it.)
 */
export const burgess: ListedArchitecture = {
  name: 'burgess',
  summary: 'convolutions of 32 channels that halve the image down to 4 x 4, two layers of 256',
  source:
    'Burgess et al. 2018, "Understanding disentangling in beta-VAE", appendix; images of other sizes by more or fewer convolutions',
  // The authors name none. PyTorch's is so small that a seed was seen to stay at the prior of beta
  // 4 for 1,500 steps at twice the rate; with this one none of three stayed for 300.
  initialisation: 'glorot',
  learningRate: 5e-4,
  batchSize: 64,

  build(image, latents): Networks {
    const depth = depthOf(image);
    const sizes = halvedSizes(image, depth);
    const [height, width] = sizes[depth];
    const flat = height * width * CHANNELS;
    const convolution = { kernel: KERNEL, stride: 2, activation: 'relu' } as const;
    const encoder: Layer[] = [];
    const decoder: Layer[] = [];
    for (let i = 0; i < depth; i++) {
      const inputs = i === 0 ? image.channels : CHANNELS;
      encoder.push({ kind: 'convolution', ...convolution, inputs, outputs: CHANNELS });
    }
    for (let i = depth - 1; i >= 0; i--) {
      const [h, w] = sizes[i];
      decoder.push({
        kind: 'transposed-convolution',
        ...convolution,
        inputs: CHANNELS,
        outputs: i === 0 ? image.channels : CHANNELS,
        height: h,
        width: w,
        activation: i === 0 ? 'linear' : 'relu',
      });
    }
    return {
      encoder: [
        ...encoder,
        { kind: 'reshape', shape: [flat] },
        { kind: 'dense', inputs: flat, outputs: HIDDEN, activation: 'relu' },
        { kind: 'dense', inputs: HIDDEN, outputs: HIDDEN, activation: 'relu' },
        { kind: 'dense', inputs: HIDDEN, outputs: 2 * latents, activation: 'linear' },
      ],
      decoder: [
        { kind: 'dense', inputs: latents, outputs: HIDDEN, activation: 'relu' },
        { kind: 'dense', inputs: HIDDEN, outputs: HIDDEN, activation: 'relu' },
        { kind: 'dense', inputs: HIDDEN, outputs: flat, activation: 'relu' },
        { kind: 'reshape', shape: [height, width, CHANNELS] },
        ...decoder,
      ],
    };
  },
};
