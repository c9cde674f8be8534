/** What is told of a step of the VAE family. */
import { POINTS } from '../objectives/codes.js';
import type { StepNumbers, StepReport } from '../system.js';

/** Nats per image, averaged over the batch. */
export interface VaeNumbers {
  readonly loss: number;
  readonly reconstruction: number;
  /** Null for autoencoders, whose codes are points. */
  readonly kl: number | null;
  /** Other terms of the objective, by name. */
  readonly terms: Readonly<Record<string, number>>;
  readonly klPerLatent: readonly number[] | null;
}

export function reportStep(numbers: StepNumbers): StepReport<VaeNumbers> {
  const { reconstruction, kl: reported, loss, klPerLatent = null, ...terms } = numbers;
  const byLatent = klPerLatent as VaeNumbers['klPerLatent'];
  // An objective of the caller's own need not report it.
  const kl = reported ?? byLatent?.reduce((sum, value) => sum + value, 0) ?? null;
  const scalars = { loss, reconstruction, kl, terms } as Omit<VaeNumbers, 'klPerLatent'>;
  return {
    progress: { ...scalars, klPerLatent: byLatent },
    line: { ...scalars, ...(byLatent && { klPerLatent: byLatent }) },
    reasons: kl === null ? { kl: POINTS } : {},
  };
}
