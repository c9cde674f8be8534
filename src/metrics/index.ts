/** The registry: everything that lists, names, checks or documents metrics derives from this array. */
import { betaVaeScore } from './beta-vae.js';
import { dcimig } from './dcimig.js';
import { explicitness } from './explicitness.js';
import { factorVaeScore, factorVaeWeightedScore } from './factor-vae.js';
import { jemmig } from './jemmig.js';
import type { Metric } from './metric.js';
import { mig } from './mig.js';
import { migSup } from './mig-sup.js';
import { modularity } from './modularity.js';
import { sap } from './sap.js';

/** Every metric, in the order of reports. */
export const metrics = [
  mig,
  migSup,
  jemmig,
  dcimig,
  modularity,
  explicitness,
  sap,
  factorVaeScore,
  factorVaeWeightedScore,
  betaVaeScore,
] as unknown as readonly Metric[];

/** The metric of a name or alias; undefined where there is none. */
export function findMetric(name: string): Metric | undefined {
  return metrics.find((metric) => metric.name === name || metric.aliases.includes(name));
}
