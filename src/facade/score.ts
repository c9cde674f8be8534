import { optionRangeError, optionTypeError } from '../errors.js';
import { type MatrixLike, toMatrix } from '../matrix.js';
import type { BetaVaeParts } from '../metrics/beta-vae.js';
import type { DciParts } from '../metrics/dci.js';
import type { DciEsParts } from '../metrics/dci-es.js';
import type { DcimigParts } from '../metrics/dcimig.js';
import type { ExplicitnessParts } from '../metrics/explicitness.js';
import type { FactorVaeParts, FactorVaeWeightedParts } from '../metrics/factor-vae.js';
import type { GaussianTotalCorrelationParts } from '../metrics/gaussian-total-correlation.js';
import type { GaussianWassersteinCorrelationParts } from '../metrics/gaussian-wasserstein-correlation.js';
import { findMetric, metrics } from '../metrics/index.js';
import type { InfomecParts } from '../metrics/infomec.js';
import type { IrsParts } from '../metrics/irs.js';
import type { JemmigParts } from '../metrics/jemmig.js';
import type { MedParts } from '../metrics/med.js';
import type { Metric, OptionValues } from '../metrics/metric.js';
import type { MigParts } from '../metrics/mig.js';
import type { MigPosteriorParts } from '../metrics/mig-posterior.js';
import type { MigSupParts } from '../metrics/mig-sup.js';
import type { ModularityParts } from '../metrics/modularity.js';
import type { MutualInformationScoreParts } from '../metrics/mutual-information-score.js';
import type { RmigParts } from '../metrics/rmig.js';
import type { SapParts } from '../metrics/sap.js';
import type { ZMaxVarianceParts } from '../metrics/z-max-variance.js';
import { checkLikeLatents, type Posterior, type PosteriorInput, toPosterior } from '../posterior.js';
import type { CommonOptions, Report, Score } from '../types.js';
import { version } from '../version.js';
import {
  COMMON_OPTIONS,
  checkNames,
  checkRecord,
  refuseUnknown,
  resolveCommon,
  resolveMetricOptions,
} from './check-options.js';
import type { Task } from './jobs/score-work.js';
import { runTasks } from './run-metrics.js';

/** The scores of this library's metrics, by name. As with any key of a record: a metric that was not asked for is not there. */
export interface KnownScores {
  readonly mig: Score<MigParts>;
  readonly rmig: Score<RmigParts>;
  readonly 'mig-posterior': Score<MigPosteriorParts>;
  readonly 'mig-sup': Score<MigSupParts>;
  readonly jemmig: Score<JemmigParts>;
  readonly dcimig: Score<DcimigParts>;
  readonly modularity: Score<ModularityParts>;
  readonly med: Score<MedParts>;
  readonly irs: Score<IrsParts>;
  readonly 'mutual-information-score': Score<MutualInformationScoreParts>;
  readonly 'gaussian-total-correlation': Score<GaussianTotalCorrelationParts>;
  readonly 'gaussian-wasserstein-correlation': Score<GaussianWassersteinCorrelationParts>;
  readonly explicitness: Score<ExplicitnessParts>;
  readonly infomec: Score<InfomecParts>;
  readonly sap: Score<SapParts>;
  readonly 'factor-vae-score': Score<FactorVaeParts>;
  readonly 'factor-vae-weighted-score': Score<FactorVaeWeightedParts>;
  readonly 'z-max-variance': Score<ZMaxVarianceParts>;
  readonly 'beta-vae-score': Score<BetaVaeParts>;
  readonly dci: Score<DciParts>;
  readonly 'dci-es': Score<DciEsParts>;
}

/** A {@link Report} that knows the parts of each metric. */
export interface ScoreReport extends Report {
  readonly metrics: Readonly<Record<string, Score>> & KnownScores;
}

/** Options of {@link score}. */
export interface ScoreOptions extends CommonOptions {
  /**
   * Which metrics: names, aliases, `all`, or metrics of your own. Default: all but the slow ones (`dci`, `dci-es`). Those that
   * need a posterior (`mig-posterior`) are left out of both where there is none.
   */
  readonly metrics?: ReadonlyArray<string | Metric>;
  /** Options of single metrics, by name: `{ mig: { bins: 10 } }`. */
  readonly options?: Readonly<Record<string, OptionValues>>;
  /** Equal-width bins, for every metric that has them. Default 20, of `rmig` 100. */
  readonly bins?: number;
  /** Adds `timings` to the report. Default false, so that equal inputs give equal bytes. */
  readonly timings?: boolean;
  /** The posteriors q(z|x) that the latents are of: mu and logvar as large as the latents, and z, drawn from the seed where there is none. */
  readonly posterior?: PosteriorInput;
  /** What the factors are called, one name per column, to be named in the report. */
  readonly factorNames?: readonly string[];
  /** The archive members that the arrays came from, to be named in the report. */
  readonly members?: {
    readonly latents?: string;
    readonly factors?: string;
  } & Partial<Posterior<string>>;
}

const SCORE_OPTIONS = [
  'metrics',
  'options',
  'bins',
  'timings',
  'posterior',
  'factorNames',
  'members',
  ...COMMON_OPTIONS,
] as const;

/**
 * Scores latents against factors with every metric asked for.
 *
 * @param latents (N, D) numbers, samples are rows
 * @param factors (N, K) numbers, rows matching those of latents
 * @returns a plain object, the same for the same input and seed on every platform
 * @throws TypeError, RangeError or DataError (each with a `code`) saying what was expected and what was given
 *
 * @example
 * const report = await score(latents, factors, { metrics: ['mig'], seed: 1 });
 * report.metrics.mig.value; // 0.6786
 */
