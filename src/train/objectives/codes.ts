/** Objectives whose codes are points: autoencoders give the decoder mu, and nothing trains logvar. */
import { findObjective } from './index.js';
import type { ActiveObjective, ObjectiveOptions } from './objective.js';

/** Why they have no KL, no total correlation, and no logvar in posterior.npz. */
export const POINTS = 'codes are points: nothing trains logvar';

/** What the decoder of a run was given. */
export function codeOf(objective: {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}): ActiveObjective['code'] {
  return findObjective(objective.name).activate(objective.options as ObjectiveOptions).code;
}
