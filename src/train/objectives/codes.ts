/**
 * Objectives whose codes are points: autoencoders give the decoder mu, and nothing trains logvar.
 */
import { pickRecorded } from '../named-parts.js';
import { objectives } from './index.js';
import type { Code, Objective, ObjectiveOptions } from './objective.js';

/** Why they have no KL, no total correlation, and no logvar in posterior.npz. */
export const POINTS = 'codes are points: nothing trains logvar';

/**
 * What the decoder of a run was given.
 * @param own the objective of the run, if it is the caller's own
 */
export function codeOf(
  { name, options }: { readonly name: string; readonly options: Readonly<Record<string, unknown>> },
  own?: Objective,
): Code {
  return pickRecorded<Objective>('model', objectives, name, own).activate(options as ObjectiveOptions).code;
}
