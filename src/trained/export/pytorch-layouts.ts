/**
 * Weights in PyTorch's layouts: images are (C, H, W) there, and so are the rows that they are
 * flattened to.
 */
import type { FloatTensor } from '../../io/float-tensors.js';
import type { PlacedLayer } from './geometry.js';

/**
 * Dense (outputs, inputs), convolution (outputs, inputs, k, k), transposed convolution (inputs,
 * outputs, k, k).
 */
export function toPytorchWeights(weights: FloatTensor, { layer, flattened, unflattened }: PlacedLayer): FloatTensor {
  // Ours end in (inputs, outputs), but for transposed convolutions, which end in (outputs, inputs):
  // both are reversed, and go first.
  if (layer.kind !== 'dense') return transpose(weights, [3, 2, 0, 1]);
  const [inputs, outputs] = weights.shape;
  const [fromInput, fromOutput] = [channelsFirst(flattened, inputs), channelsFirst(unflattened, outputs)];
  const values = new Float32Array(weights.values.length);
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) values[o * inputs + i] = weights.values[fromInput[i] * outputs + fromOutput[o]];
  }
  return { shape: [outputs, inputs], values };
}

export function toPytorchBias(bias: FloatTensor, { unflattened }: PlacedLayer): FloatTensor {
  const from = channelsFirst(unflattened, bias.values.length);
  return { shape: bias.shape, values: bias.values.map((_, i) => bias.values[from[i]]) };
}

/**
 * For each place of a row flattened from (C, H, W), its place in that of (H, W, C); its own where
 * it is of no image.
 */
function channelsFirst(image: readonly number[] | null, length: number): Int32Array {
  const places = Int32Array.from({ length }, (_, i) => i);
  if (image === null) return places;
  const [height, width, channels] = image;
  return places.map((place) => {
    const [channel, pixel] = [Math.floor(place / (height * width)), place % (height * width)];
    return pixel * channels + channel;
  });
}

/** Axis a of the result is axis `order[a]` of the tensor. */
function transpose({ shape, values }: FloatTensor, order: readonly number[]): FloatTensor {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, side) => product * side, 1));
  const after = order.map((axis) => shape[axis]);
  const index = after.map(() => 0);
  const result = new Float32Array(values.length);
  for (let i = 0; i < result.length; i++) {
    result[i] = values[index.reduce((sum, at, axis) => sum + at * strides[order[axis]], 0)];
    for (let axis = after.length - 1; axis >= 0 && ++index[axis] === after[axis]; axis--) index[axis] = 0;
  }
  return { shape: after, values: result };
}
