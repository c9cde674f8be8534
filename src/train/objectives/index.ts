/**
 * The registry: everything that lists, names, checks or documents objectives derives from this
 * array.
 */
import { pickPart } from '../named-parts.js';
import { ae } from './ae.js';
import { betaTcvae } from './beta-tcvae.js';
import { betaVae } from './beta-vae.js';
import { capacityVae } from './capacity-vae.js';
import { dae } from './dae.js';
import { dipVaeI, dipVaeIi } from './dip-vae.js';
import { factorVae } from './factor-vae.js';
import type { ListedObjective, Objective } from './objective.js';
import { vae } from './vae.js';

/** Every objective, in the order of lists. */
export const objectives: readonly ListedObjective[] = [
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

/**
 * @throws TypeError or RangeError for what is neither the name of one nor one of the caller's own
 */
export function findObjective(given: string | Objective): Objective {
  return pickPart<Objective>('model', objectives, given, ['activate']);
}
