/**
 * vaemetrics: disentanglement metrics on WebAssembly SIMD. Everything here runs in Node, in browsers and in workers;
 * `vaemetrics` in Node adds files (node.ts).
 */
import { compile } from '../bindings/load.js';
import { scoreOne } from './facade/score.js';
import type { MatrixLike } from './matrix.js';
import { type BetaVaeParts, betaVaeScore as betaVaeMetric } from './metrics/beta-vae.js';
import { type DciParts, dci as dciMetric } from './metrics/dci.js';
import { type DciEsParts, dciEs as dciEsMetric } from './metrics/dci-es.js';
import { type DcimigParts, dcimig as dcimigMetric } from './metrics/dcimig.js';
import { type ExplicitnessParts, explicitness as explicitnessMetric } from './metrics/explicitness.js';
import {
  type FactorVaeParts,
  type FactorVaeWeightedParts,
  factorVaeScore as factorVaeMetric,
  factorVaeWeightedScore as factorVaeWeightedMetric,
} from './metrics/factor-vae.js';
import {
  type GaussianTotalCorrelationParts,
  gaussianTotalCorrelation as gaussianTotalCorrelationMetric,
} from './metrics/gaussian-total-correlation.js';
import {
  type GaussianWassersteinCorrelationParts,
  gaussianWassersteinCorrelation as gaussianWassersteinCorrelationMetric,
} from './metrics/gaussian-wasserstein-correlation.js';
import { type InfomecParts, infomec as infomecMetric } from './metrics/infomec.js';
import { type IrsParts, irs as irsMetric } from './metrics/irs.js';
import { type JemmigParts, jemmig as jemmigMetric } from './metrics/jemmig.js';
import { type MedParts, med as medMetric } from './metrics/med.js';
import { type MigParts, mig as migMetric } from './metrics/mig.js';
import { type MigPosteriorParts, migPosterior as migPosteriorMetric } from './metrics/mig-posterior.js';
import { type MigSupParts, migSup as migSupMetric } from './metrics/mig-sup.js';
import { type ModularityParts, modularity as modularityMetric } from './metrics/modularity.js';
import {
  type MutualInformationScoreParts,
  mutualInformationScore as mutualInformationScoreMetric,
} from './metrics/mutual-information-score.js';
import { type RmigParts, rmig as rmigMetric } from './metrics/rmig.js';
import { type SapParts, sap as sapMetric } from './metrics/sap.js';
import { type ZMaxVarianceParts, zMaxVariance as zMaxVarianceMetric } from './metrics/z-max-variance.js';
import { type PosteriorInput, toPosterior } from './posterior.js';
import type { CommonOptions, Score } from './types.js';

