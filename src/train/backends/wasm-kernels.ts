/**
 * Kernels of training.wasm as kernels of tfjs' WebAssembly backend, on its own memory: the gradient
 * of a filter, which it lacks; the gradient of a convolution's input and products of matrices,
 * which it has many times slower where they are transposed; convolutions, which it computes wrong
 * for filters that are not square and for those smaller than the stride.
 *
 * They serve the bundled tfjs and a user's own alike. Its memory may grow at any time: kernels get
 * offsets, which stay, and no view of the memory is kept.
 */

import {
  type Activation,
  type AdamStep,
  type ConvolutionShape,
  type Epilogue,
  loadTraining,
  type Training,
} from '../../../bindings/training.js';
import type { Build } from '../../../bindings/training-build.js';
import { BackendError } from './backend.js';

/** A tensor as kernels see it. */
interface TensorInfo {
  readonly dataId: object;
  readonly shape: number[];
  readonly dtype: string;
}

interface KernelArguments {
  readonly inputs: { readonly [name: string]: TensorInfo };
  readonly attrs: { readonly [name: string]: unknown };
  readonly backend: WasmBackend;
}

type KernelFunction = (given: KernelArguments) => TensorInfo | TensorInfo[];

interface KernelConfig {
  readonly kernelName: string;
  readonly backendName: string;
  readonly kernelFunc: KernelFunction;
}

/** What is used of tfjs' WebAssembly backend. */
interface WasmBackend {
  readonly wasm?: {
    readonly asm?: { readonly memory?: WebAssembly.Memory };
    _malloc?(bytes: number): number;
    _free?(address: number): void;
  };
  readonly dataIdMap: { get(dataId: object): { readonly memoryOffset: number } };
  makeOutput(shape: readonly number[], dtype: string): TensorInfo;
  disposeData(dataId: object): boolean;
}

/** tfjs' numbers of a convolution. */
interface ConvolutionInfo {
  readonly batchSize: number;
  readonly inHeight: number;
  readonly inWidth: number;
  readonly inChannels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly outChannels: number;
  readonly filterHeight: number;
  readonly filterWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly padInfo: { readonly top: number; readonly left: number };
}

/** What a tfjs must offer, bundled or not, for kernels to be added to it. */
export interface KernelRegistry {
  backend(): unknown;
  readonly backend_util: { computeConv2DInfo(...shape: unknown[]): ConvolutionInfo };
  getKernel(name: string, backend: string): unknown;
  registerKernel(config: unknown): void;
  unregisterKernel(name: string, backend: string): void;
}

/** The kernels linked to the memory of a backend. */
const linked = new WeakMap<object, Training>();
const ours = new WeakSet<KernelFunction>();

/**
 * Links training.wasm to the backend's memory and registers its kernels; to do so again changes
 * nothing.
 * @returns the build that the host runs
 * @throws BackendError where this tfjs does not let others at its memory
 */
export async function addWasmKernels(tf: KernelRegistry): Promise<Build> {
  if (typeof tf.registerKernel !== 'function' || typeof tf.backend_util?.computeConv2DInfo !== 'function') {
    throw new BackendError(
      'wasm',
      'this tf has no registerKernel, and its own kernels cannot train',
      "give all of tfjs: import * as tf from '@tensorflow/tfjs'",
    );
  }
  const backend = tf.backend() as WasmBackend;
  let training = linked.get(backend);
  if (training === undefined) {
    training = await loadTraining(memoryOf(backend));
    linked.set(backend, training);
  }
  replace(tf, 'Conv2D', (given) => convolve(tf, given, {}));
  replace(tf, 'FusedConv2D', (given) => convolveFused(tf, given));
  replace(tf, 'Conv2DBackpropFilter', (given) => filterGradient(tf, given));
  replace(tf, 'Conv2DBackpropInput', (given) => inputGradient(tf, given));
  replace(tf, 'BatchMatMul', multiplyPlain);
  replace(tf, '_FusedMatMul', (given) => completed(tf, given, () => multiplyPlain(given)));
  for (const [name, compute] of Object.entries(OWN_KERNELS)) replace(tf, name, compute);
  return training.build;
}

/**
 * Kernels that tfjs has no names for; wasm-operations.ts calls them. Those with nothing to return
 * give an empty tensor.
 */
