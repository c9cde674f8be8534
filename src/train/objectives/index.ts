/** The registry: everything that lists, names, checks or documents objectives derives from this array. */
import { optionRangeError, optionTypeError } from '../../errors.js';
import { didYouMean } from '../../suggest.js';
import { ae } from './ae.js';
import { betaTcvae } from './beta-tcvae.js';
import { betaVae } from './beta-vae.js';
import { capacityVae } from './capacity-vae.js';
import { dae } from './dae.js';
import { dipVaeI, dipVaeIi } from './dip-vae.js';
import { factorVae } from './factor-vae.js';
import type { Objective } from './objective.js';
import { vae } from './vae.js';

export { resolveObjectiveOptions } from './options.js';

/** Every objective, in the order of lists. */
export const objectives: readonly Objective[] = [
  vae,
  betaVae,
  capacityVae,
  betaTcvae,
  factorVae,
  dipVaeI,
  dipVaeIi,
  ae,
  dae,
];

/** @throws TypeError or RangeError for what is no name of an objective; says which name is near */
export function findObjective(name: string): Objective {
  const names = objectives.map((objective) => objective.name);
  if (typeof name !== 'string') {
    throw optionTypeError(`objective: expected one of ${names.join(', ')}, got ${typeof name}`);
  }
  const found = objectives.find((objective) => objective.name === name);
  if (found) return found;
  throw optionRangeError(`objective: expected one of ${names.join(', ')}, got '${name}'${didYouMean(name, names)}`);
}
