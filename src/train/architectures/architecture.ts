/** The contract of every architecture: an encoder of images and a decoder of latents. */
import type { ImageShape } from '../../data/dataset.js';
import type { Layer } from './layers.js';

export interface Networks {
  /** Images (R, H, W, C) to (R, 2 D): means, then logarithms of variances. */
  readonly encoder: readonly Layer[];
  /** Latents (R, D) to (R, H, W, C): logits, or means. */
  readonly decoder: readonly Layer[];
}

/** How wide and how many the hidden dense layers of an encoder are. */
export interface DenseSizes {
  readonly width: number;
  readonly depth: number;
}

/** How parameters may begin; both are uniform around 0. */
export const INITIALISATIONS = [
  /** Within 1 / sqrt(fan in), biases too: PyTorch's default for dense and convolutional layers. */
  'fan-in',
  /** Within sqrt(6 / (fan in + fan out)), biases 0: Glorot & Bengio 2010, TensorFlow's default. */
  'glorot',
] as const;

export type Initialisation = (typeof INITIALISATIONS)[number];

/** An architecture: one of the library's, or one of your own. */
export interface Architecture {
  readonly name: string;
  readonly initialisation: Initialisation;
  /** Defaults of training. */
  readonly learningRate: number;
  readonly batchSize: number;
  /**
   * Layers are data: they are sent to workers, and hold no functions.
   * @param dense sizes that were asked for, which `mlp` has
   */
  build(image: ImageShape, latents: number, dense?: DenseSizes): Networks;
}

/**
 * One of the library's, as lists show it. Defaults are those that its authors trained VAEs with,
 * where they say.
 */
export interface ListedArchitecture extends Architecture {
  readonly summary: string;
  readonly source: string;
}
