import { wrongType, wrongValue } from '../errors.js';
import { type MatrixLike, toMatrix } from '../matrix.js';
import { callMetricsBy } from '../metrics/define-metric.js';
import {
  type CheckedName,
  describeUnknown,
  findMetric,
  isNamed,
  type KnownScores,
  type MetricSpelling,
  metrics,
} from '../metrics/index.js';
import type { Metric } from '../metrics/metric.js';
import { note, writeNotes } from '../note.js';
import { checkOptions, checkRecord } from '../options/check-options.js';
import { parseWords } from '../options/parse-lists.js';
import { boolean, type GivenOf, integer, other, type Rule, type Rules, type ValuesOf } from '../options/rule.js';
import { checkLikeLatents, type Posterior, type PosteriorInput, toPosterior } from '../posterior.js';
import { isSameName } from '../suggest.js';
import type { CommonOptions, Report, Score } from '../types.js';
import { version } from '../version.js';
import { COMMON_OPTIONS, checkNames, pickCommon, resolveCommon, resolveMetricOptions } from './common-options.js';
import type { Task } from './jobs/score-work.js';
import { runTasks } from './run-metrics.js';

/** A {@link Report} that knows the parts of each metric. */
export interface ScoreReport extends Report {
  readonly metrics: Readonly<Record<string, Score>> & KnownScores;
}

