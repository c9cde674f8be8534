/**
 * The public shapes of the façade: what goes in beside the numbers, and what comes out.
 * Everything that comes out is a plain object: JSON.stringify writes it, structuredClone copies it.
 */
import type { MatrixLike } from './matrix.js';

/**
 * Whether a factor takes separate values (shape, digit) or varies along a line (position, angle).
 */
export type FactorType = 'discrete' | 'continuous';

/** Whose definitions and settings to follow, where they differ from this library's. */
export type Preset = 'paper' | 'disentanglement-lib' | 'ubisoft';

/** Some of the rows: `from` and all up to, but not including, `to`; or their numbers. */
export type RowSelection = { readonly from: number; readonly to: number } | ArrayLike<number>;

/** How far a long computation has come. */
export interface Progress {
  /** The metric being computed. */
  readonly metric: string;
  /** What is being done, in a word or two: `evaluating`, `interval`, `null`. */
  readonly phase: string;
  readonly done: number;
  readonly total: number;
}

/**
 * A generator of encoded samples, for users who have one: replaces drawing rows of the table in the
 * metrics that need fresh samples with a factor fixed, as in the papers.
 */
export interface Sampler {
  /**
   * The number of values of each factor: K whole numbers of at least 1. Values are 0 .. size - 1.
   */
  readonly sizes: readonly number[];
  /**
   * Encodes one fresh sample for each row of `factors` (B, K), row-major, and returns the latents
   * (B, D). May be asynchronous; is called with at most `batchRows` rows at a time.
   */
  encode(factors: Int32Array, rows: number): MatrixLike | Promise<MatrixLike>;
  /** The most rows per call; 8,192 unless told. */
  readonly batchRows?: number;
}

/** Options every computing function takes. */
export interface CommonOptions {
  /** Seed of every random draw: a whole number from 0 to 2^53 - 1. Default 0. */
  readonly seed?: number;
  /**
   * How to treat each factor, overriding what its values suggest. One entry per column; `null`
   * leaves that one to its values.
   */
  readonly factorTypes?: ReadonlyArray<FactorType | null>;
  /**
   * Follows a paper (`paper`) or a library (`disentanglement-lib`, `ubisoft`) where their bins,
   * batches, scaling and normalisation differ from the defaults here. Options that are given go
   * before the preset's.
   */
  readonly preset?: Preset;
  /**
   * The rows that metrics with a classifier or regressor learn from, in place of a random split;
   * with `testRows`. Metrics that learn nothing take all rows.
   */
  readonly trainRows?: RowSelection;
  /** The rows that they are judged on; none of them in `trainRows`. */
  readonly testRows?: RowSelection;
  /** Replaces drawing rows of the table; see {@link Sampler}. */
  readonly sampler?: Sampler;
  /**
   * Number of resamples for an interval around each score; 0 (the default) computes none.
   * Half of the rows are drawn without replacement, so no row stands in twice.
   */
  readonly interval?: number;
  /** Confidence level of the interval, 0.5 to 0.999. Default 0.95. */
  readonly level?: number;
  /**
   * Number of permutations for the null distribution of each score; 0 (the default) computes none.
   */
  readonly null?: number;
  /**
   * How many threads compute, 1 (this one, the default) to 64. More are workers, each with a copy
   * of the data; the results are the same, to the last digit.
   */
  readonly threads?: number;
  /** Cancels the computation: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told how far a long computation has come, a few times a second at most. */
  readonly onProgress?: (progress: Progress) => void;
}

/** One score. `value` is null only where the score is undefined, and `notes` then says why. */
export interface Score<Parts = Readonly<Record<string, unknown>>, Options = Readonly<Record<string, unknown>>> {
  readonly value: number | null;
  /** The least and the most a score can be; null if there is none. */
  readonly range: readonly [number | null, number | null];
  /** What the value was made of; matrices are arrays of rows, [latent][factor]. */
  readonly parts: Parts;
  /** The options that the value depends on, as they were used. */
  readonly options: Options;
  /** What a reader of the number should know: constant columns, values left out, and so on. */
  readonly notes: readonly string[];
  readonly interval?: Interval;
  /** In place of an interval, if no simulation shows that one holds what it promises. */
  readonly spread?: Spread;
  readonly null?: NullDistribution;
}

