/**
 * The registry: everything that lists, names, types, checks or documents metrics derives from this
 * array.
 */
import { lookUp } from '../options/find-named.js';
import { isSameName } from '../suggest.js';
import { betaVaeScore } from './beta-vae.js';
import { dci } from './dci.js';
import { dciEs } from './dci-es.js';
import { dcimig } from './dcimig.js';
import { dlig } from './dlig.js';
import { dmig } from './dmig.js';
import { explicitness } from './explicitness.js';
import { factorVaeScore, factorVaeWeightedScore } from './factor-vae.js';
import { gaussianTotalCorrelation } from './gaussian-total-correlation.js';
import { gaussianWassersteinCorrelation } from './gaussian-wasserstein-correlation.js';
import { infomec } from './infomec.js';
import { irs } from './irs.js';
import { jemmig } from './jemmig.js';
import { mcc } from './mcc.js';
import { med } from './med.js';
import type { Metric } from './metric.js';
import { mig } from './mig.js';
import { migPosterior } from './mig-posterior.js';
import { migSup } from './mig-sup.js';
import { minimality } from './minimality.js';
import { modularity } from './modularity.js';
import { mutualInformationScore } from './mutual-information-score.js';
import { r2 } from './r2.js';
import { rmig } from './rmig.js';
import { sap } from './sap.js';
import { snc } from './snc.js';
import { sparseProbe } from './sparse-probe.js';
import { sufficiency } from './sufficiency.js';
import { wsepin } from './wsepin.js';
import { xmig } from './xmig.js';
import { zMaxVariance } from './z-max-variance.js';

/** In the order of reports. */
const REGISTRY = [
  mig,
  rmig,
  migPosterior,
  migSup,
  jemmig,
  dcimig,
  dmig,
  xmig,
  dlig,
  modularity,
  minimality,
  sufficiency,
  med,
  irs,
  mutualInformationScore,
  gaussianTotalCorrelation,
  gaussianWassersteinCorrelation,
  wsepin,
  explicitness,
  sparseProbe,
  infomec,
  mcc,
  r2,
  sap,
  snc,
  factorVaeScore,
  factorVaeWeightedScore,
  zMaxVariance,
  betaVaeScore,
  dci,
  dciEs,
] as const;

type Registered = (typeof REGISTRY)[number];

/** The names of this library's metrics. */
export type MetricName = Registered['name'];

/**
 * What they are called in `metrics`, but for case, hyphens, underscores and spaces, which do not
 * matter.
 */
export type MetricSpelling = MetricName | Registered['aliases'][number] | 'all';

type Without<Text extends string, Mark extends string> = Text extends `${infer Before}${Mark}${infer After}`
  ? Without<`${Before}${After}`, Mark>
  : Text;
type Plain<Text extends string> = Lowercase<Without<Without<Without<Text, '-'>, '_'>, ' '>>;

/**
 * A name that was spelt out, where it is one of a metric; else those that are. Names found at run
 * time are not looked at.
 */
export type CheckedName<Name extends string> = Name extends string
  ? string extends Name
    ? Name
    : Plain<Name> extends Plain<MetricSpelling>
      ? Name
      : MetricName | 'all'
  : never;

type ScoreOf<M> = M extends (...all: never) => Promise<infer S> ? S : never;

/**
 * The scores of this library's metrics, by name. As with any key of a record: a metric that was not
 * asked for is not there.
 */
export type KnownScores = { readonly [M in Registered as M['name']]: ScoreOf<M> };

/** Every metric, in the order of reports. */
export const metrics: readonly Metric[] = REGISTRY;

/** Whether a metric goes by a name, whatever its case, hyphens, underscores and spaces. */
export function isNamed({ name, aliases }: Metric, given: string): boolean {
  return [name, ...aliases].some((known) => isSameName(known, given));
}

/** The metric of a name or alias, in any spelling; undefined if there is none. */
export function findMetric(name: string): Metric | undefined {
  return lookUp(name, metrics) ?? undefined;
}
