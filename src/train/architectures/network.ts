/**
 * A network: layers one after the other, forwards and backwards. Each layer knows its own
 * gradients, so nothing is recorded but the output of every layer, and that is freed on the way
 * back. Letters: R rows.
 */
import type { Operations } from '../operations.js';
import type { Tensor, TensorLibrary } from '../tensors.js';
import { type Convolution, type Dense, type Layer, LEAKY_SLOPE, type TransposedConvolution } from './layers.js';

/** What a pass forwards leaves behind. */
export interface Pass {
  /** The last layer's output; freed with the pass. */
  readonly output: Tensor;
  /**
   * Gradients of a loss whose gradient with respect to the output is `dy`: of every parameter, in
   * their order, and of the input where `wantsInput`. Where parameters are not wanted their list is
   * empty. Frees the pass; dy stays the caller's.
   */
  backward(
    dy: Tensor,
    wantsInput: boolean,
    wantsParameters?: boolean,
  ): { readonly input: Tensor | null; readonly parameters: Tensor[] };
  /** Frees the outputs of the layers, where there is no way back. */
  dispose(): void;
}

/** A layer with what it was given and what it gave. */
interface Visit {
  readonly layer: Layer;
  readonly input: Tensor;
  readonly output: Tensor;
  readonly weights: Tensor | null;
}

/**
 * Runs x (R, ...) through the layers. `parameters` are those of `listParameters`, in its order; x
 * and they stay the caller's.
 */
export function forward(
  tf: TensorLibrary,
  operations: Operations,
  layers: readonly Layer[],
  parameters: readonly Tensor[],
  x: Tensor,
): Pass {
  const visits: Visit[] = [];
  let input = x;
  let next = 0;
  for (const layer of layers) {
    let weights: Tensor | null = null;
    let output: Tensor;
    if (layer.kind === 'reshape') {
      output = tf.reshape(input, [input.shape[0], ...layer.shape]);
    } else {
      weights = parameters[next];
      output = applyLayer(tf, operations, layer, input, weights, parameters[next + 1]);
      next += 2;
    }
    visits.push({ layer, input, output, weights });
    input = output;
  }
  const dispose = () => {
    for (const { output } of visits.splice(0)) output.dispose();
  };
  return {
    output: input,
    dispose,
    backward(dy, wantsInput, wantsParameters = true) {
      const gradients: Tensor[] = [];
      // Before the first layer that learns nobody wants a gradient but the caller.
      const first = wantsInput ? visits[0] : visits.find(({ weights }) => weights !== null);
      let gradient = dy;
      for (let visit: Visit | undefined; visit !== first; ) {
        visit = visits.pop() as Visit;
        const before = gradient;
        const result = goBack(tf, operations, visit, gradient, wantsInput || visit !== first, wantsParameters);
        if (before !== dy) before.dispose();
        visit.output.dispose();
        gradients.unshift(...result.parameters);
        gradient = result.input as Tensor;
      }
      dispose();
      return { input: wantsInput ? gradient : null, parameters: gradients };
    },
  };
}

/** The names of the activations that libraries fuse; tanh is none of them. */
const FUSED = { linear: 'linear', relu: 'relu', 'leaky-relu': 'leakyrelu', tanh: 'linear' } as const;

function applyLayer(
  tf: TensorLibrary,
  operations: Operations,
  layer: Dense | Convolution | TransposedConvolution,
  x: Tensor,
  weights: Tensor,
  bias: Tensor,
): Tensor {
  const fused = { activation: FUSED[layer.activation], leakyreluAlpha: LEAKY_SLOPE };
  return tf.tidy(() => {
    if (layer.kind === 'transposed-convolution') {
      return operations.addBias(spread(tf, layer, x, weights), bias, layer.activation);
    }
    const y =
      layer.kind === 'dense'
        ? tf.fused.matMul({ a: x, b: weights, bias, ...fused })
        : tf.fused.conv2d({ x, filter: weights, strides: layer.stride, pad: 'same', bias, ...fused });
    return layer.activation === 'tanh' ? tf.tanh(y) : y;
  });
}

/** Gradients of one layer. The output's gradient stays the caller's. */
function goBack(
  tf: TensorLibrary,
  operations: Operations,
  { layer, input, output, weights }: Visit,
  dy: Tensor,
  wantsInput: boolean,
  wantsParameters: boolean,
): { input: Tensor | null; parameters: Tensor[] } {
  if (layer.kind === 'reshape') return { input: wantsInput ? tf.reshape(dy, input.shape) : null, parameters: [] };
  return tf.tidy(() => {
    const { activation } = layer;
    const da = activation === 'linear' ? dy : operations.activationGradient(output, dy, activation);
    const before = wantsInput ? inputGradientOf(tf, layer, input, weights as Tensor, da) : null;
    if (!wantsParameters) return { input: before, parameters: [] };
    const ofWeights = weightsGradientOf(tf, layer, input, weights as Tensor, da);
    return { input: before, parameters: [ofWeights, operations.biasGradient(da)] };
  });
}

function weightsGradientOf(
  tf: TensorLibrary,
  layer: Dense | Convolution | TransposedConvolution,
  x: Tensor,
  weights: Tensor,
  dy: Tensor,
): Tensor {
  switch (layer.kind) {
    case 'dense':
      return tf.matMul(x, dy, true, false);
    case 'convolution':
      return filterGradient(tf, layer, x, dy, weights);
    case 'transposed-convolution':
      // The convolution the other way round: its input is our output.
      return filterGradient(tf, layer, dy, x, weights);
  }
}

function inputGradientOf(
  tf: TensorLibrary,
  layer: Dense | Convolution | TransposedConvolution,
  x: Tensor,
  weights: Tensor,
  dy: Tensor,
): Tensor {
  switch (layer.kind) {
    case 'dense':
      return tf.matMul(dy, weights, false, true);
    case 'convolution':
      return inputGradient(tf, layer, dy, weights, x.shape);
    case 'transposed-convolution':
      return tf.fused.conv2d({ x: dy, filter: weights, strides: layer.stride, pad: 'same' });
  }
}

/**
 * The transposed convolution: the gradient of a convolution with respect to its input, by its
 * definition.
 */
function spread(tf: TensorLibrary, layer: TransposedConvolution, x: Tensor, weights: Tensor): Tensor {
  return inputGradient(tf, layer, x, weights, [x.shape[0], layer.height, layer.width, layer.outputs]);
}

function filterGradient(
  tf: TensorLibrary,
  { stride }: { readonly stride: number },
  x: Tensor,
  dy: Tensor,
  filter: Tensor,
): Tensor {
  const attributes = { strides: stride, pad: 'same', dataFormat: 'NHWC', filterShape: filter.shape };
  return tf.engine().runKernel('Conv2DBackpropFilter', { x, dy }, attributes) as Tensor;
}

function inputGradient(
  tf: TensorLibrary,
  { stride }: { readonly stride: number },
  dy: Tensor,
  filter: Tensor,
  inputShape: number[],
): Tensor {
  const attributes = { strides: stride, pad: 'same', dataFormat: 'NHWC', inputShape };
  return tf.engine().runKernel('Conv2DBackpropInput', { dy, filter }, attributes) as Tensor;
}
