/** How well kernel ridge regression tells factors from latents. */
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import { fitKernelRidge, predictKernelRidge, type RidgeProblem, uploadWeights } from '../learners/kernel-ridge.js';
import { type Units, unitsOf } from '../learners/units.js';
import { RandomStream, STREAMS } from '../random.js';
import { type Columns, joinColumns, latentColumns } from '../stats/columns.js';
import type { Pause } from '../stats/pause.js';
import type { Split } from '../stats/split.js';
import type { Table } from '../stats/table.js';
import type { FactorBlock } from './factor-blocks.js';
import { type JudgedBlocks, rate } from './linear-regression.js';
import { targetColumns } from './target-columns.js';

/** A penalty and a width of the kernel, and the mean R2 of cross-validation. */
export interface RidgeChoice {
  readonly alpha: number;
  readonly gamma: number;
  readonly value: number | null;
}

/** How many rows to learn from, which of them, and what to predict. */
export interface RidgeOptions {
  readonly train: number;
  readonly oneHot: boolean;
  readonly seed: number;
}

/** A block of factors and latents in units of the training rows. */
export interface Ridge extends RidgeProblem {
  /** Of each factor its targets, [K]; none for one that is not in the block. */
  readonly columnsOf: ReadonlyArray<readonly number[]>;
  /** The latents that vary among the training rows, and the targets behind them. */
  readonly columns: Columns;
  readonly units: readonly Units[];
}

/** Test rows that are predicted at a time. */
const ROWS_PER_CALL = 254;

/** Takes from the arena. */
export function loadRidge(
  table: Table,
  { factors, latents }: FactorBlock,
  split: Pick<Split, 'train'>,
  { train: most, oneHot, seed }: RidgeOptions,
): Ridge {
  const { core, exactSplit, varyingFactors } = table;
  const rows = drawRows(split.train, most, exactSplit !== null, seed);
  const order = core.arena.upload('i32', rows);
  const stride = rows.length + (rows.length & 1) + 2;
  const targets = targetColumns(
    table,
    factors.filter((k) => varyingFactors.includes(k)),
    oneHot,
  );
  const told = readColumns(core, targets.columns, order, stride);
  const single = latents.map((d) => latentColumns(table, d, d + 1));
  const own = single.map((column) => readColumns(core, column, order, stride)[0]);
  const kept = own.flatMap((values, j) => (values.some((value) => value !== values[0]) ? [j] : []));
  const units = [...kept.map((j) => unitsOf(own[j])), ...told.map(unitsOf)];
  const x = core.arena.zeros('f64', kept.length * stride);
  kept.forEach((j, i) => {
    x.array.set(own[j].map(standardise(units[i])), i * stride);
  });
  return {
    train: { x, columns: kept.length, rows: rows.length, stride },
    targets: told.map((values, t) => values.map(standardise(units[kept.length + t]))),
    groups: targets.columnsOf.filter((group) => group.length > 0),
    columnsOf: targets.columnsOf,
    columns: joinColumns([...kept.map((j) => single[j]), targets.columns]),
    units,
  };
}

/** Learns each block with its penalty and width, and judges on the test rows. */
export async function judgeByKernel(
  table: Table,
  blocks: readonly FactorBlock[],
  split: Pick<Split, 'train' | 'test'>,
  choices: readonly RidgeChoice[],
  options: RidgeOptions,
  pause: Pause,
): Promise<JudgedBlocks> {
  const { core, factorCount } = table;
  const judged: JudgedBlocks = { tested: [], trained: [] };
  for (const [b, block] of blocks.entries()) {
    await core.arena.scope(async () => {
      const ridge = loadRidge(table, block, split, options);
      const { alpha } = choices[b];
      const waiting = () => pause('kernel regression', b, blocks.length);
      const weights = await fitKernelRidge(core, ridge, choices[b], waiting);
      const tested = await sumErrors(core, ridge, weights, split.test, choices[b], waiting);
      // What is left of a training row is alpha times its weight.
      const trained = ridge.targets.map((target, t) => ({
        errors: weights[t].reduce((sum, weight) => sum + (alpha * weight) ** 2, 0),
        all: target.reduce((sum, value) => sum + value * value, 0),
      }));
      const weighted = (sums: ReadonlyArray<{ errors: number; all: number }>) =>
        rate(ridge.columnsOf, block.factors, factorCount, (t) => {
          // Columns of one factor count by the squares that they have in its own units.
          const share = ridge.units[ridge.train.columns + t].spread ** 2;
          return { errors: sums[t].errors * share, all: sums[t].all * share };
        });
      judged.tested.push(weighted(tested));
      judged.trained.push(weighted(trained));
    });
  }
  return judged;
}

/** Squares of errors, and of deviations from the mean, of each target over the test rows. */
async function sumErrors(
  core: Core,
  { train, targets, columns, units }: Ridge,
  weights: readonly Float64Array[],
  test: Int32Array,
  { gamma }: RidgeChoice,
  pause: () => void | Promise<void>,
): Promise<Array<{ errors: number; all: number }>> {
  const own = uploadWeights(core, weights);
  const stride = ROWS_PER_CALL + 2;
  const truths = targets.map(() => new Float64Array(test.length));
  const errors = targets.map(() => 0);
  for (let from = 0; from < test.length; from += ROWS_PER_CALL) {
    await pause();
    core.arena.borrow(() => {
      const rows = test.subarray(from, from + ROWS_PER_CALL);
      const order = core.arena.upload('i32', rows);
      const x = core.arena.zeros('f64', columns.count * stride);
      columns.fill(x, stride, order);
      const data = x.array;
      units.forEach((unit, j) => {
        const part = data.subarray(j * stride, j * stride + rows.length);
        part.set(part.map(standardise(unit)));
      });
      const told = predictKernelRidge(core, train, own, { ...train, x, rows: rows.length, stride }, gamma);
      const [truth, guess] = [x.array, told.array];
      targets.forEach((_, t) => {
        for (let i = 0; i < rows.length; i++) {
          const value = truth[(train.columns + t) * stride + i];
          truths[t][from + i] = value;
          errors[t] += (value - guess[t * stride + i]) ** 2;
        }
      });
    });
  }
  return truths.map((values, t) => {
    const { centre } = unitsOf(values);
    return { errors: errors[t], all: values.reduce((sum, value) => sum + (value - centre) ** 2, 0) };
  });
}

/**
 * The rows to learn from, so many at most, in the order of folds: named ones as they were named,
 * others, and those of too many, at random.
 */
function drawRows(train: Int32Array, most: number, isNamed: boolean, seed: number): Int32Array {
  if (isNamed && train.length <= most) return train;
  const words = new RandomStream(seed, STREAMS.kernelRows, 0);
  const rows = train.slice();
  const count = Math.min(most, rows.length);
  for (let i = 0; i < count; i++) {
    const drawn = i + words.below(rows.length - i);
    [rows[i], rows[drawn]] = [rows[drawn], rows[i]];
  }
  return rows.slice(0, count);
}

/** Copies of columns. */
function readColumns(core: Core, columns: Columns, order: Block<'i32'>, stride: number): Float64Array[] {
  return core.arena.borrow(() => {
    const block = core.arena.alloc('f64', columns.count * stride);
    columns.fill(block, stride, order);
    const data = block.array;
    return Array.from({ length: columns.count }, (_, j) => data.slice(j * stride, j * stride + order.length));
  });
}

function standardise({ centre, spread }: Units): (value: number) => number {
  return (value) => (value - centre) / spread;
}
