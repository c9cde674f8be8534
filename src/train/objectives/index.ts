/** The registry: everything that lists, names, checks or documents objectives derives from this array. */
import { findNamed } from '../../options/find-named.js';
import { ae } from './ae.js';
import { betaTcvae } from './beta-tcvae.js';
import { betaVae } from './beta-vae.js';
import { capacityVae } from './capacity-vae.js';
import { dae } from './dae.js';
import { dipVaeI, dipVaeIi } from './dip-vae.js';
import { factorVae } from './factor-vae.js';
import type { Objective } from './objective.js';
import { vae } from './vae.js';

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

/** @throws OptionError for what is no name of an objective */
export function findObjective(name: string): Objective {
  return findNamed('model', name, objectives);
}
