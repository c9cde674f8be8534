/**
 * Runs metrics on a pair of matrices: loads the table once, computes each score, then intervals and
 * nulls together.
 */
import { withCore } from '../../bindings/core.js';
import { flattenMatrix, type Matrix } from '../matrix.js';
import { findMetric } from '../metrics/index.js';
import type { Metric } from '../metrics/metric.js';
import { type Note, note, notesOf, writeNotes } from '../note.js';
import { defaultsOf } from '../options/check-options.js';
import { mention, phrase } from '../phrase.js';
import { mapPosterior, type Posterior } from '../posterior.js';
import { type Latents, SparseMatrix } from '../sparse-matrix.js';
import { exactSplit } from '../stats/exact-split.js';
import { coverageOf } from '../stats/interval-coverage.js';
import { measureLatents } from '../stats/load-table.js';
import { informationKey } from '../stats/mutual-information.js';
import { collectScores, intervalAround, nullOf, type Resampling, spreadOf } from '../stats/resampling.js';
import type { Table } from '../stats/table.js';
import type { CommonOptions, FactorType, Preset, Score } from '../types.js';
import type { ResolvedOptions } from './common-options.js';
import { histogramsOf, type Informed, informTable } from './inform-table.js';
import { type Crew, withCrew } from './jobs/crew.js';
import {
  canTravel,
  type Evaluated,
  evaluateResample,
  evaluateTask,
  nameTask,
  scoreWork,
  type Task,
} from './jobs/score-work.js';

type ScoreCrew = Crew<(typeof scoreWork)['shares']>;

/** What came out. */
export interface Results {
  /** In the order of the tasks. */
  readonly scores: readonly Score[];
  /** Seconds, in the order of the tasks. */
  readonly seconds: readonly number[];
  /** Seconds for checking and copying the input. */
  readonly loadSeconds: number;
  /** Seconds for intervals and nulls. */
  readonly resamplingSeconds: number;
  readonly factorSizes: ReadonlyArray<number | null>;
  readonly factorTypes: readonly FactorType[];
  /** Whether latents look like factors and factors like latents. */
  readonly looksSwapped: boolean;
}

/**
 * Computes the scores of all tasks. The posterior, where there is one, has been checked, and is as
 * large as the latents.
 */
export function runTasks(
  latents: Latents,
  factors: Matrix,
  tasks: readonly Task[],
  options: ResolvedOptions,
  posterior: Posterior | null,
): Promise<Results> {
  return withCore(async (core) => {
    const started = performance.now();
    const { signal, factorTypes, threads } = options;
    signal?.throwIfAborted();
    const split = exactSplit(options, latents.rows);
    const users = tasks.filter(({ metric }) => metric.needs?.includes('posterior'));
    const needed = users.length > 0 ? posterior : null;
    // Two or three times as large as the latents: not where other threads have it for all that is
    // computed.
    const isUsedHere = threads === 1 || !users.every((task) => canTravel(task, options));
    const given = { factors, factorTypes, exactSplit: split };
    const isSparse = latents instanceof SparseMatrix;
    const isRead = usesLatents(tasks, options);
    const isHeld = isRead || (!isSparse && latents.data.byteLength <= HELD_BYTES);
    const table = scoreWork.load(core, {
      ...given,
      latents: isHeld ? latents : measureLatents(latents, factors),
      posterior: isUsedHere ? needed : null,
    });
    const loadSeconds = (performance.now() - started) / 1000;
    const { rows, columns } = latents;
    const measured = { rows, columns, minima: table.latentMinima, maxima: table.latentMaxima };
    const input = () => ({
      ...given,
      latents: !isRead ? measured : isSparse ? { ...latents } : flattenMatrix(latents),
      factors: flattenMatrix(factors),
      posterior: needed && mapPosterior(needed, flattenMatrix),
    });
    const results = await withCrew(scoreWork, options, { input, held: table }, (crew) =>
      // Histograms of latents that this thread holds, and counts alone, are the table's own.
      scoreTasks(crew, table, latents, threads > 1 || !isHeld, tasks, options),
    );
    return { ...results, loadSeconds };
  });
}

/** Whether the latents themselves are read, and not only histograms of them. */
export function usesLatents(tasks: readonly Task[], { interval, null: permutations }: CommonOptions): boolean {
  return Boolean(interval || permutations) || tasks.some((task) => histogramsOf(task) === null);
}