export async function score(
  latents: MatrixLike,
  factors: MatrixLike,
  options: ScoreOptions = {},
): Promise<ScoreReport> {
  refuseUnknown('score', options, SCORE_OPTIONS);
  const common = resolveCommon(options);
  const tasks = planTasks(options);
  const z = toMatrix(latents, 'latents');
  const v = toMatrix(factors, 'factors');
  const { factorNames } = options;
  if (factorNames !== undefined) checkNames(factorNames, v.columns, 'factor', 'factorNames');
  const posterior = options.posterior === undefined ? null : toPosterior(options.posterior, 'posterior');
  if (posterior !== null) checkLikeLatents(posterior, z);
  const started = performance.now();
  const results = await runTasks(z, v, tasks, common, posterior);
  const named = <T>(values: readonly T[]) => Object.fromEntries(tasks.map(({ metric }, i) => [metric.name, values[i]]));
  return {
    schema: 'vaemetrics/report@1',
    version,
    seed: common.seed,
    input: {
      latents: { rows: z.rows, columns: z.columns, dtype: z.dtype, ...member(options.members?.latents) },
      factors: {
        rows: v.rows,
        columns: v.columns,
        dtype: v.dtype,
        ...member(options.members?.factors),
        ...(factorNames && { names: [...factorNames] }),
        sizes: results.factorSizes,
        types: results.factorTypes,
      },
      ...(posterior && { posterior: originOf(posterior, options.members) }),
    },
    metrics: named(results.scores) as ScoreReport['metrics'],
    notes: results.looksSwapped
      ? ['latents are whole numbers of few values and factors are not: the two look swapped (latents come first)']
      : [],
    ...(options.timings
      ? {
          timings: {
            load: results.loadSeconds,
            ...named(results.seconds),
            resampling: results.resamplingSeconds,
            total: (performance.now() - started) / 1000,
          },
        }
      : {}),
  };
}

function member(name: string | undefined): { member?: string } {
  return name === undefined ? {} : { member: name };
}

/** Where the posterior came from; without archives by the names of the arguments. */
function originOf({ z }: Posterior, members: ScoreOptions['members'] = {}) {
  return { mu: members.mu ?? 'mu', logvar: members.logvar ?? 'logvar', z: z === undefined ? null : (members.z ?? 'z') };
}

function chooseMetrics(wanted: ReadonlyArray<string | Metric> | undefined, hasPosterior: boolean): readonly Metric[] {
  const computable = metrics.filter(({ needs }) => hasPosterior || !needs.includes('posterior'));
  if (wanted === undefined) return computable.filter(({ isSlow }) => !isSlow);
  if (!Array.isArray(wanted) || wanted.length === 0) {
    throw optionTypeError('metrics: expected an array of at least one name or metric');
  }
  const chosen = wanted.flatMap((entry: string | Metric) => {
    if (typeof entry === 'object' && typeof entry?.compute === 'function') return entry;
    if (typeof entry !== 'string') throw optionTypeError(`metrics: expected names or metrics, got ${String(entry)}`);
    if (entry === 'all') return computable;
    const metric = findMetric(entry);
    if (metric) return metric;
    throw optionRangeError(`metrics: expected any of ${metrics.map(({ name }) => name).join(', ')}, got '${entry}'`);
  });
  const distinct = [...new Set(chosen)];
  const lacking = distinct.find(({ needs }) => !hasPosterior && needs?.includes('posterior'));
  if (lacking) {
    throw optionRangeError(
      `metrics: ${lacking.name} needs the posterior of each row, its mean and log-variance: expected posterior: { mu, logvar }, got none`,
    );
  }
  const twice = distinct.find((metric, i) => distinct.findIndex(({ name }) => name === metric.name) !== i);
  if (twice) throw optionRangeError(`metrics: expected different names, got two metrics named '${twice.name}'`);
  return distinct;
}

/** The metrics asked for, each with all of its options. */
function planTasks({ metrics: wanted, options = {}, bins, preset, posterior }: ScoreOptions): Task[] {
  const chosen = chooseMetrics(wanted, posterior !== undefined);
  const namesOf = ({ name, aliases }: Metric) => [name, ...aliases];
  checkRecord('options', options);
  for (const [name, own] of Object.entries(options)) {
    checkRecord(`options of ${name}`, own);
    if (!chosen.some((metric) => namesOf(metric).includes(name))) {
      throw optionRangeError(`options: expected names of metrics that are computed, got '${name}'`);
    }
  }
  return chosen.map((metric) => {
    const own: OptionValues = Object.assign({}, ...namesOf(metric).map((name) => options[name]));
    return { metric, options: resolveMetricOptions(metric, own, bins === undefined ? {} : { bins }, preset) };
  });
}

/** Computes one metric: what the functions named after metrics are made of. */
export async function scoreOne<Options extends OptionValues, Parts>(
  metric: Metric<Options, Parts>,
  latents: MatrixLike,
  factors: MatrixLike,
  options: CommonOptions & Partial<Options>,
  posterior: Posterior | null = null,
): Promise<Score<Parts, Options>> {
  checkRecord(metric.name, options);
  const common = resolveCommon(options);
  const known: readonly string[] = COMMON_OPTIONS;
  const own = Object.fromEntries(Object.entries(options).filter(([name]) => !known.includes(name)));
  const generic = metric as unknown as Metric;
  const task = { metric: generic, options: resolveMetricOptions(generic, own as OptionValues, {}, common.preset) };
  const [z, v] = [toMatrix(latents, 'latents'), toMatrix(factors, 'factors')];
  const results = await runTasks(z, v, [task], common, posterior);
  return results.scores[0] as Score<Parts, Options>;
}
