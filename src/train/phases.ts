/** The phases of a step, one after the other. */
import type { Phase, System } from './system.js';

/** A phase that is made, the one time or the other. */
export interface PhaseRun {
  readonly phase: Phase;
  /** How often the phase has been made before this run, if the step has this number. */
  timeAt(step: number): number;
}

/** What is made in every step, in order. */
export function listRuns({ phases }: Pick<System, 'phases'>): PhaseRun[] {
  return phases.flatMap((phase) =>
    Array.from({ length: phase.times }, (_, i) => ({ phase, timeAt: (step: number) => step * phase.times + i })),
  );
}
