/**
 * The work of scores: a table, of which single metrics, pieces of slow ones, and resamples are
 * asked for. Metrics are named, so those of the caller's own, which are functions, stay in the
 * thread that has them; and so does a sampler.
 */

import { OutOfMemory } from '../../../bindings/arena.js';
import type { Core } from '../../../bindings/core.js';
import { loadPosterior } from '../../decomposition/posterior.js';
import { dataRangeError } from '../../errors.js';
import { type PlainMatrix, toMatrix } from '../../matrix.js';
import { checkOutcome } from '../../metrics/check-metric.js';
import { findMetric } from '../../metrics/index.js';
import type { Metric, MetricContext, Outcome } from '../../metrics/metric.js';
import type { Rules, ValuesOf } from '../../options/rule.js';
import { mapPosterior, type Posterior } from '../../posterior.js';
import { type PlainSparse, SparseMatrix } from '../../sparse-matrix.js';
import { encodeFactor } from '../../stats/binning.js';
import type { ColumnBlock } from '../../stats/column-blocks.js';
import type { ExactSplit } from '../../stats/exact-split.js';
import { loadColumns, loadTable, type MeasuredLatents } from '../../stats/load-table.js';
import { type HistogramOptions, type MutualInformation, mutualInformation } from '../../stats/mutual-information.js';
import type { Pause } from '../../stats/pause.js';
import { type Evaluate, type Resampling, resampleOnce } from '../../stats/resampling.js';
import type { Table } from '../../stats/table.js';
import type { FactorType, Sampler } from '../../types.js';
import type { Pauses } from './make-pause.js';

/** A metric with all of its options. */
export interface Task {
  readonly metric: Metric;
  readonly options: ValuesOf<Rules>;
}

/** A {@link Task} by the name of its metric. */
export interface NamedTask {
  readonly metric: string;
  readonly options: ValuesOf<Rules>;
}

/** What a task came to. */
export interface Evaluated {
  readonly outcome: Outcome;
  /** Of work, whichever thread did it. */
  readonly seconds: number;
}

/** A piece of a metric's work, and the seconds it took. */
export interface EvaluatedPiece {
  readonly piece: unknown;
  readonly seconds: number;
}

/** What a table is made of. */
export interface TableInput {
  readonly latents: PlainMatrix | PlainSparse | MeasuredLatents;
  readonly factors: PlainMatrix;
  readonly factorTypes: ReadonlyArray<FactorType | null> | undefined;
  readonly exactSplit: ExactSplit | null;
  readonly posterior: Posterior<PlainMatrix> | null;
}

/** What draws are made from. */
export interface Source {
  readonly seed: number;
  readonly sampler?: Sampler;
}

/** One resample, of how many. */
export interface Resample {
  readonly which: Resampling;
  readonly index: number;
  readonly count: number;
}

/** Histograms of a block of columns, of so many. */
export interface InformationRequest {
  /** Whose, in reports of progress. */
  readonly metric: string;
  readonly block: ColumnBlock;
  readonly histograms: readonly HistogramOptions[];
  readonly of: number;
}

/** What the histograms of one kind came to. */
export interface InformedColumns {
  readonly information: MutualInformation;
  readonly seconds: number;
}

interface MetricRequest {
  readonly task: NamedTask;
  readonly seed: number;
}

/** Shares of the work on a table. */
export const scoreWork = {
  name: 'scores',

  load(core: Core, { latents, factors, factorTypes, exactSplit, posterior }: TableInput): Table {
    const loaded = posterior && loadPosterior(core, mapPosterior(posterior, toMatrix));
    const given = 'data' in latents ? toMatrix(latents) : 'values' in latents ? new SparseMatrix(latents) : latents;
    return loadTable(core, given, toMatrix(factors), factorTypes, exactSplit, loaded);
  },

  shares: {
    score: (table: Table, { task, seed }: MetricRequest, pauses: Pauses): Promise<Evaluated> =>
      evaluateTask(table, findTask(task), { seed }, pauses),

    async piece(
      table: Table,
      { task, seed, index }: MetricRequest & { readonly index: number },
      pauses: Pauses,
    ): Promise<EvaluatedPiece> {
      const started = performance.now();
      const { metric, options } = findTask(task);
      const context = { seed, pause: pauses(metric.name) };
      const piece = await namingMemory(table, metric, () => metric.pieces?.compute(table, options, context, index));
      return { piece, seconds: secondsSince(started) };
    },

    information: (
      table: Table,
      { metric, block, histograms, of }: InformationRequest,
      pauses: Pauses,
    ): Promise<InformedColumns[]> => informColumns(table, block, histograms, of, pauses(metric)),

    resample: (
      table: Table,
      { tasks, seed, ...resample }: Resample & { readonly tasks: readonly NamedTask[]; readonly seed: number },
      pauses: Pauses,
    ): Promise<ReadonlyArray<number | null>> => evaluateResample(table, tasks.map(findTask), resample, seed, pauses),
  },
};