/**
 * Latents up to here are held even where they need not be: once in memory they are counted faster.
 */
const HELD_BYTES = 32 * 1024 ** 2;

/** @param isCut whether histograms are counted by blocks of the latents, or are the table's own */
async function scoreTasks(
  crew: ScoreCrew,
  table: Table,
  latents: Latents,
  isCut: boolean,
  tasks: readonly Task[],
  options: ResolvedOptions,
): Promise<Omit<Results, 'loadSeconds'>> {
  const evaluated = await evaluateTasks(crew, table, tasks, options, isCut ? latents : null);
  const scores = evaluated.map(({ outcome }, i): Score => {
    const { metric, options: own } = tasks[i];
    const notes = writeNotes([...outcome.notes, ...describePreset(metric, options.preset)]);
    const range = outcome.range ?? metric.range;
    return { value: outcome.value, range, parts: outcome.parts as Score['parts'], options: own, notes };
  });
  const beforeResampling = performance.now();
  return {
    scores: await addUncertainty(crew, table, tasks, scores, options),
    seconds: evaluated.map(({ seconds }) => seconds),
    resamplingSeconds: (performance.now() - beforeResampling) / 1000,
    factorSizes: table.factors.map(({ size }) => size),
    factorTypes: table.factors.map(({ type }) => type),
    looksSwapped: looksSwapped(table, latents),
  };
}

/** In the order of the tasks. */
export async function evaluateTasks(
  crew: ScoreCrew,
  table: Table,
  tasks: readonly Task[],
  common: Pick<ResolvedOptions, 'seed' | 'sampler'>,
  cut: Latents | null = null,
): Promise<Evaluated[]> {
  const evaluated = new Array<Evaluated>(tasks.length);
  // What takes longest is asked for first, so that no worker is left alone with it at the end.
  const order = [...tasks.keys()].sort(
    (a, b) => Number(tasks[b].metric.isSlow ?? 0) - Number(tasks[a].metric.isSlow ?? 0),
  );
  const slow = order.filter((i) => tasks[i].metric.isSlow);
  const evaluate = (indices: readonly number[], informed: Informed) =>
    indices.map(async (i) => {
      evaluated[i] = await evaluateBy(crew, table, tasks[i], common, informed);
    });
  const first = evaluate(slow, new Map());
  const informed = cut === null ? new Map() : informTable(crew, table, cut, tasks);
  await Promise.all([...first, ...evaluate(order.slice(slow.length), informed)]);
  return evaluated;
}

async function evaluateBy(
  crew: ScoreCrew,
  table: Table,
  task: Task,
  common: Pick<ResolvedOptions, 'seed' | 'sampler'>,
  informed: Informed,
): Promise<Evaluated> {
  const histograms = histogramsOf(task);
  const counted = histograms && informed.get(informationKey(histograms));
  if (counted) {
    const seconds = await counted;
    const evaluated = await crew.here((pauses) => evaluateTask(table, task, common, pauses));
    return { ...evaluated, seconds: evaluated.seconds + seconds };
  }
  if (!canTravel(task, common)) return crew.here((pauses) => evaluateTask(table, task, common, pauses));
  const { metric, options } = task;
  const request = { task: nameTask(task), seed: common.seed };
  const label = { metric: metric.name, phase: 'evaluating' };
  // In this thread a metric computes its pieces when it needs them.
  if (!crew.isElsewhere || !metric.pieces) return crew.ask('score', request, label);
  const requests = Array.from({ length: metric.pieces.count(table, options) }, (_, index) => ({ ...request, index }));
  const pieces = await crew.askAll('piece', requests, label);
  return crew.here((pauses) => evaluateTask(table, task, common, pauses, pieces));
}

/** The values of all tasks on each of `count` resamples. */
function resampleTasks(
  crew: ScoreCrew,
  table: Table,
  tasks: readonly Task[],
  which: Resampling,
  count: number,
  common: ResolvedOptions,
): Promise<Array<ReadonlyArray<number | null>>> {
  const { seed } = common;
  const resamples = Array.from({ length: count }, (_, index) => ({ which, index, count }));
  if (!tasks.every((task) => canTravel(task, common))) {
    return crew.here(async (pauses) => {
      const values: Array<ReadonlyArray<number | null>> = [];
      for (const resample of resamples) values.push(await evaluateResample(table, tasks, resample, seed, pauses));
      return values;
    });
  }
  const request = { tasks: tasks.map(nameTask), seed };
  const label = { metric: tasks.map(({ metric }) => metric.name).join(', '), phase: which };
  return crew.askAll(
    'resample',
    resamples.map((resample) => ({ ...request, ...resample })),
    label,
  );
}

