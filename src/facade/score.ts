import { DataError, wrongType, wrongValue } from '../errors.js';
import { type MatrixLike, toMatrix } from '../matrix.js';
import { checkMetric } from '../metrics/check-metric.js';
import { callMetricsBy } from '../metrics/define-metric.js';
import { type CheckedName, isNamed, type KnownScores, type MetricSpelling, metrics } from '../metrics/index.js';
import type { Metric } from '../metrics/metric.js';
import { type Note, note, refuseGuesses, writeNotes } from '../note.js';
import { joinOneHot } from '../one-hot.js';
import { checkOptions, checkRecord } from '../options/check-options.js';
import { findNamed } from '../options/find-named.js';
import type { GivenOf, Rules, ValuesOf } from '../options/rule.js';
import { mention, phrase } from '../phrase.js';
import { checkLikeLatents, type Posterior, type PosteriorInput, toPosterior } from '../posterior.js';
import { type Latents, SparseMatrix } from '../sparse-matrix.js';
import { isSameName } from '../suggest.js';
import type { CommonOptions, Report, Score } from '../types.js';
import { version } from '../version.js';
import { COMMON_OPTIONS, checkFactorNames, pickCommon, resolveCommon, resolveMetricOptions } from './common-options.js';
import { describeCollapse, describeInput } from './describe-input.js';
import type { Task } from './jobs/score-work.js';
import { runTasks } from './run-metrics.js';
import { sampleRows } from './sample-rows.js';
import { SCORE_OPTIONS, type ScoreOptions } from './score-options.js';
import { reasonToSkip } from './skip-costly.js';

/** A {@link Report} that knows the parts of each metric. */
export interface ScoreReport extends Report {
  readonly metrics: Readonly<Record<string, Score>> & KnownScores;
}

/**
 * Scores latents against factors with every metric asked for.
 *
 * @param latents (N, D) numbers, samples are rows
 * @param factors (N, K) numbers, rows matching those of latents
 * @returns a plain object, the same for the same input and seed on every platform
 * @throws TypeError, RangeError or DataError (each with a `code`) saying what was expected and what
 * was given
 *
 * @example
 * const report = await score(latents, factors, { metrics: ['mig'], seed: 1 });
 * report.metrics.mig.value; // 0.6786
 */