const OWN_KERNELS: Readonly<Record<string, KernelFunction>> = {
  'vaemetrics:ActivationGradient': ({ inputs: { y, dy }, attrs, backend }) => {
    const out = backend.makeOutput(y.shape, 'float32');
    const at = addressesIn(backend);
    const { activation, alpha } = attrs as { activation: Activation; alpha: number };
    linked.get(backend)!.activationGradient(at(out), at(dy), at(y), sizeOf(y.shape), activation, alpha);
    return out;
  },

  /** In place. */
  'vaemetrics:AddBias': ({ inputs: { y, bias }, attrs, backend }) => {
    const at = addressesIn(backend);
    const { activation, alpha } = attrs as { activation?: Exclude<Activation, 'tanh'>; alpha: number };
    const columns = sizeOf(bias.shape);
    linked.get(backend)!.addBias(at(y), at(bias), sizeOf(y.shape) / columns, columns, activation, alpha);
    return backend.makeOutput([0], 'float32');
  },

  'vaemetrics:BiasGradient': ({ inputs: { dy }, backend }) => {
    const columns = dy.shape[dy.shape.length - 1];
    const out = backend.makeOutput([columns], 'float32');
    const at = addressesIn(backend);
    linked.get(backend)!.biasGradient(at(out), at(dy), sizeOf(dy.shape) / columns, columns);
    return out;
  },

  /** In place. */
  'vaemetrics:Accumulate': ({ inputs: { sum, x }, backend }) => {
    const at = addressesIn(backend);
    linked.get(backend)!.accumulate(at(sum), at(x), sizeOf(sum.shape));
    return backend.makeOutput([0], 'float32');
  },

  /** The sums of the rows, and the gradient. */
  'vaemetrics:Bernoulli': ({ inputs: { logits, x }, attrs, backend }) => {
    const [rows] = logits.shape;
    const out = backend.makeOutput([rows], 'float32');
    const gradient = backend.makeOutput(logits.shape, 'float32');
    const at = addressesIn(backend);
    const pixels = sizeOf(logits.shape) / rows;
    linked.get(backend)!.bernoulli(at(out), at(gradient), at(logits), at(x), rows, pixels, attrs.scale as number);
    return [out, gradient];
  },

  /** Without the array in between that `dataSync` makes. */
  'vaemetrics:CopyOut': ({ inputs: { x }, attrs, backend }) => {
    const { buffer } = memoryOf(backend);
    (attrs.into as Float32Array).set(new Float32Array(buffer, addressesIn(backend)(x), sizeOf(x.shape)));
    return backend.makeOutput([0], 'float32');
  },

  /** In place. */
  'vaemetrics:Adam': ({ inputs: { p, m, v, gradient }, attrs, backend }) => {
    const at = addressesIn(backend);
    linked.get(backend)!.adam(at(p), at(m), at(v), at(gradient), sizeOf(p.shape), attrs.step as AdamStep);
    return backend.makeOutput([0], 'float32');
  },
};

function memoryOf({ wasm }: WasmBackend): WebAssembly.Memory {
  const memory = wasm?.asm?.memory;
  if (!(memory instanceof WebAssembly.Memory) || !wasm?._malloc || !wasm._free) {
    throw new BackendError(
      'wasm',
      'this tfjs hides the memory of its WebAssembly backend, so that the kernels that train cannot reach it',
      'use @tensorflow/tfjs-backend-wasm 4.22.0, or the bundled one',
    );
  }
  if (typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer) {
    throw new BackendError(
      'wasm',
      'this tfjs runs its threaded WebAssembly, whose shared memory the kernels that train cannot use',
      "tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false) before its wasm backend is set",
    );
  }
  return memory;
}

/**
 * Puts a kernel before the one of the same name; it answers null where that one is to do the work.
 */
function replace(
  tf: KernelRegistry,
  name: string,
  compute: (given: KernelArguments) => ReturnType<KernelFunction> | null,
): void {
  const before = tf.getKernel(name, 'wasm') as KernelConfig | undefined;
  if (before !== undefined && ours.has(before.kernelFunc)) return;
  const kernelFunc: KernelFunction = (given) => {
    const result = linked.has(given.backend) ? compute(given) : null;
    if (result !== null) return result;
    if (before === undefined) throw new Error(`${name}: expected float32 tensors with channels last (NHWC)`);
    return before.kernelFunc(given);
  };
  ours.add(kernelFunc);
  if (before !== undefined) tf.unregisterKernel(name, 'wasm');
  // What the one before has prepared stays in use for what is left to it.
  tf.registerKernel({ ...before, kernelName: name, backendName: 'wasm', kernelFunc });
}

/** Whether tfjs' attributes ask for neighbouring pixels. */
function isDense(dilations: unknown): boolean {
  return dilations === undefined || [dilations].flat().every((dilation) => dilation === 1);
}