/** A confidence interval from subsampling half of the rows without replacement. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  readonly level: number;
  /**
   * How far the score of finitely many rows lies above that of infinitely many, as estimated from
   * the halves; the interval is corrected for it.
   */
  readonly bias: number;
  readonly standardError: number;
  readonly resamples: number;
  readonly coverage: IntervalCoverage;
}

/**
 * How often intervals held the score of infinitely many rows in a simulation: a share of tables of
 * n rows, in the population in which it was least.
 */
export interface IntervalCoverage {
  readonly n: number;
  readonly value: number;
}

/** What random halves of the rows score. It is no confidence interval. */
export interface Spread {
  /** Between which the share `level` of them lies. */
  readonly low: number;
  readonly high: number;
  readonly level: number;
  readonly mean: number;
  readonly standardDeviation: number;
  readonly resamples: number;
}

/** What the score would be if latents and factors had nothing to do with each other. */
export interface NullDistribution {
  readonly mean: number;
  readonly standardDeviation: number;
  /** The largest of the permuted scores. */
  readonly maximum: number;
  /** (1 + permuted scores at least as good as the real one) / (1 + permutations). */
  readonly pValue: number;
  readonly permutations: number;
}

/** Where an array was read from. */
export interface ArrayOrigin {
  /** The file, as it was given; `-` is standard input. */
  readonly file?: string;
  /** The member of an archive; with commas between them several, a column each. */
  readonly member?: string;
  /** The columns of a table that were taken. */
  readonly columnNames?: readonly string[];
  /** What was not taken, and why. */
  readonly leftOut?: readonly string[];
}

/** What was scored. */
export interface ReportInput {
  /** How many rows there were, of which those that are scored were drawn from the seed. */
  readonly totalRows?: number;
  readonly latents: ArrayOrigin & {
    readonly rows: number;
    readonly columns: number;
    readonly dtype: string;
  };
  readonly factors: ArrayOrigin & {
    readonly rows: number;
    readonly columns: number;
    readonly dtype: string;
    /** What they are called, where that is known. */
    readonly names?: readonly string[];
    /** The number of values of each discrete factor; null for a continuous one. */
    readonly sizes: ReadonlyArray<number | null>;
    readonly types: readonly FactorType[];
  };
  /**
   * Only where there is one: the members of the archive, or the arguments, that it was read from.
   */
  readonly posterior?: {
    readonly mu: string;
    readonly logvar: string;
    /** Null where samples were drawn from the seed. */
    readonly z: string | null;
  };
}

/** What `score` returns and `vaemetrics score --json` prints. */
export interface Report {
  readonly schema: 'vaemetrics/report@1';
  readonly version: string;
  readonly seed: number;
  readonly input: ReportInput;
  readonly metrics: Readonly<Record<string, Score>>;
  /** What holds for the input as a whole, such as a pair that looks swapped. */
  readonly notes: readonly string[];
  /** Seconds per metric, and in all; only where asked for. */
  readonly timings?: Readonly<Record<string, number>>;
}

/** One metric of an {@link AgreementReport}. */
export interface AgreementMetric {
  readonly name: string;
  readonly title: string;
  /** Null for a metric that this library does not know. */
  readonly better: 'higher' | 'lower' | null;
  /**
   * Whether its scores went in with the sign turned around, so that more is better in every metric.
   */
  readonly isNegated: boolean;
  /** How many models have a score. */
  readonly models: number;
}

/**
 * What `agreement` returns and `vaemetrics agreement --json` prints. Matrices are arrays of rows,
 * [metric][metric].
 */
export interface AgreementReport {
  readonly schema: 'vaemetrics/agreement@1';
  readonly version: string;
  /** The names of the reports, in the order given. */
  readonly models: readonly string[];
  /** Those of the registry in its order, then others as they came. */
  readonly metrics: readonly AgreementMetric[];
  /**
   * Spearman's rank correlation over the models that have both scores; null where there is none,
   * and `notes` says why.
   */
  readonly correlations: ReadonlyArray<ReadonlyArray<number | null>>;
  /** How many models have both. */
  readonly counts: ReadonlyArray<readonly number[]>;
  /**
   * Two-sided: exact up to 8 models, by Student's t from 9 on; null on the diagonal and where there
   * is no correlation.
   */
  readonly pValues: ReadonlyArray<ReadonlyArray<number | null>>;
  readonly notes: readonly string[];
}

