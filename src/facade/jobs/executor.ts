/** Computes what a report needs, in this thread: a metric after the other, a resample after the other. */

import type { Metric, MetricContext, OptionValues, Outcome } from '../../metrics/metric.js';
import { type Evaluate, type Resampling, resampleOnce } from '../../stats/resampling.js';
import type { Table } from '../../stats/table.js';
import type { ResolvedOptions } from '../check-options.js';
import { makePause } from './make-pause.js';

/** A metric with all of its options. */
export interface Task {
  readonly metric: Metric;
  readonly options: OptionValues;
}

/** What a task came to. */
export interface Evaluated {
  readonly outcome: Outcome;
  /** Of work, whichever thread did it. */
  readonly seconds: number;
}

/** Where and how work is done: the results are the same. */
export interface Executor {
  /** In the order of the tasks. */
  evaluate(tasks: readonly Task[]): Promise<Evaluated[]>;
  /** The values of all tasks on each of `count` resamples. */
  resample(tasks: readonly Task[], which: Resampling, count: number): Promise<Array<ReadonlyArray<number | null>>>;
}

/** What an executor takes of the options. */
export type ExecutorOptions = Pick<ResolvedOptions, 'seed' | 'sampler' | 'signal' | 'onProgress'>;

/** Computes one task. */
export async function evaluateTask(
  table: Table,
  { metric, options }: Task,
  common: ExecutorOptions,
): Promise<Evaluated> {
  const started = performance.now();
  const context = contextOf(metric, common);
  const pieces = async () => {
    if (!metric.pieces) throw new Error(`${metric.name}: expected pieces to be defined`);
    const all: unknown[] = [];
    const count = metric.pieces.count(table, options);
    for (let index = 0; index < count; index++) all.push(await metric.pieces.compute(table, options, context, index));
    return all;
  };
  const outcome = await metric.compute(table, options, { ...context, pieces: pieces as MetricContext['pieces'] });
  return { outcome, seconds: (performance.now() - started) / 1000 };
}

/** What a metric's computation gets beside its table and options. */
export function contextOf(metric: Metric, common: ExecutorOptions): Omit<MetricContext, 'pieces'> {
  return { seed: common.seed, sampler: common.sampler, pause: makePause(metric.name, common) };
}

/** The values of all tasks on one resample. */
export function evaluateResample(
  table: Table,
  tasks: readonly Task[],
  which: Resampling,
  index: number,
  { seed, signal }: Pick<ResolvedOptions, 'seed' | 'signal'>,
): Promise<ReadonlyArray<number | null>> {
  const evaluate: Evaluate = async (resampled, ownSeed) => {
    const values: Array<number | null> = [];
    // Progress is that of the resamples; within one, only cancelling matters.
    for (const task of tasks)
      values.push((await evaluateTask(resampled, task, { seed: ownSeed, signal })).outcome.value);
    return values;
  };
  return resampleOnce(table, which, index, seed, evaluate);
}

/** The executor of this thread. */
export function executeHere(table: Table, common: ExecutorOptions): Executor {
  return {
    async evaluate(tasks) {
      const evaluated: Evaluated[] = [];
      for (const task of tasks) evaluated.push(await evaluateTask(table, task, common));
      return evaluated;
    },
    async resample(tasks, which, count) {
      const pause = makePause(tasks.map(({ metric }) => metric.name).join(', '), common);
      const values: Array<ReadonlyArray<number | null>> = [];
      for (let index = 0; index < count; index++) {
        await pause(which, index, count);
        values.push(await evaluateResample(table, tasks, which, index, common));
      }
      return values;
    },
  };
}
