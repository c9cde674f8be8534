/** The contract of every likelihood p(x|z): those of the library, and yours. */
import type { Operations } from '../operations.js';
import type { Tensor, TensorLibrary } from '../tensors.js';

export interface Likelihood {
  readonly name: string;
  /**
   * -log p(x|z) in nats, summed over pixels and rows, and its gradient with respect to the
   * decoder's output, times `scale`. All (R, H, W, C); x in [0, 1].
   */
  lossOf(
    tf: TensorLibrary,
    operations: Operations,
    output: Tensor,
    x: Tensor,
    scale: number,
  ): { readonly loss: Tensor; readonly gradient: Tensor };
  /** The image that the decoder's output stands for, in [0, 1]. */
  imageOf(tf: TensorLibrary, output: Tensor): Tensor;
}

/** One of the library's, as lists show it. */
export interface ListedLikelihood extends Likelihood {
  readonly summary: string;
}
