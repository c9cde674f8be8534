/** The registry: everything that lists, names, checks or documents metrics derives from this array. */
import { betaVaeScore } from './beta-vae.js';
import { dci } from './dci.js';
import { dciEs } from './dci-es.js';
import { dcimig } from './dcimig.js';
import { explicitness } from './explicitness.js';
import { factorVaeScore, factorVaeWeightedScore } from './factor-vae.js';
import { gaussianTotalCorrelation } from './gaussian-total-correlation.js';
import { gaussianWassersteinCorrelation } from './gaussian-wasserstein-correlation.js';
import { infomec } from './infomec.js';
import { irs } from './irs.js';
import { jemmig } from './jemmig.js';
import { med } from './med.js';
import type { Metric } from './metric.js';
import { mig } from './mig.js';
import { migPosterior } from './mig-posterior.js';
import { migSup } from './mig-sup.js';
import { modularity } from './modularity.js';
import { mutualInformationScore } from './mutual-information-score.js';
import { rmig } from './rmig.js';
import { sap } from './sap.js';
import { zMaxVariance } from './z-max-variance.js';

/** Every metric, in the order of reports. */
export const metrics = [
  mig,
  rmig,
  migPosterior,
  migSup,
  jemmig,
  dcimig,
  modularity,
  med,
  irs,
  mutualInformationScore,
  gaussianTotalCorrelation,
  gaussianWassersteinCorrelation,
  explicitness,
  infomec,
  sap,
  factorVaeScore,
  factorVaeWeightedScore,
  zMaxVariance,
  betaVaeScore,
  dci,
  dciEs,
] as unknown as readonly Metric[];

/** The metric of a name or alias; undefined where there is none. */
export function findMetric(name: string): Metric | undefined {
  return metrics.find((metric) => metric.name === name || metric.aliases.includes(name));
}
