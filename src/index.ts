/**
 * vaemetrics: disentanglement metrics on WebAssembly SIMD. Everything here runs in Node, in
 * browsers and in workers; `vaemetrics` in Node adds files (node.ts).
 */
import { compile } from '../bindings/load.js';

export { type EstimatorName, estimators } from './decomposition/estimators.js';
export {
  type CodedError,
  DataError,
  type ErrorCode,
  isCodedError,
  isOptionError,
  type OptionError,
  type Place,
} from './errors.js';
export { agreement } from './facade/agreement.js';
export type { AgreementOptions } from './facade/agreement-options.js';
export { compare } from './facade/compare.js';
export type { CompareOptions } from './facade/compare-options.js';
export {
  type DecomposeInput,
  type Decomposition,
  decompose,
  type PerSample,
} from './facade/decompose.js';
export type { DecomposeOptions } from './facade/decompose-options.js';
export { drawTable } from './facade/draw-table.js';
export { type ScoreReport, score } from './facade/score.js';
export type { ScoreOptions } from './facade/score-options.js';
export { type UdrPosterior, udr } from './facade/udr.js';
export type { UdrOptions } from './facade/udr-options.js';
export { type Dtype, Matrix, type MatrixData, type MatrixLike, type NumberArray, toMatrix } from './matrix.js';
export { type BetaVaeParts, betaVaeScore } from './metrics/beta-vae.js';
export { type DciParts, dci } from './metrics/dci.js';
export { type DciEsParts, dciEs } from './metrics/dci-es.js';
export { type DcimigParts, dcimig } from './metrics/dcimig.js';
export { type DligParts, dlig } from './metrics/dlig.js';
export { type DmigParts, dmig } from './metrics/dmig.js';
export { type ExplicitnessParts, explicitness } from './metrics/explicitness.js';
export {
  type FactorVaeParts,
  type FactorVaeWeightedParts,
  factorVaeScore,
  factorVaeWeightedScore,
} from './metrics/factor-vae.js';
export { type GaussianTotalCorrelationParts, gaussianTotalCorrelation } from './metrics/gaussian-total-correlation.js';
export {
  type GaussianWassersteinCorrelationParts,
  gaussianWassersteinCorrelation,
} from './metrics/gaussian-wasserstein-correlation.js';
export { findMetric, type KnownScores, type MetricName, type MetricSpelling, metrics } from './metrics/index.js';
export { type InfomecParts, infomec } from './metrics/infomec.js';
export { type IrsParts, irs } from './metrics/irs.js';
export { type JemmigParts, jemmig } from './metrics/jemmig.js';
export { type MccParts, mcc } from './metrics/mcc.js';
export { type MedParts, med } from './metrics/med.js';
export type {
  Metric,
  MetricContext,
  NamedMetric,
  NamedPosteriorMetric,
  Outcome,
} from './metrics/metric.js';
export { type MigParts, mig } from './metrics/mig.js';
export { type MigPosteriorParts, migPosterior } from './metrics/mig-posterior.js';
export { type MigSupParts, migSup } from './metrics/mig-sup.js';
export { type MinimalityParts, minimality } from './metrics/minimality.js';
export { type ModularityParts, modularity } from './metrics/modularity.js';
export { type MutualInformationScoreParts, mutualInformationScore } from './metrics/mutual-information-score.js';
export { type R2Parts, r2 } from './metrics/r2.js';
export { type RmigParts, rmig } from './metrics/rmig.js';
export { type SapParts, sap } from './metrics/sap.js';
export { type SncParts, snc } from './metrics/snc.js';
export { type SparseProbeParts, sparseProbe } from './metrics/sparse-probe.js';
export { type SufficiencyParts, sufficiency } from './metrics/sufficiency.js';
export { type WsepinParts, wsepin } from './metrics/wsepin.js';
export { type XmigParts, xmig } from './metrics/xmig.js';
export { type ZMaxVarianceParts, zMaxVariance } from './metrics/z-max-variance.js';
export type { Note } from './note.js';
export type { GivenOf, Rule, Rules, ValuesOf } from './options/rule.js';
export * as option from './options/rule.js';
export type { Mention, Phrase } from './phrase.js';
export type { Posterior, PosteriorInput } from './posterior.js';
export { type PlainSparse, SparseMatrix } from './sparse-matrix.js';
export { checkCapacity, type Shape } from './stats/capacity.js';
export type { TableView } from './stats/table-view.js';
export type {
  AgreementMetric,
  AgreementReport,
  CommonOptions,
  ComparedGroup,
  ComparedMetric,
  ComparedPair,
  ComparisonReport,
  DecompositionAccuracy,
  DecompositionReport,
  DecompositionTerms,
  FactorType,
  Interval,
  NullDistribution,
  Preset,
  Progress,
  Report,
  ReportInput,
  RowSelection,
  Sampler,
  Score,
  UdrModel,
  UdrReport,
} from './types.js';
export { version } from './version.js';

/**
 * Compiles the WebAssembly ahead of the first computation, which would otherwise do it.
 * @throws Error where the host has no WebAssembly SIMD
 */
export async function ready(): Promise<void> {
  await compile();
}
