/** Layers as data: what a network is made of, and the parameters that it needs. */

export const ACTIVATIONS = ['linear', 'relu', 'leaky-relu', 'tanh'] as const;

export type Activation = (typeof ACTIVATIONS)[number];

/** The slope of leaky-relu below 0. */
export const LEAKY_SLOPE = 0.2;

/** x (R, inputs) times weights (inputs, outputs), plus a bias. */
export interface Dense {
  readonly kind: 'dense';
  readonly inputs: number;
  readonly outputs: number;
  readonly activation: Activation;
}

/**
 * A convolution of kernel size x kernel size that keeps the image's size but for the stride: ceil(H
 * / stride).
 */
export interface Convolution {
  readonly kind: 'convolution';
  readonly kernel: number;
  readonly stride: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly activation: Activation;
}

/**
 * The convolution the other way round: to an image of `height` x `width` from one of ceil(height /
 * stride) x ceil(width / stride).
 */
export interface TransposedConvolution extends Omit<Convolution, 'kind'> {
  readonly kind: 'transposed-convolution';
  readonly height: number;
  readonly width: number;
}

/** Gives every row another shape. */
export interface Reshape {
  readonly kind: 'reshape';
  readonly shape: readonly number[];
}

export type Layer = Dense | Convolution | TransposedConvolution | Reshape;

/** A tensor that is learnt. */
export interface ParameterShape {
  readonly name: string;
  readonly shape: readonly number[];
  /** How many numbers go into one output, and out of one input, as the initialisers count them. */
  readonly fanIn: number;
  readonly fanOut: number;
  readonly role: 'weights' | 'bias';
}

/**
 * The parameters of a network in order: of each layer the weights, then the bias. Layouts: dense
 * (inputs, outputs), convolution (kernel, kernel, inputs, outputs), transposed convolution (kernel,
 * kernel, outputs, inputs).
 */
export function listParameters(network: string, layers: readonly Layer[]): ParameterShape[] {
  return layers.flatMap((layer, index) => {
    if (layer.kind === 'reshape') return [];
    const { inputs, outputs } = layer;
    const name = `${network}.${index}`;
    const area = layer.kind === 'dense' ? 1 : layer.kernel ** 2;
    // PyTorch's count for a transposed convolution: the side of the outputs.
    const [fanIn, fanOut] =
      layer.kind === 'transposed-convolution' ? [outputs * area, inputs * area] : [inputs * area, outputs * area];
    return [
      { name: `${name}.weights`, shape: shapeOfWeights(layer), fanIn, fanOut, role: 'weights' as const },
      { name: `${name}.bias`, shape: [outputs], fanIn, fanOut, role: 'bias' as const },
    ];
  });
}

function shapeOfWeights(layer: Exclude<Layer, Reshape>): number[] {
  if (layer.kind === 'dense') return [layer.inputs, layer.outputs];
  const { kernel, inputs, outputs } = layer;
  return layer.kind === 'convolution' ? [kernel, kernel, inputs, outputs] : [kernel, kernel, outputs, inputs];
}