function describePreset({ presets, presetLimits }: Metric, preset: Preset | undefined): Note[] {
  if (preset === undefined) return [];
  if (preset === undefined) return [];
  const say = (what: string) => phrase`${mention('preset')} ${preset}: ${what}`;
  const limit = presetLimits?.[preset];
  if (limit !== undefined) return [note('preset-limit', say(limit), { option: 'preset' })];
  if (preset === 'paper' || presets?.[preset] !== undefined) return [];
  const text = say('its code has no such metric; the defaults were used');
  return [note('preset-without-metric', text, { option: 'preset' })];
}

/** Says how many resamples had no score; `scored` is undefined where too few had. */
function describeLost(
  option: 'interval' | 'null',
  asked: number,
  scored: number | undefined,
  what: string,
  ofWhat: string,
): Note[] {
  if (asked === 0 || scored === asked) return [];
  const text =
    scored === undefined
      ? `no ${option}: fewer than two ${what}${ofWhat} have a score`
      : `${option}: ${asked - scored} of ${asked} ${what} had no score and are left out`;
  return [note('lost-resamples', text, { option })];
}

async function addUncertainty(
  crew: ScoreCrew,
  table: Table,
  tasks: readonly Task[],
  scores: readonly Score[],
  common: ResolvedOptions,
): Promise<Score[]> {
  const halves =
    common.interval > 0 && table.rows >= 4
      ? collectScores(await resampleTasks(crew, table, tasks, 'interval', common.interval, common))
      : [];
  const permuted =
    common.null > 0 ? collectScores(await resampleTasks(crew, table, tasks, 'null', common.null, common)) : [];
  return scores.map((score, i) => {
    const { metric } = tasks[i];
    if (score.value === null) return score;
    const [own, { rows }, { level }] = [halves[i] ?? [], table, common];
    const around = intervalAround(score.value, own, rows, level, score.range, metric.isPlugIn);
    const coverage =
      around?.standardError === 0
        ? 'all halves have one score, as near its largest, and would leave no room for the truth'
        : coverageOf({
            metric: metric.name,
            isDefault: findMetric(metric.name) === metric && hasDefaults(tasks[i]),
            rows,
            level,
            resamples: common.interval,
          });
    const isKnown = typeof coverage !== 'string';
    const interval = isKnown && around ? { ...around, coverage } : null;
    const spread = isKnown ? null : spreadOf(own, level);
    const chance = nullOf(score.value, permuted[i] ?? [], metric.better);
    const notes = writeNotes([
      ...notesOf(score.notes),
      ...(spread ? [note('spread', `spread of halves of the rows in place of an interval: ${coverage}`)] : []),
      ...describeLost('interval', common.interval, around?.resamples, 'halves', ' of the rows'),
      ...describeLost('null', common.null, chance?.permutations, 'permutations', ' of the factors'),
    ]);
    return {
      ...score,
      notes,
      ...(interval && { interval }),
      ...(spread && { spread }),
      ...(chance ? { null: chance } : {}),
    };
  });
}

/** Whether a metric is computed with its default options. */
function hasDefaults({ metric, options }: Task): boolean {
  const own = Object.entries(defaultsOf(metric.options));
  return own.every(([name, value]) => JSON.stringify(options[name]) === JSON.stringify(value));
}

/**
 * Latents that are all whole numbers of few values beside factors that are all real: the arguments
 * may be the wrong way round.
 */
function looksSwapped(table: Table, latents: Latents): boolean {
  const { rows, latentCount, latentMinima, latentMaxima } = table;
  if (!table.factors.every(({ type, isConstant }) => type === 'continuous' && !isConstant)) return false;
  for (let d = 0; d < latentCount; d++) {
    if (latentMaxima[d] - latentMinima[d] >= rows / 2) return false;
  }
  return (latents instanceof SparseMatrix ? latents.values : latents.data).every(Number.isInteger);
}
