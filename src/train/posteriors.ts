import type { Tensor } from './tensors.js';

/** Posteriors of images, (rows, D) each. */
export interface Posteriors {
  readonly mu: Tensor;
  /** Natural logarithms of variances. */
  readonly logvar: Tensor;
}
