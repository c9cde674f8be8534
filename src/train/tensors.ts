/**
 * What training asks of a tensor library. tfjs has all of it under these names, whatever its
 * backend, so `tf` can be the one that is bundled, tfjs-node-gpu, or one of the user's own: nothing
 * outside `backends` imports a tfjs.
 */

/**
 * A tensor: float32 unless it says otherwise. Letters in shapes: B rows of a batch, H height, W
 * width, C channels, D latents.
 */
export interface Tensor {
  readonly shape: number[];
  readonly dtype: string;
  /** Waits for the values; never blocks. */
  data(): Promise<Float32Array | Int32Array | Uint8Array>;
  /** Blocks until the values are there; a browser's webgpu refuses. */
  dataSync(): Float32Array | Int32Array | Uint8Array;
  dispose(): void;
}

/** Tensors by name, as `tidy` and kernels take them. */
export interface NamedTensors {
  [name: string]: Tensor;
}

/** Activations that the library fuses. */
export type FusedActivation = 'linear' | 'relu' | 'leakyrelu';

export interface TensorLibrary {
  readonly version_core?: string;
  tensor(
    values: Float32Array | Int32Array | Uint8Array | number[],
    shape?: number[],
    dtype?: 'float32' | 'int32',
  ): Tensor;
  scalar(value: number): Tensor;
  zeros(shape: number[]): Tensor;
  ones(shape: number[]): Tensor;
  fill(shape: number[], value: number): Tensor;
  eye(rows: number): Tensor;

  add(a: Tensor, b: Tensor | number): Tensor;
  sub(a: Tensor | number, b: Tensor | number): Tensor;
  mul(a: Tensor, b: Tensor | number): Tensor;
  div(a: Tensor | number, b: Tensor | number): Tensor;
  addN(tensors: Tensor[]): Tensor;
  neg(x: Tensor): Tensor;
  abs(x: Tensor): Tensor;
  exp(x: Tensor): Tensor;
  log(x: Tensor): Tensor;
  log1p(x: Tensor): Tensor;
  sqrt(x: Tensor): Tensor;
  square(x: Tensor): Tensor;
  relu(x: Tensor): Tensor;
  tanh(x: Tensor): Tensor;
  sigmoid(x: Tensor): Tensor;
  step(x: Tensor, alpha?: number): Tensor;
  maximum(a: Tensor, b: Tensor | number): Tensor;
  minimum(a: Tensor, b: Tensor | number): Tensor;

  sum(x: Tensor, axis?: number | number[], keepDims?: boolean): Tensor;
  mean(x: Tensor, axis?: number | number[], keepDims?: boolean): Tensor;
  max(x: Tensor, axis?: number | number[], keepDims?: boolean): Tensor;
  logSumExp(x: Tensor, axis?: number | number[], keepDims?: boolean): Tensor;
  matMul(a: Tensor, b: Tensor, transposeA?: boolean, transposeB?: boolean): Tensor;
  transpose(x: Tensor, permutation?: number[]): Tensor;
  reshape(x: Tensor, shape: number[]): Tensor;
  expandDims(x: Tensor, axis?: number): Tensor;
  slice(x: Tensor, begin: number[], size?: number[]): Tensor;
  concat(tensors: Tensor[], axis?: number): Tensor;
  gather(x: Tensor, indices: Tensor, axis?: number): Tensor;
  tensor2d(values: Float32Array, shape: [number, number]): Tensor;

  /** Products and convolutions with their bias and activation in one. */
  readonly fused: {
    matMul(inputs: {
      a: Tensor;
      b: Tensor;
      bias?: Tensor;
      activation?: FusedActivation;
      leakyreluAlpha?: number;
    }): Tensor;
    conv2d(inputs: {
      x: Tensor;
      filter: Tensor;
      strides: number;
      pad: 'same';
      bias?: Tensor;
      activation?: FusedActivation;
      leakyreluAlpha?: number;
    }): Tensor;
  };
  /** Gradients of f with respect to each of its arguments. */
  valueAndGrads(f: (...xs: Tensor[]) => Tensor): (xs: Tensor[], dy?: Tensor) => { value: Tensor; grads: Tensor[] };
  /** A function of x with a gradient of its own, which is given what was saved. */
  customGrad(
    f: (
      x: Tensor,
      save: (tensors: Tensor[]) => void,
    ) => { value: Tensor; gradFunc: (dy: Tensor, saved: Tensor[]) => Tensor },
  ): (x: Tensor) => Tensor;
  /** Runs `work` and disposes of every tensor made in it but those returned. */
  tidy<R>(work: () => R): R;
  /** Keeps a tensor out of the tidying up around it. */
  keep<T extends Tensor>(x: T): T;
  dispose(container: unknown): void;
  memory(): { numTensors: number; numBytes: number };
  getBackend(): string;
  ready(): Promise<void>;
  /** Runs one of the library's kernels by its name (`Conv2DBackpropFilter` ...). */
  engine(): { runKernel(name: string, inputs: NamedTensors, attributes: object): Tensor | Tensor[] };
}
