/** The numbers of a step, off the device. */
import type { TrainPlan } from './train-options.js';
import type { StepOutcome, StoredTensor } from './trainer.js';

export interface StepNumbers {
  /** Nats per image. */
  readonly loss: number;
  readonly reconstruction: number;
  /** Null for autoencoders, whose codes are points. */
  readonly kl: number | null;
  readonly terms: Readonly<Record<string, number>>;
  readonly klPerLatent: readonly number[] | null;
}

/** Reads the numbers of a step, and frees them. */
export async function readNumbers({ names, values }: StepOutcome, latents: number): Promise<StepNumbers> {
  const numbers = Array.from((await values.data()) as Float32Array);
  values.dispose();
  const named: Readonly<Record<string, number>> = Object.fromEntries(names.map((name, i) => [name, numbers[i]]));
  const { loss, reconstruction, kl = null, ...terms } = named;
  const byLatent = numbers.slice(names.length, names.length + latents);
  return { loss, reconstruction, kl, terms, klPerLatent: byLatent.length === 0 ? null : byLatent };
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

/** @throws DivergenceError where a number of the step is none */
export function findNonFinite(numbers: StepNumbers, step: number, plan: TrainPlan): void {
  const { reconstruction, kl, terms, loss } = numbers;
  // The sum comes last: one of its terms says more.
  const ofPosterior = kl === null ? [] : [['kl', kl] as const];
  const named = [['reconstruction', reconstruction], ...ofPosterior, ...Object.entries(terms), ['loss', loss]] as const;
  const bad = named.find(([, value]) => !Number.isFinite(value as number));
  if (bad === undefined) return;
  const [term, value] = bad as [string, number];
  throw new DivergenceError(step, term, value, hintFor(term, plan));
}

/**
 * Refuses to keep a state that nothing can go on from: losses are those of the weights before the update.
 * @throws DivergenceError naming the first tensor with a number that is none
 */
export function checkTensors(tensors: ReadonlyMap<string, StoredTensor>, steps: number, plan: TrainPlan): void {
  for (const [name, { values }] of tensors) {
    const bad = values.find((value) => !Number.isFinite(value));
    if (bad !== undefined) throw new DivergenceError(steps - 1, name, bad, hintFor(name, plan));
  }
}

function hintFor(term: string, { learningRate, objective }: TrainPlan): string {
  const slower = `a lower learning rate than ${learningRate} is the first thing to try`;
  if (term === 'kl') return `a posterior ran away; ${slower}`;
  if (term === 'reconstruction') return slower;
  return `${slower}, then smaller weights of ${objective.name}`;
}