/** What `compare` returns and `vaemetrics compare --json` prints. */
export interface ComparisonReport {
  readonly schema: 'vaemetrics/comparison@1';
  readonly version: string;
  /** In the order given. */
  readonly models: ReadonlyArray<{ readonly name: string; readonly group: string }>;
  /** In the order of `metrics[].groups`; `models` are numbers of models. */
  readonly groups: ReadonlyArray<{ readonly name: string; readonly models: readonly number[] }>;
  /** The group that all others are compared with; null if all pairs are compared. */
  readonly against: string | null;
  /** Largest corrected p-value at which groups are told apart. */
  readonly level: number;
  /**
   * The smallest p-value that any pair of groups can have after correction, by its numbers of
   * models; null with one group.
   */
  readonly smallestPValue: number | null;
  readonly metrics: readonly ComparedMetric[];
  readonly notes: readonly string[];
}

/** One metric of a {@link ComparisonReport}. */
export interface ComparedMetric {
  readonly name: string;
  readonly title: string;
  /** Null for a metric that this library does not know, taken as higher is better. */
  readonly better: 'higher' | 'lower' | null;
  readonly groups: readonly ComparedGroup[];
  /**
   * Numbers of the groups of the best mean and of those that cannot be told from it; null if no
   * p-value can be small enough, and with `against`.
   */
  readonly best: readonly number[] | null;
  readonly pairs: readonly ComparedPair[];
}

/** One metric of one group of models. */
export interface ComparedGroup {
  /** Null if no model has a score. */
  readonly mean: number | null;
  /** Over models, divided by their number less 1; null for fewer than two. */
  readonly standardDeviation: number | null;
  /** The scores of the models that have one. */
  readonly values: readonly number[];
}

/** Two groups compared in one metric. */
export interface ComparedPair {
  readonly groups: readonly [first: string, second: string];
  /** Mean of the first less that of the second. */
  readonly difference: number | null;
  /** Of the difference, 95 %, by Welch's t; null unless `against` was asked for. */
  readonly interval: readonly [low: number, high: number] | null;
  /** Two-sided, by permutation; null if there are fewer than three scores. */
  readonly pValue: number | null;
  /** The p-value after Holm's correction. */
  readonly corrected: number | null;
}

/** One model of a {@link UdrReport}. */
export interface UdrModel {
  readonly name: string;
  /** Where its latents were read from, if they were. */
  readonly origin?: ArrayOrigin;
  /**
   * Median over the other models, by lasso over those that predict this one; null where no pair has
   * a score.
   */
  readonly score: number | null;
  /** D. */
  readonly latents: number;
  /** The latents that went in. */
  readonly informativeLatents: readonly number[];
  /**
   * Mean divergence of each latent's posterior from the prior, in nats; null where only latents
   * were given.
   */
  readonly divergences: readonly number[] | null;
}

/** What `udr` returns and `vaemetrics agreement --udr` prints. */
export interface UdrReport {
  readonly schema: 'vaemetrics/udr@1';
  readonly version: string;
  readonly similarity: 'spearman' | 'lasso';
  /** N. */
  readonly rows: number;
  /** Least divergence of an informative latent, where divergences are known. */
  readonly threshold: number;
  /** In the order given. */
  readonly models: readonly UdrModel[];
  /**
   * Score of each pair, [model][model], by lasso with latents of the first predicting those of the
   * second; null on the diagonal and where neither has an informative latent.
   */
  readonly pairs: ReadonlyArray<ReadonlyArray<number | null>>;
  readonly notes: readonly string[];
}

/** The averages of a {@link DecompositionReport}, each in nats. */
export interface DecompositionTerms {
  /** Mean KL(q(z|x) || p(z)): the sum of the next three. */
  readonly kl: number;
  /** Index-code mutual information: KL(q(n, z) || p(n) q(z)). */
  readonly mutualInformation: number;
  /** KL(q(z) || prod_d q(z_d)). */
  readonly totalCorrelation: number;
  /** sum_d KL(q(z_d) || p(z_d)). */
  readonly dimensionwiseKl: number;
  /**
   * KL(q(z) || p(z)): the sum of the last two. With the mutual information it is the "surgery" of
   * Hoffman and Johnson.
   */
  readonly marginalKl: number;
}