/** Options of {@link score}. `Name` is what `metrics` may hold beside metrics themselves: `ScoreOptions<string>` takes names found at run time. */
export interface ScoreOptions<Name extends string = MetricSpelling> extends CommonOptions {
  /**
   * Which metrics: names or aliases (whatever their case, hyphens, underscores and spaces), `all`, or metrics of your own.
   * Default: all but the slow ones (`dci`, `dci-es`). Those that need a posterior (`mig-posterior`) are left out of both where
   * there is none.
   */
  readonly metrics?: ReadonlyArray<Name | Metric>;
  /** Options of single metrics, by name: `{ mig: { bins: 10 } }`. */
  readonly options?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
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

const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every option of {@link score}. */
export const SCORE_OPTIONS = {
  metrics: other<ReadonlyArray<string | Metric>>({
    expected: 'an array of at least one name or metric',
    accepts: Array.isArray,
    parse: (text, previous) => [...(previous ?? []), ...parseWords(text)],
    placeholder: 'names',
    defaultText: 'all but the slow',
    description: 'metrics, with commas between, or all',
  }),
  options: other<ScoreOptions['options']>({
    expected: 'an object of options by metric',
    accepts: isObject,
    description: 'options of single metrics',
  }),
  bins: integer({ minimum: 2, description: 'bins of every metric that counts in bins' }),
  timings: boolean({ description: 'seconds per metric' }),
  posterior: other<PosteriorInput>({
    expected: '{ mu, logvar }, and z if there is one',
    accepts: isObject,
    description: 'posteriors that the latents are of',
  }),
  factorNames: other<readonly string[]>({
    expected: 'an array of strings',
    accepts: Array.isArray,
    description: 'what the factors are called',
  }),
  members: other<ScoreOptions['members']>({
    expected: 'an object of names',
    accepts: isObject,
    description: 'the archive members that the arrays came from',
  }),
  ...COMMON_OPTIONS,
} satisfies Record<keyof ScoreOptions, Rule>;

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
export async function score<Name extends string = MetricSpelling>(
  latents: MatrixLike,
  factors: MatrixLike,
  options: ScoreOptions<Name> & { readonly metrics?: ReadonlyArray<CheckedName<Name> | Metric> } = {},
): Promise<ScoreReport> {
  checkOptions({ name: 'score' }, options, SCORE_OPTIONS);
  const common = resolveCommon(pickCommon(options));
  const tasks = planTasks(options, options.posterior !== undefined);
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
    notes: writeNotes(results.looksSwapped ? [LOOKS_SWAPPED] : []),
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

const LOOKS_SWAPPED = note(
  'swapped-arrays',
  'latents are whole numbers of few values and factors are not: the two look swapped (latents come first)',
);

function member(name: string | undefined): { member?: string } {
  return name === undefined ? {} : { member: name };
}

/** Where the posterior came from; without archives by the names of the arguments. */
function originOf({ z }: Posterior, members: ScoreOptions<string>['members'] = {}) {
  return { mu: members.mu ?? 'mu', logvar: members.logvar ?? 'logvar', z: z === undefined ? null : (members.z ?? 'z') };
}

function chooseMetrics(
  wanted: ReadonlyArray<string | Metric> | undefined,
  hasPosterior: boolean,
  lack: string,
): readonly Metric[] {
  const computable = metrics.filter(({ needs }) => hasPosterior || !needs.includes('posterior'));
  if (wanted === undefined) return computable.filter(({ isSlow }) => !isSlow);
  if (!Array.isArray(wanted) || wanted.length === 0) {
    throw wrongType({ option: 'metrics', problem: 'expected an array of at least one name or metric' });
  }
  const chosen = wanted.flatMap((entry: string | Metric) => {
    if (typeof entry !== 'string') {
      if (typeof (entry as Metric | null | undefined)?.compute === 'function') return entry;
      throw wrongType({ option: 'metrics', problem: `expected names or metrics, got ${String(entry)}` });
    }
    if (isSameName(entry, 'all')) return computable;
    const metric = findMetric(entry);
    if (metric) return metric;
    throw wrongValue({ option: 'metrics', problem: `expected names of metrics, got ${describeUnknown(entry)}` });
  });
  const distinct = [...new Set(chosen)];
  const lacking = distinct.find(({ needs }) => !hasPosterior && needs?.includes('posterior'));
  if (lacking) {
    throw wrongValue({ option: 'metrics', problem: `${lacking.name} needs ${lack}` });
  }
  const twice = distinct.find((metric, i) => distinct.findIndex(({ name }) => name === metric.name) !== i);
  if (twice) {
    throw wrongValue({ option: 'metrics', problem: `expected different names, got two metrics named '${twice.name}'` });
  }
  return distinct;
}

/**
 * The metrics asked for that can be computed, each with all of its options.
 * @param lack what to say that a metric needs which needs a posterior and was named
 */
export function planTasks(
  { metrics: wanted, options = {}, bins, preset }: ScoreOptions<string>,
  hasPosterior: boolean,
  lack = 'the posterior of each row, its mean and log-variance: expected posterior: { mu, logvar }, got none',
): Task[] {
  const chosen = chooseMetrics(wanted, hasPosterior, lack);
  checkRecord('options', options);
  for (const [name, own] of Object.entries(options)) {
    checkRecord(`options of ${name}`, own);
    if (chosen.some((metric) => isNamed(metric, name))) continue;
    const known = findMetric(name);
    if (known === undefined) {
      throw wrongValue({ option: 'options', problem: `expected names of metrics, got ${describeUnknown(name)}` });
    }
    throw wrongValue({
      option: 'options',
      problem: `${known.name} is not ${wanted === undefined ? 'computed unless metrics names it, or all' : 'among metrics'}`,
    });
  }
  return chosen.map((metric) => {
    const given = Object.entries(options).filter(([name]) => isNamed(metric, name));
    const own = Object.assign({}, ...given.map(([, values]) => values));
    return { metric, options: resolveMetricOptions(metric, own, bins === undefined ? {} : { bins }, preset) };
  });
}

/** Computes one metric. */
export async function scoreOne<R extends Rules, Parts extends object>(
  metric: Metric<R, Parts>,
  latents: MatrixLike,
  factors: MatrixLike,
  options: CommonOptions & GivenOf<R>,
  posterior: Posterior | null = null,
): Promise<Score<Parts, ValuesOf<R>>> {
  checkRecord(metric.name, options);
  const common = resolveCommon(pickCommon(options));
  const own = Object.fromEntries(Object.entries(options).filter(([name]) => !(name in COMMON_OPTIONS)));
  const task = { metric, options: resolveMetricOptions(metric, own, {}, common.preset) };
  const [z, v] = [toMatrix(latents, 'latents'), toMatrix(factors, 'factors')];
  const results = await runTasks(z, v, [task], common, posterior);
  return results.scores[0] as Score<Parts, ValuesOf<R>>;
}

callMetricsBy(async (metric, input, factors, options = {}) => {
  if (!metric.needs.includes('posterior')) return scoreOne(metric, input as MatrixLike, factors, options);
  const posterior = toPosterior(input as PosteriorInput, metric.name);
  return scoreOne(metric, posterior.mu, factors, options, posterior);
});