export { type EstimatorName, estimators } from './decomposition/estimators.js';
export { type CodedError, DataError, type ErrorCode, isCodedError, type Place } from './errors.js';
export { type AgreementOptions, agreement } from './facade/agreement.js';
export {
  type DecomposeInput,
  type Decomposition,
  decompose,
  type PerSample,
} from './facade/decompose.js';
export type { DecomposeOptions } from './facade/decompose-options.js';
export { drawTable } from './facade/draw-table.js';
export { type KnownScores, type ScoreOptions, type ScoreReport, score } from './facade/score.js';
export { type UdrOptions, type UdrPosterior, udr } from './facade/udr.js';
export { type Dtype, Matrix, type MatrixData, type MatrixLike, type NumberArray, toMatrix } from './matrix.js';
export type { BetaVaeParts } from './metrics/beta-vae.js';
export type { DciParts } from './metrics/dci.js';
export type { DciEsParts } from './metrics/dci-es.js';
export type { DcimigParts } from './metrics/dcimig.js';
export type { ExplicitnessParts } from './metrics/explicitness.js';
export type { FactorVaeParts, FactorVaeWeightedParts } from './metrics/factor-vae.js';
export type { GaussianTotalCorrelationParts } from './metrics/gaussian-total-correlation.js';
export type { GaussianWassersteinCorrelationParts } from './metrics/gaussian-wasserstein-correlation.js';
export { findMetric, metrics } from './metrics/index.js';
export type { InfomecParts } from './metrics/infomec.js';
export type { IrsParts } from './metrics/irs.js';
export type { JemmigParts } from './metrics/jemmig.js';
export type { MedParts } from './metrics/med.js';
export type { Metric, MetricContext, OptionRule, OptionValue, OptionValues, Outcome } from './metrics/metric.js';
export type { MigParts } from './metrics/mig.js';
export type { MigPosteriorParts } from './metrics/mig-posterior.js';
export type { MigSupParts } from './metrics/mig-sup.js';
export type { ModularityParts } from './metrics/modularity.js';
export type { MutualInformationScoreParts } from './metrics/mutual-information-score.js';
export type { RmigParts } from './metrics/rmig.js';
export type { SapParts } from './metrics/sap.js';
export type { ZMaxVarianceParts } from './metrics/z-max-variance.js';
export type { Posterior, PosteriorInput } from './posterior.js';
export { checkCapacity, type Shape } from './stats/capacity.js';
export type { TableView } from './stats/table-view.js';
export type {
  AgreementMetric,
  AgreementReport,
  CommonOptions,
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

type OptionsOf<M> = M extends { readonly defaults: infer Options } ? CommonOptions & Partial<Options> : never;
type ScoreOf<M, Parts> = M extends { readonly defaults: infer Options } ? Score<Parts, Options> : never;

/**
 * Compiles the WebAssembly ahead of the first computation, which would otherwise do it.
 * @throws Error where the host has no WebAssembly SIMD
 */
export async function ready(): Promise<void> {
  await compile();
}

/**
 * Mutual information gap: does one latent alone know each factor? 0 to 1, higher is better.
 *
 * MIG = mean over factors of (I(z_1st; v_k) - I(z_2nd; v_k)) / H(v_k), mutual information of equal-width bins (20).
 * Constant factors are left out, constant latents have no information; both are named in the notes.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see Chen et al. 2018, equation 6; agrees with disentanglement_lib to 1e-9
 * @example
 * const { value, parts } = await mig(latents, factors, { bins: 20 });
 */
export function mig(
  latents: MatrixLike,
  factors: MatrixLike,
  options: OptionsOf<typeof migMetric> = {},
): Promise<ScoreOf<typeof migMetric, MigParts>> {
  return scoreOne(migMetric, latents, factors, options);
}

/**
 * Robust mutual information gap: MIG on the scale of the prior. 0 to 1, higher is better.
 *
 * Mean over factors of (I(z_1st; v_k) - I(z_2nd; v_k)) / H(v_k), latents in 100 equal-width bins between -4 and 4, what lies
 * beyond in the outermost (the notes say how much). Means of posteriors count as posteriors without spread.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see Do & Tran 2020
 */
export function rmig(
  latents: MatrixLike,
  factors: MatrixLike,
  options: OptionsOf<typeof rmigMetric> = {},
): Promise<ScoreOf<typeof rmigMetric, RmigParts>> {
  return scoreOne(rmigMetric, latents, factors, options);
}

/**
 * Mutual information gap of posteriors: does one latent alone know each factor, by the densities of q(z|x)? 0 to 1, higher is
 * better.
 *
 * Mean over factors of (I(z_1st; v_k) - I(z_2nd; v_k)) / ln(values of v_k), I(z_d; v_k) = H(z_d) - H(z_d | v_k) by entropies of
 * mixtures of posteriors at samples of them (10,000 of each mixture at most). Constant factors are left out; latents whose
 * posteriors are all the same have no information; both are named in the notes.
 *
 * @param posterior mu and logvar (N, D), the natural logarithm of variances; z (N, D), a sample of each, is drawn from the seed
 * where there is none
 * @param factors (N, K)
 * @throws TypeError, RangeError or DataError for shapes that differ, and numbers that are no posterior
 * @see Chen et al. 2018, section 4.1; agrees with the authors' disentanglement_metrics to 1e-9 on the same samples
 * @example
 * const { value, parts } = await migPosterior({ mu, logvar }, factors, { seed: 1 });
 */
export async function migPosterior(
  posterior: PosteriorInput,
  factors: MatrixLike,
  options: OptionsOf<typeof migPosteriorMetric> = {},
): Promise<ScoreOf<typeof migPosteriorMetric, MigPosteriorParts>> {
  const given = toPosterior(posterior, 'migPosterior');
  return scoreOne(migPosteriorMetric, given.mu, factors, options, given);
}

/**
 * MIG-sup: does each latent know one factor alone? The mirror of MIG, with gaps between factors. 0 to 1, higher is better.
 *
 * Mean over latents of (I(z_d; v_1st) - I(z_d; v_2nd)) / H(z_d), all of equal-width bins (20). Constant latents are left out.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see Li et al. 2020; agrees with ubisoft's mig_sup to 1e-9
 */
export function migSup(
  latents: MatrixLike,
  factors: MatrixLike,
  options: OptionsOf<typeof migSupMetric> = {},
): Promise<ScoreOf<typeof migSupMetric, MigSupParts>> {
  return scoreOne(migSupMetric, latents, factors, options);
}

/**
 * JEMMIG: is each factor known by one latent, which holds nothing else? 0 to 1, higher is better.
 *
 * Mean over factors of 1 - (H(v_k, z*) - I(z*; v_k) + I(z_2nd; v_k)) / (H(v_k) + ln bins), all of equal-width bins (20).
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see Do & Tran 2020; agrees with ubisoft's jemmig to 1e-9
 */
export function jemmig(
  latents: MatrixLike,
  factors: MatrixLike,
  options: OptionsOf<typeof jemmigMetric> = {},
): Promise<ScoreOf<typeof jemmigMetric, JemmigParts>> {
  return scoreOne(jemmigMetric, latents, factors, options);
}

/**
 * DCIMIG: is each factor known by a latent that knows little of the others? 0 to 1, higher is better.
 *
 * The sum over factors of the largest I(z_d; v_1st) - I(z_d; v_2nd) among latents whose best factor it is, over the sum of
 * H(v_k); all of equal-width bins (20).
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see Sepliarskaia et al. 2019; agrees with ubisoft's dcimig to 1e-9
 */
export function dcimig(
  latents: MatrixLike,
  factors: MatrixLike,
  options: OptionsOf<typeof dcimigMetric> = {},
): Promise<ScoreOf<typeof dcimigMetric, DcimigParts>> {
  return scoreOne(dcimigMetric, latents, factors, options);
}

/**
 * Modularity: does each latent know one factor only? 0 to 1, higher is better.
 *
 * Mean over latents of 1 - (sum_k I_dk^2 - max_k I_dk^2) / (max_k I_dk^2 (K - 1)), mutual information of equal-width bins (20).
 * Latents that know nothing are left out; one factor: undefined.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see Ridgeway & Mozer 2018; agrees with disentanglement_lib to 1e-9
 */
export function modularity(
  latents: MatrixLike,
  factors: MatrixLike,
  options: OptionsOf<typeof modularityMetric> = {},
): Promise<ScoreOf<typeof modularityMetric, ModularityParts>> {
  return scoreOne(modularityMetric, latents, factors, options);
}

/**
 * MED: DCI's disentanglement (the value) and completeness with shares of mutual information for importance. 0 to 1, higher is
 * better.
 *
 * Mean over latents, by their share of importance, of 1 - H(importance over factors) in base K; mutual information of
 * equal-width bins (20) on the training rows. `topK` keeps the best latents of each factor; `informativeness` trains linear
 * classifiers as well.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see Cao et al. 2022; agrees with the authors' code to 1e-9 on the same rows
 * @example
 * const { value, parts } = await med(latents, factors, { topK: 2 });
 */
export function med(
  latents: MatrixLike,
  factors: MatrixLike,
  options: OptionsOf<typeof medMetric> = {},
): Promise<ScoreOf<typeof medMetric, MedParts>> {
  return scoreOne(medMetric, latents, factors, options);
}

/**
 * Interventional robustness score: does each latent stay where it is while one factor is held? 0 to 1, higher is better.
 *
 * Per latent and factor 1 - (mean over values of the factor of the 99th percentile of |z - E[z | v]|) / max |z - E z|; the
 * largest over factors, and the mean over latents weighted by that maximum. `quantile: 1` is the paper's.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see Suter et al. 2019; agrees with ubisoft's irs to 1e-9
 */
export function irs(
  latents: MatrixLike,
  factors: MatrixLike,
  options: OptionsOf<typeof irsMetric> = {},
): Promise<ScoreOf<typeof irsMetric, IrsParts>> {
  return scoreOne(irsMetric, latents, factors, options);
}

/**
 * Mutual information score: what do latents know of each other? 0 and up, in nats, lower is better.
 *
 * Mean over pairs of latents that vary of I(z_d; z_e), of equal-width bins (20). Factors are not looked at.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see Locatello et al. 2019; agrees with disentanglement_lib to 1e-9
 */
export function mutualInformationScore(
  latents: MatrixLike,
  factors: MatrixLike,
  options: OptionsOf<typeof mutualInformationScoreMetric> = {},
): Promise<ScoreOf<typeof mutualInformationScoreMetric, MutualInformationScoreParts>> {
  return scoreOne(mutualInformationScoreMetric, latents, factors, options);
}

/**
 * Gaussian total correlation: how far are latents from independent, as far as their covariance tells? 0 and up, in nats, lower
 * is better.
 *
 * .5 (sum_d ln C_dd - ln det C), C the covariance of the latents that vary; null where C is singular. Factors are not looked at.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see Locatello et al. 2019; agrees with disentanglement_lib to 1e-9
 */
export function gaussianTotalCorrelation(
  latents: MatrixLike,
  factors: MatrixLike,
  options: OptionsOf<typeof gaussianTotalCorrelationMetric> = {},
): Promise<ScoreOf<typeof gaussianTotalCorrelationMetric, GaussianTotalCorrelationParts>> {
  return scoreOne(gaussianTotalCorrelationMetric, latents, factors, options);
}

/**
 * Gaussian Wasserstein correlation: how far are latents from uncorrelated ones, in the units of their variances? 0 and up,
 * lower is better; `parts.normalised` does not depend on the scale.
 *
 * 2 tr C - 2 tr (D^.5 C D^.5)^.5, C the covariance of the latents that vary and D its diagonal. Factors are not looked at.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see Locatello et al. 2019; agrees with disentanglement_lib to 1e-7 of tr C
 */
export function gaussianWassersteinCorrelation(
  latents: MatrixLike,
  factors: MatrixLike,
  options: OptionsOf<typeof gaussianWassersteinCorrelationMetric> = {},
): Promise<ScoreOf<typeof gaussianWassersteinCorrelationMetric, GaussianWassersteinCorrelationParts>> {
  return scoreOne(gaussianWassersteinCorrelationMetric, latents, factors, options);
}

/**
 * Explicitness: can a linear classifier read each factor off all latents together? 0.5 by chance, 1 is best.
 *
 * The area under the ROC curve of each value of a factor against the rest, by logistic regression on standardised latents,
 * on test rows; mean over values, then over factors.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see Ridgeway & Mozer 2018; agrees with disentanglement_lib's at the classifier's optimum to 1e-6
 */
export function explicitness(
  latents: MatrixLike,
  factors: MatrixLike,
  options: OptionsOf<typeof explicitnessMetric> = {},
): Promise<ScoreOf<typeof explicitnessMetric, ExplicitnessParts>> {
  return scoreOne(explicitnessMetric, latents, factors, options);
}

/**
 * InfoMEC: modularity (InfoM, the value), compactness (InfoC) and explicitness (InfoE) by information. 0 to 1, higher is
 * better.
 *
 * InfoM is the mean over active latents of max_k I_dk / sum_k I_dk, InfoC that over factors of max_d I_dk / sum_d I_dk, both
 * scaled so that equal shares are 0, with I the mutual information by nearest neighbours over the factor's entropy. InfoE is
 * 1 - cross entropy / ln values of a linear classifier of all latents, in sample; of a continuous factor R^2.
 * One factor: the value is null; one active latent: InfoC is.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see Hsu et al. 2023; agrees with the authors' code to what its added noise leaves open
 */
export function infomec(
  latents: MatrixLike,
  factors: MatrixLike,
  options: OptionsOf<typeof infomecMetric> = {},
): Promise<ScoreOf<typeof infomecMetric, InfomecParts>> {
  return scoreOne(infomecMetric, latents, factors, options);
}

/**
 * SAP score: does one latent alone predict each factor? 0 to 1, higher is better.
 *
 * Mean over factors of the difference between the two latents that predict it best, each by itself: by R^2 for a continuous
 * factor, by the test accuracy of linear support vector machines for a discrete one.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see Kumar et al. 2018; R^2 agrees with disentanglement_lib to 1e-9, accuracies with converged machines of scikit-learn
 */
export function sap(
  latents: MatrixLike,
  factors: MatrixLike,
  options: OptionsOf<typeof sapMetric> = {},
): Promise<ScoreOf<typeof sapMetric, SapParts>> {
  return scoreOne(sapMetric, latents, factors, options);
}

/**
 * FactorVAE score: does the latent that varies least while a factor is fixed tell which factor that was? 0 to 1, higher
 * is better, 1/K by chance.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see Kim & Mnih 2018, section 4; votes and classifier agree exactly with disentanglement_lib on the same rows
 * @example
 * const { value, parts } = await factorVaeScore(latents, factors, { seed: 1 });
 */
export function factorVaeScore(
  latents: MatrixLike,
  factors: MatrixLike,
  options: OptionsOf<typeof factorVaeMetric> = {},
): Promise<ScoreOf<typeof factorVaeMetric, FactorVaeParts>> {
  return scoreOne(factorVaeMetric, latents, factors, options);
}

/**
 * Weighted FactorVAE score: the same votes, each weighing the more the smaller its smallest variance. 0 to 1, higher is
 * better; 1 only where the latent of the fixed factor does not vary at all.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see Song 2018 (MSc thesis, University College London), section 5.2.2
 */
export function factorVaeWeightedScore(
  latents: MatrixLike,
  factors: MatrixLike,
  options: OptionsOf<typeof factorVaeWeightedMetric> = {},
): Promise<ScoreOf<typeof factorVaeWeightedMetric, FactorVaeWeightedParts>> {
  return scoreOne(factorVaeWeightedMetric, latents, factors, options);
}

/**
 * Z-max score: does the latent that varies most while a single factor varies tell which factor that was? 0 to 1, higher is
 * better, 1/K by chance. Needs rows that differ in one factor alone; the notes say how many there are.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see Kim et al. 2019 (Relevance Factor VAE)
 */
export function zMaxVariance(
  latents: MatrixLike,
  factors: MatrixLike,
  options: OptionsOf<typeof zMaxVarianceMetric> = {},
): Promise<ScoreOf<typeof zMaxVarianceMetric, ZMaxVarianceParts>> {
  return scoreOne(zMaxVarianceMetric, latents, factors, options);
}

/**
 * beta-VAE score: can a linear classifier tell which factor two samples share from how little their latents differ? 0 to
 * 1, higher is better, 1/K by chance.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see Higgins et al. 2017, section 3; features agree with disentanglement_lib to 1e-9 on the same rows
 */
export function betaVaeScore(
  latents: MatrixLike,
  factors: MatrixLike,
  options: OptionsOf<typeof betaVaeMetric> = {},
): Promise<ScoreOf<typeof betaVaeMetric, BetaVaeParts>> {
  return scoreOne(betaVaeMetric, latents, factors, options);
}

/**
 * DCI: disentanglement (the value), completeness and informativeness, from what boosted trees (or with `regressor` a random
 * forest or a lasso) need to tell each factor. 0 to 1, higher is better.
 *
 * Disentanglement is 1 - H(importance of a latent over factors) in base K, completeness 1 - H(importance for a factor over
 * latents) in base D, informativeness the accuracy or R^2 on rows held back. Takes seconds: 100 trees for each value of each factor.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see Eastwood & Williams 2018; agrees with disentanglement_lib within .02 on the same rows
 */
export function dci(
  latents: MatrixLike,
  factors: MatrixLike,
  options: OptionsOf<typeof dciMetric> = {},
): Promise<ScoreOf<typeof dciMetric, DciParts>> {
  return scoreOne(dciMetric, latents, factors, options);
}

/**
 * DCI-ES: explicitness (the value), how little a probe must be capable of to tell the factors as well as any, and size. -1 to
 * 1, higher is better.
 *
 * Probes of growing capacity (a linear model with 0, 1, 2, 4 ... random features, or boosted trees) tell each factor on rows held
 * back. 1: the least capable is as good as any; 0: the loss falls in a line over the logarithm of the capacity; below 0: nothing
 * helps before the most capable. Disentanglement, completeness and informativeness are those of {@link dci}.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see Eastwood et al. 2023
 */
export function dciEs(
  latents: MatrixLike,
  factors: MatrixLike,
  options: OptionsOf<typeof dciEsMetric> = {},
): Promise<ScoreOf<typeof dciEsMetric, DciEsParts>> {
  return scoreOne(dciEsMetric, latents, factors, options);
}
