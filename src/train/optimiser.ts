/**
 * Adam (Kingma & Ba 2015, algorithm 1, epsilon outside of the corrected root as PyTorch has it).
 * The number of the step is an integer and the moments are tensors like others, so that an
 * optimiser that was written down goes on bit for bit.
 */
import type { AdamUpdate, Operations } from './operations.js';
import type { Tensor, TensorLibrary } from './tensors.js';

export interface AdamOptions {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

export const ADAM_DEFAULTS: Omit<AdamOptions, 'learningRate'> = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** The moments of every parameter, in their order. */
export interface Moments {
  readonly first: Tensor[];
  readonly second: Tensor[];
}

/** Moments before the first step. */
export function createMoments(tf: TensorLibrary, parameters: readonly Tensor[]): Moments {
  const zeros = () => parameters.map(({ shape }) => tf.zeros(shape));
  return { first: zeros(), second: zeros() };
}

/**
 * Updates parameters and moments in their lists. `step` counts from 0. Gradients stay the caller's;
 * tensors that are replaced are disposed of.
 */
export function updateAdam(
  operations: Operations,
  parameters: Tensor[],
  moments: Moments,
  gradients: readonly Tensor[],
  step: number,
  options: AdamOptions,
): void {
  const update = correctAdam(step, options);
  for (const [i, gradient] of gradients.entries()) {
    [parameters[i], moments.first[i], moments.second[i]] = operations.adam(
      [parameters[i], moments.first[i], moments.second[i]],
      gradient,
      update,
    );
  }
}

/** The corrections for moments that began at zero. */
export function correctAdam(step: number, { learningRate, beta1, beta2, epsilon }: AdamOptions): AdamUpdate {
  const times = step + 1;
  return {
    rate: learningRate,
    correction1: 1 - power(beta1, times),
    correction2: 1 - power(beta2, times),
    beta1,
    beta2,
    epsilon,
  };
}

/** base^exponent by products alone: engines differ in the last bit of Math.pow. */
function power(base: number, exponent: number): number {
  let result = 1;
  for (let square = base, rest = exponent; rest > 0; rest = Math.floor(rest / 2), square *= square) {
    if (rest % 2 === 1) result *= square;
  }
  return result;
}
