/** The registry: everything that lists, names, checks or documents metrics derives from this array. */
import { betaVaeScore } from './beta-vae.js';
import { factorVaeScore, factorVaeWeightedScore } from './factor-vae.js';
import type { Metric } from './metric.js';
import { mig } from './mig.js';

/** Every metric, in the order of reports. */
export const metrics = [mig, factorVaeScore, factorVaeWeightedScore, betaVaeScore] as unknown as readonly Metric[];

/** The metric of a name or alias; undefined where there is none. */
export function findMetric(name: string): Metric | undefined {
  return metrics.find((metric) => metric.name === name || metric.aliases.includes(name));
}