async function informColumns(
  table: Table,
  block: ColumnBlock,
  histograms: readonly HistogramOptions[],
  of: number,
  pause: Pause,
): Promise<InformedColumns[]> {
  for (const { bins, edges } of histograms) {
    // Kept by the whole table: those of the columns' are gone with the scope.
    for (const k of table.varyingFactors) await encodeFactor(table, k, bins, edges);
  }
  return table.core.arena.scope(async () => {
    const columns = loadColumns(table, block);
    const informed: InformedColumns[] = [];
    for (const kind of histograms) {
      const started = performance.now();
      const information = await mutualInformation(columns, kind, (phase, done) => pause(phase, block.from + done, of));
      informed.push({ information, seconds: secondsSince(started) });
    }
    return informed;
  });
}

/** Computes one task, from the pieces that others have computed where there are some. */
export async function evaluateTask(
  table: Table,
  { metric, options }: Task,
  { seed, sampler }: Source,
  pauses: Pauses,
  done: readonly EvaluatedPiece[] | null = null,
): Promise<Evaluated> {
  const started = performance.now();
  const context = { seed, sampler, pause: pauses(metric.name) };
  const pieces = async () => {
    if (done !== null) return done.map(({ piece }) => piece);
    if (!metric.pieces) throw new Error(`${metric.name}: expected pieces to be defined`);
    const all: unknown[] = [];
    const count = metric.pieces.count(table, options);
    for (let index = 0; index < count; index++) all.push(await metric.pieces.compute(table, options, context, index));
    return all;
  };
  const outcome = await namingMemory(table, metric, () =>
    metric.compute(table, options, { ...context, pieces: pieces as MetricContext['pieces'] }),
  );
  const elsewhere = (done ?? []).reduce((sum, { seconds }) => sum + seconds, 0);
  return { outcome: checkOutcome(metric, outcome), seconds: elsewhere + secondsSince(started) };
}

/** Says of whom and of what it is that memory has no room for it. */
async function namingMemory<R>({ rows, latentCount }: Table, { name }: Metric, work: () => R | Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof OutOfMemory)) throw error;
    const most = 'the 4 GiB that WebAssembly can address, or the memory that there is';
    const problem = `expected to fit ${most}, got ${rows} x ${latentCount} latents, which take more`;
    throw dataRangeError(`${name}: ${problem}; score a part of the rows or of the latents`);
  }
}

/** The values of all tasks on one resample. */
export async function evaluateResample(
  table: Table,
  tasks: readonly Task[],
  { which, index, count }: Resample,
  seed: number,
  pauses: Pauses,
): Promise<ReadonlyArray<number | null>> {
  await pauses(tasks.map(({ metric }) => metric.name).join(', '))(which, index, count);
  const evaluate: Evaluate = async (resampled, ownSeed) => {
    const values: Array<number | null> = [];
    for (const task of tasks) {
      // Progress is that of the resamples; within one, only cancelling matters.
      const { outcome } = await evaluateTask(resampled, task, { seed: ownSeed }, () => pauses(null));
      values.push(outcome.value);
    }
    return values;
  };
  return resampleOnce(table, which, index, seed, evaluate);
}

/**
 * Whether a task can be named to other threads: functions of the caller's stay in the thread that
 * has them.
 */
export function canTravel({ metric }: Task, { sampler }: Pick<Source, 'sampler'>): boolean {
  return findMetric(metric.name) === metric && sampler === undefined;
}

/** A task as threads name it to each other. */
export function nameTask({ metric, options }: Task): NamedTask {
  return { metric: metric.name, options };
}

function findTask({ metric, options }: NamedTask): Task {
  const found = findMetric(metric);
  if (!found) throw new Error(`jobs: expected a metric of the registry, got '${metric}'`);
  return { metric: found, options };
}

function secondsSince(started: number): number {
  return (performance.now() - started) / 1000;
}
