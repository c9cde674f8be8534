/**
 * How other libraries are to lay out what our layers do: shapes between layers, and what is cut off
 * or added at the edges.
 */
import type { Layer } from '../../train/architectures/layers.js';

/**
 * Zeros around an image before a convolution, or what is cut off around one after a transposed
 * convolution.
 */
export interface Edges {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** A layer between the shapes of a row before and after it: (H, W, C), or (units). */
export interface PlacedLayer {
  readonly layer: Layer;
  /** Its number in the network, as in the names of its parameters. */
  readonly index: number;
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** (H, W, C) where the layer before it made this input flat; null elsewhere. */
  readonly flattened: readonly number[] | null;
  /** (H, W, C) where the layer after it makes images of its output; null elsewhere. */
  readonly unflattened: readonly number[] | null;
}

/** Places the layers of a network, of which a row begins with the shape `input`. */
export function placeLayers(layers: readonly Layer[], input: readonly number[]): PlacedLayer[] {
  const shapes: Array<readonly number[]> = [input];
  for (const layer of layers) shapes.push(shapeAfter(layer, shapes[shapes.length - 1]));
  const isReshape = (index: number) => layers[index]?.kind === 'reshape';
  return layers.map((layer, index) => ({
    layer,
    index,
    before: shapes[index],
    after: shapes[index + 1],
    flattened: isReshape(index - 1) && shapes[index].length === 1 ? shapes[index - 1] : null,
    unflattened: isReshape(index + 1) && shapes[index + 1].length === 1 ? shapes[index + 2] : null,
  }));
}

function shapeAfter(layer: Layer, before: readonly number[]): readonly number[] {
  switch (layer.kind) {
    case 'reshape':
      return layer.shape;
    case 'dense':
      return [layer.outputs];
    case 'convolution':
      return [Math.ceil(before[0] / layer.stride), Math.ceil(before[1] / layer.stride), layer.outputs];
    case 'transposed-convolution':
      return [layer.height, layer.width, layer.outputs];
  }
}

/**
 * The zeros around an image of `size` that a convolution sees, ('same', as TensorFlow has it: the
 * odd one below and to the right). For a transposed convolution to an image of this size they are
 * what is cut off.
 */
export function edgesOf({ kernel, stride }: { kernel: number; stride: number }, size: readonly number[]): Edges {
  const [vertical, horizontal] = size
    .slice(0, 2)
    .map((side) => Math.max(0, (Math.ceil(side / stride) - 1) * stride + kernel - side));
  const [top, left] = [Math.floor(vertical / 2), Math.floor(horizontal / 2)];
  return { top, bottom: vertical - top, left, right: horizontal - left };
}