export async function score<Name extends string = MetricSpelling>(
  latents: MatrixLike | SparseMatrix,
  factors: MatrixLike,
  options: ScoreOptions<Name> & { readonly metrics?: ReadonlyArray<CheckedName<Name> | Metric> } = {},
): Promise<ScoreReport> {
  const values = checkOptions({ name: 'score' }, options, SCORE_OPTIONS);
  const { factorNames, origin = {} } = options;
  const allLatents = latents instanceof SparseMatrix ? latents : toMatrix(latents, 'latents');
  const allFactors = toMatrix(factors, 'factors');
  if (factorNames !== undefined) checkFactorNames(factorNames, allFactors.columns);
  const tasks = planTasks(options, options.posterior !== undefined);
  const { posterior: wholePosterior, refusal } = takePosterior(options.posterior, allLatents, tasks);
  const sample = await sampleRows(
    { latents: allLatents, factors: allFactors, ...wholePosterior },
    values.rows,
    values.seed,
  );
  const { latents: z, factors: given, ...rest } = sample.arrays;
  const posterior = wholePosterior && (rest as Posterior);
  const labelled = { factors: given, names: factorNames, types: options.factorTypes };
  const { factors: v, names, types } = options.oneHot ? joinOneHot(labelled) : labelled;
  const common = resolveCommon(pickCommon({ ...options, ...(types && { factorTypes: types }) }));
  const shapes = { latents: z, factors: v, hasPosterior: posterior !== null };
  const reasons = new Map(
    tasks.flatMap((task) => {
      const unusable = refusal !== null && needsPosterior(task);
      const reason = unusable
        ? describeUnusable(refusal)
        : options.metrics === undefined
          ? reasonToSkip(task, shapes)
          : null;
      return reason === null ? [] : [[task, reason]];
    }),
  );
  const usable = tasks.filter((task) => !reasons.has(task));
  const notes = [
    ...sample.notes,
    ...describeInput(z, v, names, types),
    ...(posterior ? describeCollapse(posterior) : []),
    ...(refusal === null ? [] : [note('unused-posterior', `the posterior is not used: ${refusal.message}`)]),
  ];
  refuseGuesses(notes, options.strict);
  const started = performance.now();
  const results = await runTasks(z, v, usable, common, posterior);
  if (results.looksSwapped) refuseGuesses([LOOKS_SWAPPED], options.strict);
  const scores = tasks.map((task) => {
    const at = usable.indexOf(task);
    const reason = reasons.get(task);
    return { score: reason ? withoutScore(task, reason) : results.scores[at], seconds: results.seconds[at] ?? 0 };
  });
  const named = <T>(values: readonly T[]) => Object.fromEntries(tasks.map(({ metric }, i) => [metric.name, values[i]]));
  return {
    schema: 'vaemetrics/report@1',
    version,
    seed: common.seed,
    input: {
      ...(sample.totalRows !== undefined && { totalRows: sample.totalRows }),
      latents: { rows: z.rows, columns: z.columns, dtype: z.dtype, ...origin.latents },
      factors: {
        rows: v.rows,
        columns: v.columns,
        dtype: v.dtype,
        ...origin.factors,
        ...(names && { names: [...names] }),
        sizes: results.factorSizes,
        types: results.factorTypes,
      },
      ...(posterior && { posterior: originOf(posterior, origin.posterior) }),
    },
    metrics: named(scores.map(({ score }) => score)) as ScoreReport['metrics'],
    notes: writeNotes([...(results.looksSwapped ? [LOOKS_SWAPPED] : []), ...notes]),
    ...(options.timings
      ? {
          timings: {
            load: results.loadSeconds,
            ...named(scores.map(({ seconds }) => seconds)),
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
  { isGuess: true },
);

/** Whether a metric can be computed only of posteriors. */
export function needsPosterior({ metric }: Task): boolean {
  return metric.needs.includes('posterior');
}

/**
 * The posterior, checked; one that has no densities hinders only metrics that need it.
 * @throws what is wrong with it, if all do
 */
function takePosterior(
  given: PosteriorInput | undefined,
  latents: Latents,
  tasks: readonly Task[],
): { readonly posterior: Posterior | null; readonly refusal: DataError | null } {
  if (given === undefined) return { posterior: null, refusal: null };
  try {
    const posterior = toPosterior(given, 'posterior');
    checkLikeLatents(posterior, latents);
    return { posterior, refusal: null };
  } catch (error) {
    if (!(error instanceof DataError) || tasks.every(needsPosterior)) throw error;
    return { posterior: null, refusal: error };
  }
}

function describeUnusable(refusal: DataError): Note {
  return note('unusable-posterior', `undefined: the posterior cannot be used: ${refusal.message}`);
}

function withoutScore({ metric, options }: Task, reason: Note): Score {
  return { value: null, range: metric.range, parts: {}, options, notes: writeNotes([reason]) };
}

/** Where the posterior came from; without archives by the names of the arguments. */
function originOf({ z }: Posterior, members: Partial<Posterior<string>> = {}) {
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
    if (typeof entry !== 'string') return checkMetric(entry);
    if (isSameName(entry, 'all')) return computable;
    return findNamed('metrics', entry, metrics);
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
  { metrics: wanted, options = {}, bins, zeroBin, preset }: ScoreOptions<string>,
  hasPosterior: boolean,
  lack = 'the posterior of each row, its mean and log-variance: expected posterior: { mu, logvar }, got none',
): Task[] {
  const chosen = chooseMetrics(wanted, hasPosterior, lack);
  checkRecord('options', options);
  for (const [name, own] of Object.entries(options)) {
    checkRecord(`options of ${name}`, own);
    if (chosen.some((metric) => isNamed(metric, name))) continue;
    const known = findNamed('options', name, metrics);
    const isUsual = wanted === undefined;
    throw wrongValue({
      option: 'options',
      problem: isUsual
        ? phrase`${known.name} is not computed unless ${mention('metrics')} names it, or all`
        : phrase`${known.name} is not among ${mention('metrics')}`,
    });
  }
  const shared = { ...(bins !== undefined && { bins }), ...(zeroBin !== undefined && { zeroBin }) };
  return chosen.map((metric) => {
    const given = Object.entries(options).filter(([name]) => isNamed(metric, name));
    const own = Object.assign({}, ...given.map(([, values]) => values));
    return { metric, options: resolveMetricOptions(metric, own, shared, preset) };
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
