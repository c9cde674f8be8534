/** How well least squares tell factors from latents. */
import { correlateWhitened, shortestWeights, whiten } from '../learners/whitening.js';
import { columnMoments, correlationsOf, type Moments } from '../stats/column-moments.js';
import { appendCombined, joinColumns, latentColumns } from '../stats/columns.js';
import { partRows } from '../stats/parted-rows.js';
import type { Pause } from '../stats/pause.js';
import type { Split } from '../stats/split.js';
import type { Table } from '../stats/table.js';
import type { FactorBlock } from './factor-blocks.js';
import { type TargetColumns, targetColumns } from './target-columns.js';

/** R2 by block and factor; null for one that is not in the block, or cannot be judged. */
export interface JudgedBlocks {
  readonly tested: Array<Array<number | null>>;
  readonly trained: Array<Array<number | null>>;
}

/** Learns from the training rows and judges on the test rows. */
export function judgeLinearly(
  table: Table,
  blocks: readonly FactorBlock[],
  split: Pick<Split, 'train' | 'test'>,
  oneHot: boolean,
  pause: Pause,
): Promise<JudgedBlocks> {
  const { core, latentCount, factorCount } = table;
  return core.arena.scope(async () => {
    const { train, test } = partRows(core, split);
    const targets = targetColumns(table, table.varyingFactors, oneHot);
    const columns = joinColumns([latentColumns(table), targets.columns]);
    const moments = await columnMoments(core, columns, { left: latentCount, start: 0 }, train, pause);
    const judged: JudgedBlocks = { tested: [], trained: [] };
    for (const { factors, latents } of blocks) {
      const { weights, explained } = solveBlock(moments, latents, latentCount);
      const both = appendCombined(core, columns, residualWeights(moments, weights, latents, latentCount));
      const found = await columnMoments(core, both, { left: 0, start: 0 }, test, pause);
      judged.tested.push(rateFactors(targets, factors, factorCount, latentCount, found));
      judged.trained.push(rateTrained(targets, factors, factorCount, moments, explained));
    }
    return judged;
  });
}

/**
 * Weights in units of deviations, [targets][latents], and the share of each target's squares that
 * they explain.
 */
function solveBlock(moments: Moments, latents: readonly number[], latentCount: number) {
  const all = correlationsOf(moments);
  const width = moments.squares.length;
  const targets = width - latentCount;
  const count = latents.length;
  const between = Float64Array.from(latents.flatMap((d) => latents.map((e) => all[d * width + e])));
  const across = Float64Array.from({ length: count * targets }, (_, at) => {
    return all[latents[Math.floor(at / targets)] * width + latentCount + (at % targets)];
  });
  const whitening = whiten(between, count);
  const told = correlateWhitened(whitening, across);
  const explained = Float64Array.from({ length: targets }, (_, t) => {
    let sum = 0;
    for (let r = 0; r < whitening.rank; r++) sum += told[r * targets + t] ** 2;
    return Math.min(1, sum);
  });
  return { weights: shortestWeights(whitening, across), explained };
}

/** Each target less what is predicted of it, as linear functions of latents and targets. */
function residualWeights(
  { means, squares, rows }: Moments,
  weights: Float64Array,
  latents: readonly number[],
  latentCount: number,
): Float64Array {
  const width = squares.length;
  const targets = width - latentCount;
  const deviation = squares.map((square) => Math.sqrt(square / rows));
  const out = new Float64Array(targets * (width + 1));
  for (let t = 0; t < targets; t++) {
    const own = out.subarray(t * (width + 1), (t + 1) * (width + 1));
    own[latentCount + t] = 1;
    own[width] = -means[latentCount + t];
    latents.forEach((d, j) => {
      if (deviation[d] === 0) return;
      const weight = (weights[t * latents.length + j] * deviation[latentCount + t]) / deviation[d];
      own[d] = -weight;
      own[width] += weight * means[d];
    });
  }
  return out;
}

/** R2 of factors from moments of latents, targets and residuals. */
function rateFactors(
  { columnsOf }: TargetColumns,
  factors: readonly number[],
  factorCount: number,
  latentCount: number,
  { means, squares, rows }: Moments,
): Array<number | null> {
  const behind = (squares.length + latentCount) / 2;
  return rate(columnsOf, factors, factorCount, (t) => ({
    errors: squares[behind + t] + rows * means[behind + t] * means[behind + t],
    all: squares[latentCount + t],
  }));
}

function rateTrained(
  { columnsOf }: TargetColumns,
  factors: readonly number[],
  factorCount: number,
  { squares }: Moments,
  explained: Float64Array,
): Array<number | null> {
  const from = squares.length - explained.length;
  return rate(columnsOf, factors, factorCount, (t) => ({
    errors: (1 - explained[t]) * squares[from + t],
    all: squares[from + t],
  }));
}

/** 1 - errors / all, summed over the columns of each factor. */
export function rate(
  columnsOf: ReadonlyArray<readonly number[]>,
  factors: readonly number[],
  factorCount: number,
  squaresOf: (target: number) => { readonly errors: number; readonly all: number },
): Array<number | null> {
  const out = new Array<number | null>(factorCount).fill(null);
  for (const k of factors) {
    let [errors, all] = [0, 0];
    for (const t of columnsOf[k]) {
      const own = squaresOf(t);
      errors += own.errors;
      all += own.all;
    }
    if (all > 0) out[k] = 1 - errors / all;
  }
  return out;
}
