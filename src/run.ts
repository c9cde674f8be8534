/** Runs metrics on a pair of matrices: loads the table once, computes each score, then intervals and nulls together. */
import { withCore } from '../bindings/core.js';
import type { Matrix } from './matrix.js';
import type { Metric, OptionValues } from './metrics/metric.js';
import type { ResolvedOptions } from './options.js';
import { loadTable } from './stats/load-table.js';
import type { Pause } from './stats/pause.js';
import { intervalAround, nullOf, scoreHalves, scorePermutations } from './stats/resampling.js';
import type { Table } from './stats/table.js';
import type { FactorType, Score } from './types.js';

/** A metric with all of its options. */
export interface Task {
  readonly metric: Metric;
  readonly options: OptionValues;
}

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

/** Computes the scores of all tasks. */
export function runTasks(
  latents: Matrix,
  factors: Matrix,
  tasks: readonly Task[],
  options: ResolvedOptions,
): Promise<Results> {
  return withCore(async (core) => {
    const started = performance.now();
    options.signal?.throwIfAborted();
    const table = loadTable(core, latents, factors, options.factorTypes);
    const loaded = performance.now();
    const scores: Score[] = [];
    const seconds: number[] = [];
    for (const task of tasks) {
      const before = performance.now();
      scores.push(await computeScore(table, task, options));
      seconds.push((performance.now() - before) / 1000);
    }
    const beforeResampling = performance.now();
    const complete = await addUncertainty(table, tasks, scores, options);
    return {
      scores: complete,
      seconds,
      loadSeconds: (loaded - started) / 1000,
      resamplingSeconds: (performance.now() - beforeResampling) / 1000,
      factorSizes: table.factors.map(({ size }) => size),
      factorTypes: table.factors.map(({ type }) => type),
      looksSwapped: looksSwapped(table),
    };
  });
}

async function computeScore(table: Table, { metric, options }: Task, common: ResolvedOptions): Promise<Score> {
  const outcome = await metric.compute(table, options, {
    seed: common.seed,
    sampler: common.sampler,
    pause: makePause(metric.name, common),
  });
  return { value: outcome.value, range: metric.range, parts: outcome.parts, options, notes: outcome.notes };
}

async function addUncertainty(
  table: Table,
  tasks: readonly Task[],
  scores: readonly Score[],
  common: ResolvedOptions,
): Promise<Score[]> {
  const pause = makePause(tasks.map(({ metric }) => metric.name).join(', '), common);
  const evaluate = async (resampled: Table, seed: number) => {
    const values: Array<number | null> = [];
    for (const { metric, options } of tasks) {
      // Progress is that of the resamples; within one, only cancelling matters.
      const quiet = makePause(metric.name, { signal: common.signal });
      values.push((await metric.compute(resampled, options, { seed, pause: quiet })).value);
    }
    return values;
  };
  const halves =
    common.interval > 0 && table.rows >= 4
      ? await scoreHalves(table, evaluate, common.interval, common.seed, pause)
      : [];
  const permuted = common.null > 0 ? await scorePermutations(table, evaluate, common.null, common.seed, pause) : [];
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
    return { ...score, notes, ...(interval ? { interval } : {}), ...(chance ? { null: chance } : {}) };
  });
}

/** Milliseconds of work after which the event loop gets a turn. */
const TURN_MS = 40;
/** Milliseconds between two reports of progress. */
const REPORT_MS = 100;

/** Lets the event loop turn and reports progress, both seldom enough to cost nothing; throws if the work was cancelled. */
export function makePause(
  metric: string,
  { signal, onProgress }: Pick<ResolvedOptions, 'signal' | 'onProgress'>,
): Pause {
  let lastTurn = performance.now();
  let lastReport = lastTurn;
  return async (phase, done, total) => {
    signal?.throwIfAborted();
    const now = performance.now();
    if (onProgress && now - lastReport >= REPORT_MS) {
      lastReport = now;
      onProgress({ metric, phase, done, total });
    }
    if (now - lastTurn < TURN_MS) return;
    await new Promise<void>((resolve) =>
      typeof setImmediate === 'function' ? setImmediate(resolve) : setTimeout(resolve),
    );
    lastTurn = performance.now();
    signal?.throwIfAborted();
  };
}

/** Latents that are all whole numbers of few values beside factors that are all real: the arguments may be the wrong way round. */
function looksSwapped(table: Table): boolean {
  const { core, latents, rows, latentCount, latentMinima, latentMaxima } = table;
  if (!table.factors.every(({ type, isConstant }) => type === 'continuous' && !isConstant)) return false;
  for (let d = 0; d < latentCount; d++) {
    if (latentMaxima[d] - latentMinima[d] >= rows / 2 || !core.isIntegral(latents, rows, latentCount, d)) return false;
  }
  return true;
}
