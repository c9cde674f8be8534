/** Runs metrics on a pair of matrices: loads the table once, computes each score, then intervals and nulls together. */
import { withCore } from '../../../bindings/core.js';
import { withPool } from '../../../bindings/pool.js';
import { loadSampledPosterior, type PosteriorMatrices } from '../../decomposition/posterior.js';
import { flattenMatrix, type Matrix } from '../../matrix.js';
import type { Metric } from '../../metrics/metric.js';
import { exactSplit } from '../../stats/exact-split.js';
import { loadTable } from '../../stats/load-table.js';
import { collectScores, intervalAround, nullOf } from '../../stats/resampling.js';
import type { Table } from '../../stats/table.js';
import type { FactorType, Preset, Score } from '../../types.js';
import type { ResolvedOptions } from '../check-options.js';
import { type Executor, executeHere, type Task } from './executor.js';
import type { Job } from './jobs.js';
import { canTravel, executePooled } from './pooled-executor.js';

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

/** Computes the scores of all tasks. The posterior, where there is one, has been checked, and is as large as the latents. */
export function runTasks(
  latents: Matrix,
  factors: Matrix,
  tasks: readonly Task[],
  options: ResolvedOptions,
  posterior: PosteriorMatrices | null,
): Promise<Results> {
  return withCore(async (core) => {
    const started = performance.now();
    const { signal, factorTypes, threads } = options;
    signal?.throwIfAborted();
    const split = exactSplit(options, latents.rows);
    const users = tasks.filter(({ metric }) => metric.needs?.includes('posterior'));
    const needed = users.length > 0 ? posterior : null;
    // Two or three times as large as the latents: not where other threads have it for all that is computed.
    const isUsedHere = threads === 1 || !users.every((task) => canTravel(task, options));
    const loaded = isUsedHere && needed ? loadSampledPosterior(core, needed) : null;
    const table = loadTable(core, latents, factors, factorTypes, split, loaded);
    const loadSeconds = (performance.now() - started) / 1000;
    const compute = async (executor: Executor) => ({
      ...(await scoreTasks(executor, table, tasks, options)),
      loadSeconds,
    });
    if (threads === 1) return compute(executeHere(table, options));
    return withPool(threads, signal, async (pool) => {
      await pool.askEach({
        kind: 'table',
        latents: flattenMatrix(latents),
        factors: flattenMatrix(factors),
        factorTypes,
        exactSplit: split,
        posterior: needed && flattenPosterior(needed),
      } satisfies Job);
      const results = await compute(executePooled(table, pool, options));
      await pool.askEach({ kind: 'drop' } satisfies Job);
      return results;
    });
  });
}

function flattenPosterior({ mu, logvar, z }: PosteriorMatrices) {
  return { mu: flattenMatrix(mu), logvar: flattenMatrix(logvar), z: z && flattenMatrix(z) };
}

async function scoreTasks(
  executor: Executor,
  table: Table,
  tasks: readonly Task[],
  options: ResolvedOptions,
): Promise<Omit<Results, 'loadSeconds'>> {
  const evaluated = await executor.evaluate(tasks);
  const scores = evaluated.map(({ outcome }, i): Score => {
    const { metric, options: own } = tasks[i];
    const notes = [...outcome.notes, ...describePreset(metric, options.preset)];
    return { value: outcome.value, range: metric.range, parts: outcome.parts, options: own, notes };
  });
  const beforeResampling = performance.now();
  return {
    scores: await addUncertainty(executor, table, tasks, scores, options),
    seconds: evaluated.map(({ seconds }) => seconds),
    resamplingSeconds: (performance.now() - beforeResampling) / 1000,
    factorSizes: table.factors.map(({ size }) => size),
    factorTypes: table.factors.map(({ type }) => type),
    looksSwapped: looksSwapped(table),
  };
}

function describePreset({ presets, presetLimits }: Metric, preset: Preset | undefined): string[] {
  const limit = preset && presetLimits?.[preset];
  if (limit !== undefined) return [`preset ${preset}: ${limit}`];
  if (preset === undefined || preset === 'paper' || presets?.[preset] !== undefined) return [];
  return [`preset ${preset}: its code has no such metric; the defaults were used`];
}

async function addUncertainty(
  executor: Executor,
  table: Table,
  tasks: readonly Task[],
  scores: readonly Score[],
  common: ResolvedOptions,
): Promise<Score[]> {
  const halves =
    common.interval > 0 && table.rows >= 4
      ? collectScores(await executor.resample(tasks, 'interval', common.interval))
      : [];
  const permuted = common.null > 0 ? collectScores(await executor.resample(tasks, 'null', common.null)) : [];
  return scores.map((score, i) => {
    const { metric } = tasks[i];
    if (score.value === null) return score;
    const interval = intervalAround(
      score.value,
      halves[i] ?? [],
      table.rows,
      common.level,
      score.range,
      metric.isPlugIn,
    );
    const chance = nullOf(score.value, permuted[i] ?? [], metric.better);
    const notes = [...score.notes];
    if (common.interval > 0 && interval === null)
      notes.push('no interval: fewer than two halves of the rows have a score');
    else if (interval && interval.resamples < common.interval) {
      notes.push(
        `interval: ${common.interval - interval.resamples} of ${common.interval} halves had no score and are left out`,
      );
    }
    if (common.null > 0 && chance === null) {
      notes.push('no null: fewer than two permutations of the factors have a score');
    } else if (chance && chance.permutations < common.null) {
      notes.push(
        `null: ${common.null - chance.permutations} of ${common.null} permutations had no score and are left out`,
      );
    }
    return { ...score, notes, ...(interval ? { interval } : {}), ...(chance ? { null: chance } : {}) };
  });
}

/** Latents that are all whole numbers of few values beside factors that are all real: the arguments may be the wrong way round. */
function looksSwapped(table: Table): boolean {
  const { core, latents, rows, latentCount, latentMinima, latentMaxima } = table;
  if (!table.factors.every(({ type, isConstant }) => type === 'continuous' && !isConstant)) return false;
  for (let d = 0; d < latentCount; d++) {
    if (latentMaxima[d] - latentMinima[d] >= rows / 2 || !core.moments.isIntegral(latents, rows, latentCount, d))
      return false;
  }
  return true;
}
