import { blockBytes, MEMORY_LIMIT_BYTES } from '../../bindings/arena.js';
import { dataRangeError } from '../errors.js';
import type { Dtype } from '../matrix.js';

/** The shape and type of a table that may not have been read yet. */
export interface Shape {
  readonly rows: number;
  readonly columns: number;
  readonly dtype: Dtype;
}

/**
 * Room for what most metrics take beside the inputs: row batches, counts, votes. What classifiers
 * need depends on how many values a factor has, which nobody knows yet: for each row some 20 bytes
 * for each latent, and 4 for each value. They ask the arena for it before they begin, and it
 * refuses what it has not got.
 */
const WORKING_BYTES = 64 * 1024 ** 2;

/**
 * Copies of a column that densities of a latent take: components and points in order, sums, and
 * what is between.
 */
const POSTERIOR_ROWS = 24;

/**
 * Bytes that a table takes in the kernels' memory, with what most metrics need.
 * @param hasPosterior whether means, variances and samples of posteriors come beside the latents
 * @param holdsLatents false if only histograms of the latents are read
 */
export function tableBytes(latents: Shape, factors: Shape, hasPosterior = false, holdsLatents = true): number {
  const { rows } = latents;
  const held = holdsLatents ? latents.columns : 0;
  // Codes, rows grouped by a factor's own values and by those of the others, values.
  const perFactor = blockBytes('i32', rows) * 8 + blockBytes('f64', rows);
  // The order of rows by one factor's values, and the deviations of one latent.
  const perRow = blockBytes('i32', rows) + blockBytes('f64', rows);
  return (
    blockBytes(realType(latents.dtype), rows * held) +
    // Bins between each latent's extremes, and those between limits.
    2 * blockBytes('u16', rows * held) +
    blockBytes(numberType(factors.dtype), rows * factors.columns) +
    perFactor * factors.columns +
    perRow +
    (hasPosterior ? 3 * blockBytes('f64', rows * latents.columns) + POSTERIOR_ROWS * blockBytes('f64', rows) : 0) +
    WORKING_BYTES
  );
}

/**
 * Refuses, before anything is allocated, an input that the kernels' 4 GiB cannot hold.
 * @param hasPosterior whether means, variances and samples of posteriors come beside the latents
 * @param holdsLatents false if only histograms of the latents are read
 * @throws RangeError with the bytes needed
 */
export function checkCapacity(latents: Shape, factors: Shape, hasPosterior = false, holdsLatents = true): void {
  const bytes = tableBytes(latents, factors, hasPosterior, holdsLatents);
  if (bytes > MEMORY_LIMIT_BYTES) {
    throw dataRangeError(
      `latents ${latents.rows} x ${latents.columns} and factors ${factors.rows} x ${factors.columns}: expected to fit the 4 GiB that WebAssembly can address, got ${(bytes / 1024 ** 3).toFixed(1)} GiB; score a random part of the rows`,
    );
  }
}

/**
 * Kernels take float32 and float64: narrow integers fit the first exactly, wide ones the second.
 */
function realType(dtype: Dtype): 'f32' | 'f64' {
  const narrow: readonly Dtype[] = ['float32', 'float16', 'int8', 'uint8', 'int16', 'uint16', 'bool'];
  return narrow.includes(dtype) ? 'f32' : 'f64';
}

function numberType(dtype: Dtype): 'i32' | 'f32' | 'f64' {
  if (dtype === 'float32' || dtype === 'float16') return 'f32';
  const wide: readonly Dtype[] = ['float64', 'int64', 'uint64', 'uint32'];
  return wide.includes(dtype) ? 'f64' : 'i32';
}
