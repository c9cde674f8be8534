/** The numbers of a step, off the device. */
import type { StepNumbers } from './system.js';
import type { NamedTensors, Tensor, TensorLibrary } from './tensors.js';

/**
 * Numbers of one step, on the device until they are read, all in one vector: a device that is slow
 * to ask is asked once.
 */
export interface StepOutcome {
  /** What stands where: a scalar, or so many numbers. */
  readonly layout: ReadonlyArray<readonly [name: string, length: number | null]>;
  readonly values: Tensor;
}

/** A tensor as it is kept in a file. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Puts numbers together, which are used up. */
export function packNumbers(tf: TensorLibrary, numbers: NamedTensors): StepOutcome {
  const flat = Object.values(numbers).map((x) => tf.reshape(x, [x.shape[0] ?? 1]));
  const values = tf.concat(flat, 0);
  const layout = Object.entries(numbers).map(([name, { shape }]) => [name, shape[0] ?? null] as const);
  tf.dispose([flat, numbers]);
  return { layout, values };
}

/** Reads the numbers of a step, and frees them. */
export async function readNumbers({ layout, values }: StepOutcome): Promise<StepNumbers> {
  const numbers = Array.from((await values.data()) as Float32Array);
  values.dispose();
  return Object.fromEntries(
    layout.map(([name, length]) => [name, length === null ? (numbers.shift() as number) : numbers.splice(0, length)]),
  );
}

/** A number of a step is not finite: there is nothing to go on from. */
export class DivergenceError extends Error {
  override readonly name = 'DivergenceError';
  readonly code = 'ERR_DIVERGED';

  constructor(
    /** Steps that went well. */
    readonly step: number,
    readonly term: string,
    readonly value: number,
    hint: string,
  ) {
    super(`step ${step + 1}: ${term} is ${value}; ${hint}`);
  }
}

/**
 * Looks at the numbers of a step in their order.
 * @throws DivergenceError if one is not finite
 */
export function findNonFinite(numbers: StepNumbers, step: number, hintFor: (name: string) => string): void {
  for (const [name, value] of Object.entries(numbers)) {
    const bad = [value].flat().find((one) => !Number.isFinite(one));
    if (bad !== undefined) throw new DivergenceError(step, name, bad, hintFor(name));
  }
}

/**
 * Refuses to keep a state that nothing can go on from: losses are those of the weights before the
 * update.
 * @throws DivergenceError naming the first tensor with a number that is none
 */
export function checkTensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  steps: number,
  hintFor: (name: string) => string,
): void {
  for (const [name, { values }] of tensors) {
    const bad = values.find((value) => !Number.isFinite(value));
    if (bad !== undefined) throw new DivergenceError(steps - 1, name, bad, hintFor(name));
  }
}
