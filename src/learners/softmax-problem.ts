import type { LabelledRows } from '../../bindings/kernels/softmax.js';

/**
 * Loss over rows, each with the weight of its class, and a penalty on the weights: 0.5 sum
 * penalty_j w_jc^2.
 */
export interface SoftmaxProblem extends LabelledRows {
  readonly rows: number;
  readonly columns: number;
  /** Of each element of a row of x, f64[stride]; 0 for the intercept. */
  readonly penalty: Float64Array;
  /** The sum of the weights of all rows. */
  readonly totalWeight: number;
}
