/**
 * Where batches of samples that share a factor's value, or the values of all factors but one, come
 * from: rows of the table, drawn by the kernels, or a sampler of the user's. Either way the batch
 * statistics are computed by the same kernels, over rows named by index.
 */

import type { Block, RealBlock } from '../../bindings/arena.js';
import { dataRangeError, wrongType, wrongValue } from '../errors.js';
import { toMatrix } from '../matrix.js';
import { type Note, note } from '../note.js';
import { RandomStream, STREAMS } from '../random.js';
import type { Sampler } from '../types.js';
import { type DrawnFactor, type Grouping, groupRows, groupRowsByOthers } from './row-groups.js';
import { drawInPasses } from './row-passes.js';
import type { Table } from './table.js';

/** What the samples of a batch share: one factor's value, or the values of all others. */
export type Held = 'one' | 'others';

/** How rows of a table are drawn. */
export interface Drawing extends Grouping {
  /** A factor is held at the value of a random row, or at any of its values alike. */
  readonly values: 'by-row' | 'uniform';
  /** Whether the two rows of a pair may be one. */
  readonly withItself: boolean;
  /** Whether batches take rows with replacement, or in shuffled passes over those of a value. */
  readonly replacement: boolean;
}

/**
 * Some batches: rows of `x` by index, and which factor each batch holds fixed (or, alone of all,
 * does not).
 */
export interface Batches {
  /** (?, D) */
  readonly x: RealBlock;
  /** i32[count][size], or [count][2][size] for pairs: first samples, then their partners. */
  readonly rows: Block<'i32'>;
  /** That factor, i32[count]: index into `factors` of the source. */
  readonly fixed: Block<'i32'>;
}

/** Draws batches. */
export interface RowSource {
  /**
   * The factors that are held fixed (or varied), as columns of the factor table (or of the
   * sampler's sizes).
   */
  readonly factors: readonly number[];
  /** K of the votes: how many factors there are, fixed or not. */
  readonly factorCount: number;
  /** What a reader should know about the drawing. */
  readonly notes: readonly Note[];
  /**
   * Batches `first` .. `first + count - 1`, for use until the arena's present scope closes. Without
   * replacement they are to be asked for in their order.
   */
  drawBatches(first: number, count: number, size: number): Batches | Promise<Batches>;
  /** As drawBatches, with pairs of samples that share the value. */
  drawPairs(first: number, count: number, size: number): Batches | Promise<Batches>;
}

function votesOf(held: Held): number {
  return held === 'one' ? STREAMS.votes : STREAMS.varyingVotes;
}

/** The source that the options ask for. */
export async function openRowSource(
  table: Table,
  drawing: Drawing,
  seed: number,
  sampler: Sampler | undefined,
  held: Held = 'one',
): Promise<RowSource> {
  return sampler ? samplerSource(table, sampler, seed, held) : tableSource(table, drawing, seed, held);
}

async function tableSource(table: Table, drawing: Drawing, seed: number, held: Held): Promise<RowSource> {
  const fixable = await (held === 'one' ? groupRows(table, drawing) : groupRowsByOthers(table, drawing));
  const groups = fixable.map((factor) => factor.groups);
  const { core, latents: x } = table;
  const { withItself } = drawing;
  const isUniform = drawing.values === 'uniform';
  const inPasses = drawing.replacement ? null : drawInPasses(groups, isUniform, { seed, stream: votesOf(held) });
  const never = table.varyingFactors.filter((k) => !fixable.some((factor) => factor.k === k));
  const notes = held === 'one' ? describeOwn(never, fixable) : describeOthers(never, fixable, table.rows);
  return {
    factors: fixable.map(({ k }) => k),
    factorCount: table.factorCount,
    notes,
    drawBatches(first, count, size) {
      const rows = core.arena.alloc('i32', count * size);
      const fixed = core.arena.alloc('i32', count);
      const at = { seed, stream: votesOf(held), index: first };
      if (inPasses) inPasses(rows, fixed, count, size, first);
      else core.drawing.drawBatchRows(rows, fixed, groups, count, size, at, { isUniform });
      return { x, rows, fixed };
    },
    drawPairs(first, count, size) {
      const rows = core.arena.alloc('i32', count * size * 2);
      const fixed = core.arena.alloc('i32', count);
      const at = { seed, stream: STREAMS.pairs, index: first };
      core.drawing.drawPairRows(rows, fixed, groups, count, size, at, { isUniform, withItself });
      return { x, rows, fixed };
    },
  };
}

function describeOwn(never: readonly number[], fixable: readonly DrawnFactor[]): Note[] {
  return [
    ...never.map((k) => note('never-held-fixed', `factor ${k}: no two rows share a value, so it is never held fixed`)),
    ...fixable
      .filter(({ lonelyRows }) => lonelyRows > 0)
      .map(({ k, lonelyRows }) => {
        const which = lonelyRows === 1 ? 'row has a value' : 'rows have values';
        return note('lonely-rows', `factor ${k}: ${lonelyRows} ${which} of their own, never drawn`);
      }),
  ];
}

function describeOthers(never: readonly number[], fixable: readonly DrawnFactor[], rows: number): Note[] {
  const which = 'only rows that differ from others in one factor alone are drawn';
  const isSome = fixable.some(({ lonelyRows }) => lonelyRows > 0);
  const counts = fixable.map(({ k, lonelyRows }) => `${rows - lonelyRows} (factor ${k})`);
  return [
    ...never.map((k) => note('never-held-fixed', `factor ${k}: no two rows differ in it alone, so it is left out`)),
    ...(isSome ? [note('lonely-rows', `${which}, of ${rows}: ${counts.join(', ')}`)] : []),
  ];
}

