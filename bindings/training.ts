/**
 * training.wasm on the memory of somebody else (tfjs' WebAssembly backend): gradients of
 * convolutions, matrix products, Adam and likelihoods. Addresses are byte offsets into that memory,
 * tensors float32 and row-major. Nothing is checked: callers have. Nothing is allocated: where a
 * kernel needs scratch, it says how much, and its contents before and after mean nothing.
 *
 * Equal inputs give equal bits within a build, whatever the addresses.
 */
import { checkSources } from './check-sources.js';
import { type Build, chooseBuild } from './training-build.js';
import { readTrainingWasm } from './wasm-source.js';

/**
 * A convolution of images (height, width, channels) to (outHeight, outWidth, filters) by a filter
 * (kernelHeight, kernelWidth, channels, filters), dilation 1: output (y, x) sees the window of the
 * image that begins at (y strideHeight - padTop, x strideWidth - padLeft).
 */
export interface ConvolutionShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly filters: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly padTop: number;
  readonly padLeft: number;
}

/** Sizes of c (rows, columns) = op(a) (rows, inner) op(b) (inner, columns). */
export interface ProductShape {
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
  /** Whether a is stored as (inner, rows). */
  readonly transposeA?: boolean;
  /** Whether b is stored as (columns, inner). */
  readonly transposeB?: boolean;
}

/**
 * Scalars of one step of Adam; the corrections are 1 - beta1^step and 1 - beta2^step, the first
 * step being 1.
 */
export interface AdamStep {
  readonly rate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly correction1: number;
  readonly correction2: number;
}

/**
 * What may follow a convolution at no cost: a bias of its output channels, at this address, and an
 * activation.
 */
export interface Epilogue {
  readonly bias?: number;
  readonly activation?: 'relu' | 'leakyRelu';
  /** Slope of leakyRelu below 0, above 0 itself. */
  readonly alpha?: number;
}

export type Activation = 'relu' | 'leakyRelu' | 'tanh';

const ACTIVATIONS: Readonly<Record<Activation, number>> = { relu: 1, leakyRelu: 2, tanh: 3 };

/** The exports of training.wasm as JavaScript sees them. */
interface TrainingExports {
  isRelaxed(): number;
  convolutionScratchBytes(...counts: number[]): number;
  filterGradientScratchBytes(...counts: number[]): number;
  inputGradientScratchBytes(...counts: number[]): number;
  multiplyScratchBytes(): number;
  convolution(y: number, x: number, w: number, images: number, ...counts: number[]): void;
  filterGradient(dw: number, x: number, dy: number, images: number, ...counts: number[]): void;
  inputGradient(dx: number, dy: number, w: number, images: number, ...counts: number[]): void;
  multiply(
    c: number,
    a: number,
    b: number,
    rows: number,
    columns: number,
    inner: number,
    transposeA: number,
    transposeB: number,
    scratch: number,
  ): void;
  addBias(y: number, bias: number, rows: number, columns: number, kind: number, alpha: number): void;
  biasGradient(db: number, dy: number, rows: number, columns: number): void;
  activationGradient(dx: number, dy: number, y: number, count: number, kind: number, alpha: number): void;
  accumulate(sum: number, x: number, count: number): void;
  adam(p: number, m: number, v: number, g: number, count: number, ...scalars: number[]): void;
  bernoulli(losses: number, dl: number, l: number, x: number, rows: number, pixels: number, scale: number): number;
}

/** An instance of training.wasm on a memory. */
export type Training = ReturnType<typeof bindTraining>;

const modules = new Map<Build, Promise<WebAssembly.Module>>();

/**
 * The kernels on `memory`, in the build that suits the host unless one is named. The memory must
 * not be shared.
 * @throws Error when the host has no WebAssembly SIMD, or cannot run the build that was forced by
 * VAEMETRICS_WASM.
 */
export async function loadTraining(memory: WebAssembly.Memory, build: Build = chooseBuild()): Promise<Training> {
  const { exports } = await WebAssembly.instantiate(await compile(build), { env: { memory } });
  return bindTraining(exports as unknown as TrainingExports);
}

function compile(build: Build): Promise<WebAssembly.Module> {
  let module = modules.get(build);
  if (module === undefined) {
    module = compileChecked(build);
    modules.set(build, module);
    // A failed fetch may succeed the next time.
    module.catch(() => modules.delete(build));
  }
  return module;
}

async function compileChecked(build: Build): Promise<WebAssembly.Module> {
  const module = await WebAssembly.compile(await readTrainingWasm(build));
  checkSources(module, build === 'relaxed' ? 'training.relaxed.wasm' : 'training.wasm');
  return module;
}

/** The counts of a convolution as the kernels take them. */
function countsOf(shape: ConvolutionShape) {
  const { height, width, channels, outHeight, outWidth, filters } = shape;
  const { kernelHeight, kernelWidth, strideHeight, strideWidth, padTop, padLeft } = shape;
  const outputs = [
    channels,
    outHeight,
    outWidth,
    filters,
    kernelHeight,
    kernelWidth,
    strideHeight,
    strideWidth,
  ] as const;
  return { image: [height, width] as const, outputs, pads: [padTop, padLeft] as const };
}