function convolve(
  tf: KernelRegistry,
  { inputs, attrs, backend }: KernelArguments,
  epilogue: Epilogue,
): TensorInfo | null {
  const { x, filter } = inputs;
  if (!isPlain([x, filter], attrs.dataFormat) || !isDense(attrs.dilations)) return null;
  const info = tf.backend_util.computeConv2DInfo(
    x.shape,
    filter.shape,
    attrs.strides,
    1,
    attrs.pad,
    attrs.dimRoundingMode,
  );
  const shape = shapeOf(info);
  const training = linked.get(backend)!;
  const out = backend.makeOutput([info.batchSize, info.outHeight, info.outWidth, info.outChannels], 'float32');
  const at = addressesIn(backend);
  withScratch(backend, training.convolutionScratchBytes(shape), (scratch) =>
    training.convolution(at(out), at(x), at(filter), info.batchSize, shape, scratch, epilogue),
  );
  return out;
}

/** Activations of fused kernels that our convolution takes with it. */
const OWN_ACTIVATIONS: ReadonlyMap<unknown, Pick<Epilogue, 'activation'>> = new Map([
  ['linear', {}],
  ['relu', { activation: 'relu' as const }],
  ['leakyrelu', { activation: 'leakyRelu' as const }],
]);

/**
 * A convolution with a bias and an activation: at once where our kernel has them, else by kernels
 * of tfjs behind it.
 */
function convolveFused(tf: KernelRegistry, given: KernelArguments): TensorInfo | null {
  const { bias, filter } = given.inputs;
  const activation = OWN_ACTIVATIONS.get(given.attrs.activation);
  const isOurBias = !bias || (bias.dtype === 'float32' && sizeOf(bias.shape) === filter.shape[3]);
  if (isOurBias && activation !== undefined) {
    const address = bias ? { bias: addressesIn(given.backend)(bias) } : {};
    return convolve(tf, given, { ...address, ...activation, alpha: (given.attrs.leakyreluAlpha as number) ?? 0 });
  }
  return completed(tf, given, () => convolve(tf, given, {}));
}

function filterGradient(tf: KernelRegistry, { inputs, attrs, backend }: KernelArguments): TensorInfo | null {
  const { x, dy } = inputs;
  if (!isPlain([x, dy], attrs.dataFormat)) return null;
  const filterShape = attrs.filterShape as number[];
  const info = tf.backend_util.computeConv2DInfo(
    x.shape,
    filterShape,
    attrs.strides,
    1,
    attrs.pad,
    attrs.dimRoundingMode,
  );
  const shape = shapeOf(info);
  const training = linked.get(backend)!;
  const out = backend.makeOutput(filterShape, 'float32');
  const at = addressesIn(backend);
  withScratch(backend, training.filterGradientScratchBytes(shape), (scratch) =>
    training.filterGradient(at(out), at(x), at(dy), info.batchSize, shape, scratch),
  );
  return out;
}

function inputGradient(tf: KernelRegistry, { inputs, attrs, backend }: KernelArguments): TensorInfo | null {
  const { dy, filter } = inputs;
  if (!isPlain([dy, filter], attrs.dataFormat)) return null;
  const inputShape = attrs.inputShape as number[];
  const info = tf.backend_util.computeConv2DInfo(
    inputShape,
    filter.shape,
    attrs.strides,
    1,
    attrs.pad,
    attrs.dimRoundingMode,
  );
  const shape = shapeOf(info);
  const training = linked.get(backend)!;
  const out = backend.makeOutput(inputShape, 'float32');
  const at = addressesIn(backend);
  withScratch(backend, training.inputGradientScratchBytes(shape), (scratch) =>
    training.inputGradient(at(out), at(dy), at(filter), info.batchSize, shape, scratch),
  );
  return out;
}

/**
 * Products, transposed or not. tfjs' own of an untransposed side keeps a packed copy of it by the
 * number of its tensor, and would go on with that when Adam has changed the tensor in place.
 */
function multiplyPlain({ inputs, attrs, backend }: KernelArguments): TensorInfo | null {
  const { a, b } = inputs;
  if (!isPlain([a, b])) return null;
  return multiply(backend, a, b, attrs.transposeA === true, attrs.transposeB === true);
}

/** Activations of fused kernels, by the kernels that compute them alone. */
const ACTIVATIONS: Readonly<Record<string, string | null>> = {
  linear: null,
  relu: 'Relu',
  relu6: 'Relu6',
  elu: 'Elu',
  sigmoid: 'Sigmoid',
  leakyrelu: 'LeakyRelu',
  prelu: 'Prelu',
};

/**
 * What `compute` makes, with the bias and the activation that a fused kernel is given, by kernels
 * of tfjs.
 */