/** Checks a sampler's sizes. */
export function checkSampler(sampler: Sampler): void {
  if (typeof sampler.encode !== 'function')
    throw wrongType({ option: 'sampler', problem: 'expected encode to be a function' });
  if (!Array.isArray(sampler.sizes) || sampler.sizes.length === 0) {
    throw wrongType({
      option: 'sampler',
      problem: 'expected sizes to be an array with the number of values of each factor',
    });
  }
  sampler.sizes.forEach((size, k) => {
    if (!Number.isInteger(size) || size < 1) {
      throw wrongValue({
        option: 'sampler',
        problem: `expected sizes[${k}] to be a whole number of at least 1, got ${size}`,
      });
    }
  });
  if (sampler.batchRows !== undefined && !(Number.isInteger(sampler.batchRows) && sampler.batchRows >= 1)) {
    throw wrongValue({
      option: 'sampler',
      problem: `expected batchRows to be a whole number of at least 1, got ${sampler.batchRows}`,
    });
  }
}

const DEFAULT_BATCH_ROWS = 8192;

/**
 * Encodes factors (rows, K) in calls of at most batchRows rows; `put` gets the latents (rows, D)
 * piece by piece, with their place.
 */
export async function encodeRows(
  sampler: Sampler,
  factors: Int32Array,
  rows: number,
  columns: number,
  put: (at: number, data: ArrayLike<number>) => void,
): Promise<void> {
  const k = sampler.sizes.length;
  const step = sampler.batchRows ?? DEFAULT_BATCH_ROWS;
  for (let row = 0; row < rows; row += step) {
    const count = Math.min(step, rows - row);
    const encoded = toMatrix(
      await sampler.encode(factors.slice(row * k, (row + count) * k), count),
      'latents of the sampler',
    );
    if (encoded.rows !== count || encoded.columns !== columns) {
      throw dataRangeError(
        `sampler: expected encode to return ${count} x ${columns} latents, got ${encoded.rows} x ${encoded.columns}`,
      );
    }
    const bad = encoded.data.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) {
      throw dataRangeError(
        `sampler: expected finite latents, got ${encoded.data[bad]} in row ${Math.floor(bad / columns)}, column ${bad % columns}`,
      );
    }
    put(row * columns, encoded.data);
  }
}

function samplerSource(table: Table, sampler: Sampler, seed: number, held: Held): RowSource {
  checkSampler(sampler);
  const { core, latentCount } = table;
  const { sizes } = sampler;
  const factors = sizes.flatMap((size, k) => (size > 1 ? [k] : []));

  /**
   * Draws the factors of `count` batches of `perBatch` samples, encodes them, and names the rows 0,
   * 1, 2 ...
   */
  async function draw(
    count: number,
    perBatch: number,
    stream: (batch: number) => RandomStream,
    fill: (samples: Int32Array, k: number, words: RandomStream) => void,
  ): Promise<Batches> {
    const fixedFactors = new Int32Array(count);
    const samples = new Int32Array(count * perBatch * sizes.length);
    for (let batch = 0; batch < count; batch++) {
      const words = stream(batch);
      fixedFactors[batch] = words.below(factors.length);
      const start = batch * perBatch * sizes.length;
      fill(samples.subarray(start, start + perBatch * sizes.length), factors[fixedFactors[batch]], words);
    }
    const total = count * perBatch;
    const x = core.arena.alloc('f64', total * latentCount);
    const rows = core.arena.alloc('i32', total);
    const fixed = core.arena.upload('i32', fixedFactors);
    rows.array.set(Int32Array.from({ length: total }, (_, i) => i));
    await encodeRows(sampler, samples, total, latentCount, (at, data) => x.array.set(data, at));
    return { x, rows, fixed };
  }

  return {
    factors,
    factorCount: sizes.length,
    notes: [
      note('fresh-samples', 'samples are fresh ones of the sampler, not rows of the table', { option: 'sampler' }),
    ],
    drawBatches: (first, count, size) =>
      draw(
        count,
        size,
        (batch) => new RandomStream(seed, votesOf(held), first + batch),
        held === 'one'
          ? (samples, k, words) => {
              const value = words.below(sizes[k]);
              for (let i = 0; i < samples.length; i++) samples[i] = words.below(sizes[i % sizes.length]);
              for (let i = k; i < samples.length; i += sizes.length) samples[i] = value;
            }
          : (samples, k, words) => {
              const values = sizes.map((size) => words.below(size));
              for (let i = 0; i < samples.length; i++) samples[i] = values[i % sizes.length];
              for (let i = k; i < samples.length; i += sizes.length) samples[i] = words.below(sizes[k]);
            },
      ),
    drawPairs: (first, count, size) =>
      draw(
        count,
        2 * size,
        (batch) => new RandomStream(seed, STREAMS.pairs, first + batch),
        (samples, k, words) => {
          for (let i = 0; i < samples.length; i++) samples[i] = words.below(sizes[i % sizes.length]);
          // The first half are the first samples of the pairs, the second half their partners.
          const half = samples.length / 2;
          for (let i = k; i < half; i += sizes.length) samples[half + i] = samples[i];
        },
      ),
  };
}
