/** Computes what a report needs in the workers of a pool: each with a copy of the table, metrics or pieces of them as they are free. */
import type { Pool } from '../../../bindings/pool.js';
import { findMetric } from '../../metrics/index.js';
import type { MetricContext, OptionValues, Pieces } from '../../metrics/metric.js';
import type { Table } from '../../stats/table.js';
import {
  contextOf,
  type Evaluated,
  type Executor,
  type ExecutorOptions,
  evaluateTask,
  executeHere,
  type Task,
} from './executor.js';
import type { EvaluatedPiece, Job, NamedTask } from './jobs.js';
import { makeReporter } from './make-pause.js';

/** Whether a task can be named to other threads: functions of the caller's stay in the thread that has them. */
export function canTravel({ metric }: Task, { sampler }: Pick<ExecutorOptions, 'sampler'>): boolean {
  return findMetric(metric.name) === metric && sampler === undefined;
}

/** The executor of a pool whose workers all have the table. */
export function executePooled(table: Table, pool: Pool, common: ExecutorOptions): Executor {
  const { seed } = common;
  const ask = <T>(job: Job) => pool.ask<T>(job);

  return {
    async evaluate(tasks) {
      const progress = countProgress(common, 'evaluating');
      const later: Array<() => Promise<void>> = [];
      const evaluated = new Array<Evaluated>(tasks.length);
      const asked: Promise<void>[] = [];
      // What takes longest is asked for first, so that no worker is left alone with it at the end.
      const order = [...tasks.keys()].sort(
        (a, b) => Number(tasks[b].metric.isSlow ?? 0) - Number(tasks[a].metric.isSlow ?? 0),
      );
      for (const i of order) {
        const task = tasks[i];
        const put = (result: Evaluated) => {
          evaluated[i] = result;
        };
        if (!canTravel(task, common)) later.push(async () => put(await evaluateTask(table, task, common)));
        else if (task.metric.pieces) {
          const pieces = askForPieces(table, task, task.metric.pieces, seed, ask, progress);
          asked.push(...(pieces as Promise<unknown>[]).map((piece) => piece.then(() => {})));
          later.push(async () => put(await assemble(table, task, common, pieces)));
        } else {
          const result = progress(task, ask<Evaluated>({ kind: 'score', task: nameOf(task), seed }));
          asked.push(result.then(put));
        }
      }
      // A failure among those asked must end the wait for those that are computed here, and the other way round.
      const here = (async () => {
        for (const work of later) await work();
      })();
      try {
        await Promise.all([here, ...asked]);
      } catch (error) {
        // What is computed here has the table's memory, which goes to somebody else when this returns: it must come to its end
        // first, and so must what it waits for.
        pool.end(error);
        await here.catch(() => {});
        throw error;
      }
      return evaluated;
    },

    async resample(tasks, which, count) {
      if (!tasks.every((task) => canTravel(task, common)))
        return executeHere(table, common).resample(tasks, which, count);
      const progress = countProgress(common, which);
      const names = tasks.map(nameOf);
      const all = { metric: { name: tasks.map(({ metric }) => metric.name).join(', ') } };
      return Promise.all(
        Array.from({ length: count }, (_, index) =>
          progress(all, ask<ReadonlyArray<number | null>>({ kind: 'resample', tasks: names, seed, which, index })),
        ),
      );
    },
  };
}

function nameOf({ metric, options }: Task): NamedTask {
  return { metric: metric.name, options };
}

function askForPieces(
  table: Table,
  task: Task,
  pieces: Pieces<OptionValues, unknown>,
  seed: number,
  ask: <T>(job: Job) => Promise<T>,
  progress: ReturnType<typeof countProgress>,
): Array<Promise<EvaluatedPiece>> {
  return Array.from({ length: pieces.count(table, task.options) }, (_, index) =>
    progress(task, ask<EvaluatedPiece>({ kind: 'piece', task: nameOf(task), seed, index })),
  );
}

/** Computes a metric here from the pieces that workers compute. */
async function assemble(
  table: Table,
  { metric, options }: Task,
  common: ExecutorOptions,
  asked: ReadonlyArray<Promise<EvaluatedPiece>>,
): Promise<Evaluated> {
  const done = await Promise.all(asked);
  const started = performance.now();
  const pieces = async () => done.map(({ piece }) => piece);
  const context = { ...contextOf(metric, common), pieces: pieces as MetricContext['pieces'] };
  const outcome = await metric.compute(table, options, context);
  const own = (performance.now() - started) / 1000;
  return { outcome, seconds: done.reduce((sum, { seconds }) => sum + seconds, own) };
}

/** Reports how many of the things asked for are done. */
function countProgress(common: ExecutorOptions, phase: string) {
  const report = makeReporter(common);
  let done = 0;
  let total = 0;
  return <T>({ metric }: { readonly metric: { readonly name: string } }, asked: Promise<T>): Promise<T> => {
    total++;
    return asked.then((result) => {
      done++;
      report({ metric: metric.name, phase, done, total });
      return result;
    });
  };
}