function completed(
  tf: KernelRegistry,
  { inputs, attrs, backend }: KernelArguments,
  compute: () => TensorInfo | null,
): TensorInfo | null {
  const activation = ACTIVATIONS[String(attrs.activation ?? 'linear')];
  if (activation === undefined) return null;
  let result = compute();
  if (result === null) return null;
  const follow = (name: string, more: KernelArguments['inputs'], options: KernelArguments['attrs'] = {}) => {
    const { kernelFunc } = tf.getKernel(name, 'wasm') as KernelConfig;
    const next = kernelFunc({ inputs: more, attrs: options, backend }) as TensorInfo;
    backend.disposeData(result!.dataId);
    result = next;
  };
  if (inputs.bias) follow('Add', { a: result, b: inputs.bias });
  if (activation === 'Prelu') follow(activation, { x: result, alpha: inputs.preluActivationWeights });
  else if (activation !== null) follow(activation, { x: result }, { alpha: attrs.leakyreluAlpha });
  return result;
}

/**
 * Product of the last two axes; the others are batches, where those of one side may be missing
 * or 1.
 */
function multiply(
  backend: WasmBackend,
  a: TensorInfo,
  b: TensorInfo,
  transposeA: boolean,
  transposeB: boolean,
): TensorInfo {
  const [rowsA, columnsA] = a.shape.slice(-2);
  const [rowsB, columnsB] = b.shape.slice(-2);
  const [rows, inner] = transposeA ? [columnsA, rowsA] : [rowsA, columnsA];
  const [innerB, columns] = transposeB ? [columnsB, rowsB] : [rowsB, columnsB];
  if (inner !== innerB) {
    throw new Error(
      `matMul: expected inner sizes to be equal, got ${inner} and ${innerB} of (${a.shape}) and (${b.shape})`,
    );
  }
  const batches = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const training = linked.get(backend)!;
  const out = backend.makeOutput([...batches, rows, columns], 'float32');
  const at = addressesIn(backend);
  const shape = { rows, columns, inner, transposeA, transposeB };
  const [inA, inB] = [a, b].map((side) => matrixIn(side.shape.slice(0, -2), batches));
  withScratch(backend, training.multiplyScratchBytes(), (scratch) => {
    for (let batch = 0; batch < sizeOf(batches); batch++) {
      const to = at(out) + 4 * batch * rows * columns;
      training.multiply(
        to,
        at(a) + 4 * inA(batch) * rows * inner,
        at(b) + 4 * inB(batch) * inner * columns,
        shape,
        scratch,
      );
    }
  });
  return out;
}

/** The batch axes of a product, aligned at their ends. */
function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = [a, b].map((shape) => shape[axis - rank + shape.length] ?? 1);
    if (sizes[0] !== sizes[1] && !sizes.includes(1)) {
      throw new Error(`matMul: expected batches that can be broadcast, got (${a}) and (${b})`);
    }
    return sizes[0] === 1 ? sizes[1] : sizes[0];
  });
}

/** Which matrix of a side, whose batch axes are `own`, is used for a batch of the product. */
function matrixIn(own: readonly number[], batches: readonly number[]): (batch: number) => number {
  return (batch) => {
    let [index, stride, rest] = [0, 1, batch];
    for (let axis = 1; axis <= batches.length; axis++) {
      const size = batches[batches.length - axis];
      const ownSize = own[own.length - axis] ?? 1;
      if (ownSize !== 1) index += (rest % size) * stride;
      stride *= ownSize;
      rest = Math.floor(rest / size);
    }
    return index;
  };
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function isPlain(tensors: readonly TensorInfo[], dataFormat: unknown = 'NHWC'): boolean {
  return dataFormat === 'NHWC' && tensors.every(({ dtype }) => dtype === 'float32');
}

function shapeOf({ padInfo, ...info }: ConvolutionInfo): ConvolutionShape {
  return {
    height: info.inHeight,
    width: info.inWidth,
    channels: info.inChannels,
    outHeight: info.outHeight,
    outWidth: info.outWidth,
    filters: info.outChannels,
    kernelHeight: info.filterHeight,
    kernelWidth: info.filterWidth,
    strideHeight: info.strideHeight,
    strideWidth: info.strideWidth,
    padTop: padInfo.top,
    padLeft: padInfo.left,
  };
}

function addressesIn(backend: WasmBackend): (tensor: TensorInfo) => number {
  return ({ dataId }) => backend.dataIdMap.get(dataId).memoryOffset;
}

/** Lends memory of the backend for one call. */
function withScratch({ wasm }: WasmBackend, bytes: number, work: (scratch: number) => void): void {
  // Addresses above 2 GiB come back as negative numbers.
  const scratch = bytes === 0 ? 0 : wasm!._malloc!(bytes) >>> 0;
  if (bytes > 0 && scratch === 0)
    throw new Error(`expected ${bytes} bytes of scratch, but WebAssembly's memory is full`);
  try {
    work(scratch);
  } finally {
    if (bytes > 0) wasm!._free!(scratch);
  }
}
