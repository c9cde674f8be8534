/**
 * What threads ask of each other: a table to work on, then scores, pieces of scores and resamples of it. Metrics are named,
 * so those of the caller's own, which are functions, stay in the thread that has them; and so does a sampler.
 */
import { type Core, withCore } from '../../../bindings/core.js';
import { loadSampledPosterior } from '../../decomposition/posterior.js';
import { Matrix, type PlainMatrix } from '../../matrix.js';
import { findMetric } from '../../metrics/index.js';
import type { OptionValues } from '../../metrics/metric.js';
import type { ExactSplit } from '../../stats/exact-split.js';
import { loadTable } from '../../stats/load-table.js';
import type { Resampling } from '../../stats/resampling.js';
import type { Table } from '../../stats/table.js';
import type { FactorType } from '../../types.js';
import { contextOf, type Evaluated, evaluateResample, evaluateTask, type Task } from './executor.js';

/** A {@link Task} by the name of its metric. */
export interface NamedTask {
  readonly metric: string;
  readonly options: OptionValues;
}

/** Posteriors as they cross between threads. */
export interface PlainPosterior {
  readonly mu: PlainMatrix;
  readonly logvar: PlainMatrix;
  readonly z: PlainMatrix | null;
}

/** Requests, answered with what is said of each. */
export type Job =
  /** To work on from now on: nothing. */
  | {
      readonly kind: 'table';
      readonly latents: PlainMatrix;
      readonly factors: PlainMatrix;
      readonly factorTypes: ReadonlyArray<FactorType | null> | undefined;
      readonly exactSplit: ExactSplit | null;
      readonly posterior: PlainPosterior | null;
    }
  /** {@link Evaluated} */
  | { readonly kind: 'score'; readonly task: NamedTask; readonly seed: number }
  /** {@link EvaluatedPiece} */
  | { readonly kind: 'piece'; readonly task: NamedTask; readonly seed: number; readonly index: number }
  /** The values of all tasks. */
  | {
      readonly kind: 'resample';
      readonly tasks: readonly NamedTask[];
      readonly seed: number;
      readonly which: Resampling;
      readonly index: number;
    }
  /** To forget the table: nothing. */
  | { readonly kind: 'drop' };

/** A piece, and the seconds it took. */
export interface EvaluatedPiece {
  readonly piece: unknown;
  readonly seconds: number;
}

/** A function that answers jobs; it holds one table at a time. */
export function makeJobHandler(): (job: Job) => Promise<unknown> {
  let held: { readonly table: Table; readonly drop: () => Promise<void> } | null = null;
  const tableOf = () => {
    if (held === null) throw new Error('jobs: expected a table before work on it');
    return held.table;
  };
  return async (job) => {
    switch (job.kind) {
      case 'table':
        await held?.drop();
        held = await holdTable(job);
        return undefined;
      case 'drop':
        await held?.drop();
        held = null;
        return undefined;
      case 'score':
        return evaluateTask(tableOf(), namedTask(job.task), { seed: job.seed }) satisfies Promise<Evaluated>;
      case 'piece':
        return evaluatePiece(tableOf(), namedTask(job.task), job.seed, job.index);
      case 'resample':
        return evaluateResample(tableOf(), job.tasks.map(namedTask), job.which, job.index, { seed: job.seed });
    }
  };
}

/** Loads a table into an instance of the kernels, which is kept until it is dropped. */
function holdTable(job: Job & { kind: 'table' }) {
  // What came in has been copied when the table is there; kept by the functions below it would take as much memory again.
  let input: typeof job | null = job;
  return new Promise<{ table: Table; drop: () => Promise<void> }>((resolve, reject) => {
    const kept = withCore(async (core) => {
      const table = loadJob(core, input as typeof job);
      input = null;
      await new Promise<void>((release) => {
        resolve({
          table,
          drop: () => {
            release();
            return kept;
          },
        });
      });
    });
    kept.catch(reject);
  });
}

function loadJob(core: Core, { latents, factors, factorTypes, exactSplit, posterior }: Job & { kind: 'table' }): Table {
  const matrix = ({ data, rows, columns }: PlainMatrix) => new Matrix(data, rows, columns);
  const loaded =
    posterior &&
    loadSampledPosterior(core, {
      mu: matrix(posterior.mu),
      logvar: matrix(posterior.logvar),
      z: posterior.z && matrix(posterior.z),
    });
  return loadTable(core, matrix(latents), matrix(factors), factorTypes, exactSplit, loaded);
}

async function evaluatePiece(
  table: Table,
  { metric, options }: Task,
  seed: number,
  index: number,
): Promise<EvaluatedPiece> {
  const started = performance.now();
  const piece = await metric.pieces?.compute(table, options, contextOf(metric, { seed }), index);
  return { piece, seconds: (performance.now() - started) / 1000 };
}

function namedTask({ metric, options }: NamedTask): Task {
  const found = findMetric(metric);
  if (!found) throw new Error(`jobs: expected a metric of the registry, got '${metric}'`);
  return { metric: found, options };
}