/** How exact the densities of a {@link DecompositionReport} are. */
export interface DecompositionAccuracy {
  readonly arithmetic: 'float64';
  /** Whether pairs that cannot matter were left out. */
  readonly shortcuts: boolean;
  /** What shortcuts may at most change of a density, relative to it. */
  readonly tolerance: number;
  /** Of the densities of q(z), largest relative error that is possible. */
  readonly jointErrorBound: number;
  /** The same of all q(z_d). */
  readonly marginalErrorBound: number;
  /** Pairs of a sample and a component that were finished, as a share of all. */
  readonly jointShare: number;
  /** The same for single latents. */
  readonly marginalShare: number;
}

/**
 * What `decompose` returns and `vaemetrics decompose --json` prints. All quantities are in nats.
 */
export interface DecompositionReport extends DecompositionTerms {
  readonly schema: 'vaemetrics/decomposition@1';
  readonly version: string;
  readonly seed: number;
  readonly input: {
    /** N. */
    readonly rows: number;
    /** How many there were, of which `rows` were drawn from the seed. */
    readonly totalRows?: number;
    /** D. */
    readonly latents: number;
    /** As mu was declared. */
    readonly dtype: string;
    /** Whether z came with the posterior or was drawn from the seed. */
    readonly z: 'given' | 'drawn';
    /** Where `mu`, `logvar`, `z` and `factors` were read from, if they were. */
    readonly origin?: Readonly<Record<string, ArrayOrigin>>;
  };
  /** `exact`, or the name of a minibatch estimator. */
  readonly estimator: string;
  /**
   * Whether log q(z|x) and log p(z) are those of the samples too, in place of their closed forms.
   */
  readonly sampled: boolean;
  /** M, the samples that were averaged over. */
  readonly samples: number;
  /**
   * N, the posteriors that q(z) is made of; of an estimator, the data set's size that it was told.
   */
  readonly components: number;
  /** Of a minibatch estimator: rows of a batch. */
  readonly batch?: number;
  /**
   * Of each average: over the samples, 0 for a closed form; of a minibatch estimator over batches,
   * null where there is only one.
   */
  readonly standardError: DecompositionTerms | null;
  /** Means of the logarithms of the densities. */
  readonly logDensities: {
    /** E log q(z|x) */
    readonly posterior: number;
    /** E log q(z): minus the entropy of the aggregated posterior. */
    readonly aggregated: number;
    /** E sum_d log q(z_d) */
    readonly product: number;
    /** E log p(z) */
    readonly prior: number;
  };
  /** D numbers: mean KL(q(z_d|x) || p(z_d)). */
  readonly klPerDimension: readonly number[];
  /**
   * D numbers: KL(q(z_d) || p(z_d)), whose sum is `dimensionwiseKl`; null of a minibatch estimator.
   */
  readonly dimensionwiseKlPerDimension: readonly number[] | null;
  /**
   * D numbers: mutual information of the data's index and one latent, the difference of the two
   * above; null of a minibatch estimator.
   */
  readonly mutualInformationPerDimension: readonly number[] | null;
  /** D pairs of standard errors of the two above. */
  readonly standardErrorPerDimension: ReadonlyArray<
    Readonly<Pick<DecompositionTerms, 'dimensionwiseKl' | 'mutualInformation'>>
  > | null;
  /** Latents whose mean varies over the data by more than `activeThreshold`. */
  readonly activeUnits: readonly number[];
  /** D numbers: the variance of the mean of each latent. */
  readonly meanVariances: readonly number[];
  readonly activeThreshold: number;
  /**
   * What total correlation is, as far as covariances tell; null where a covariance is singular, and
   * `notes` says so.
   */
  readonly gaussian: {
    readonly totalCorrelationOfSamples: number | null;
    readonly totalCorrelationOfMeans: number | null;
  };
  /**
   * Where factors were given: the mutual information gap of the posteriors, as the metric
   * `mig-posterior` has it.
   */
  readonly migPosterior?: Score<object, object>;
  /** Null of a minibatch estimator, whose error is not bounded. */
  readonly accuracy: DecompositionAccuracy | null;
  readonly notes: readonly string[];
  /** Seconds; only where asked for. */
  readonly timings?: Readonly<Record<string, number>>;
}