function argumentsOf({ bias = 0, activation, alpha = 0 }: Epilogue) {
  return [bias, activation === undefined ? 0 : ACTIVATIONS[activation], alpha] as const;
}

function bindTraining(wasm: TrainingExports) {
  return {
    build: (wasm.isRelaxed() ? 'relaxed' : 'simd') as Build,

    /** Bytes of scratch for {@link convolution}. */
    convolutionScratchBytes(shape: ConvolutionShape): number {
      return wasm.convolutionScratchBytes(...countsOf(shape).outputs);
    },

    /**
     * y (images, outHeight, outWidth, filters) from images x and the filter w: Conv2D and
     * FusedConv2D of tfjs.
     */
    convolution(
      y: number,
      x: number,
      w: number,
      images: number,
      shape: ConvolutionShape,
      scratch: number,
      epilogue: Epilogue = {},
    ): void {
      const { image, outputs, pads } = countsOf(shape);
      wasm.convolution(y, x, w, images, ...image, ...outputs, ...pads, ...argumentsOf(epilogue), scratch);
    },

    /** Bytes of scratch for {@link filterGradient}. */
    filterGradientScratchBytes(shape: ConvolutionShape): number {
      return wasm.filterGradientScratchBytes(...countsOf(shape).outputs);
    },

    /**
     * dw (kernelHeight, kernelWidth, channels, filters) from images x (images, height, width,
     * channels) and dy (images, outHeight, outWidth, filters): Conv2DBackpropFilter of tfjs.
     */
    filterGradient(dw: number, x: number, dy: number, images: number, shape: ConvolutionShape, scratch: number): void {
      const { image, outputs, pads } = countsOf(shape);
      wasm.filterGradient(dw, x, dy, images, ...image, ...outputs, ...pads, scratch);
    },

    /** Bytes of scratch for {@link inputGradient}. */
    inputGradientScratchBytes(shape: ConvolutionShape): number {
      const { image, outputs, pads } = countsOf(shape);
      return wasm.inputGradientScratchBytes(...image, ...outputs, ...pads);
    },

    /**
     * dx (images, height, width, channels) from dy (images, outHeight, outWidth, filters) and the
     * filter w: Conv2DBackpropInput of tfjs, and the transposed convolution of dy.
     */
    inputGradient(dx: number, dy: number, w: number, images: number, shape: ConvolutionShape, scratch: number): void {
      const { image, outputs, pads } = countsOf(shape);
      wasm.inputGradient(dx, dy, w, images, ...image, ...outputs, ...pads, scratch);
    },

    /** Bytes of scratch for {@link multiply}, whatever the sizes. */
    multiplyScratchBytes(): number {
      return wasm.multiplyScratchBytes();
    },

    /** c = op(a) op(b); c overlaps neither. */
    multiply(c: number, a: number, b: number, shape: ProductShape, scratch: number): void {
      const { rows, columns, inner, transposeA = false, transposeB = false } = shape;
      wasm.multiply(c, a, b, rows, columns, inner, +transposeA, +transposeB, scratch);
    },

    /**
     * y (rows, columns) = f(y + bias (columns)), in place. alpha is the slope of leakyRelu below 0.
     */
    addBias(
      y: number,
      bias: number,
      rows: number,
      columns: number,
      activation?: Exclude<Activation, 'tanh'>,
      alpha = 0,
    ): void {
      wasm.addBias(y, bias, rows, columns, activation === undefined ? 0 : ACTIVATIONS[activation], alpha);
    },

    /** db (columns) = sums over the rows of dy (rows, columns). */
    biasGradient(db: number, dy: number, rows: number, columns: number): void {
      wasm.biasGradient(db, dy, rows, columns);
    },

    /**
     * dx (count) = dy times the slope of an activation whose output was y; dx may be dy or y.
     * alpha > 0 is the slope of leakyRelu below 0.
     */
    activationGradient(dx: number, dy: number, y: number, count: number, activation: Activation, alpha = 0): void {
      wasm.activationGradient(dx, dy, y, count, ACTIVATIONS[activation], alpha);
    },

    /** sum (count) += x (count). */
    accumulate(sum: number, x: number, count: number): void {
      wasm.accumulate(sum, x, count);
    },

    /**
     * One step of Adam with the gradient g (count), in place on the parameter p and its moments m
     * and v.
     */
    adam(p: number, m: number, v: number, g: number, count: number, step: AdamStep): void {
      const { rate, beta1, beta2, epsilon, correction1, correction2 } = step;
      wasm.adam(p, m, v, g, count, rate, beta1, beta2, epsilon, correction1, correction2);
    },

    /**
     * losses (rows) = sums over pixels of max(l, 0) - l x + ln(1 + e^-|l|) for logits l and images
     * x, (rows, pixels); returns their sum, in float64. Where dl is not 0 it gets (sigmoid(l) - x)
     * scale; it may be l.
     */
    bernoulli(
      losses: number,
      dl: number,
      logits: number,
      x: number,
      rows: number,
      pixels: number,
      scale: number,
    ): number {
      return wasm.bernoulli(losses, dl, logits, x, rows, pixels, scale);
    },
  };
}
