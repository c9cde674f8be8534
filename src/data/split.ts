/** Which rows are trained on, which are kept from it, and in which order. */
import { withCore } from '../../bindings/core.js';
import type { Stream } from '../../bindings/kernels/random.js';
import { wrongValue } from '../errors.js';
import { STREAMS } from '../random.js';

/** The rows of a data set, cut in two. */
export interface RowSplit {
  /** How many rows there are to train on. */
  readonly trainSize: number;
  /** The row at place 0 .. trainSize - 1 of those. */
  train(place: number): number;
  /** The rows that are kept from training, in no order. */
  readonly test: Int32Array;
}

/** A permutation of 0 .. size - 1. */
function shuffle(size: number, at: Stream): Promise<Int32Array> {
  return withCore((core) => {
    const rows = core.arena.alloc('i32', size);
    core.random.shuffledRows(rows, size, at);
    return rows.array.slice();
  });
}

/**
 * Cuts the rows of a data set in two by a shuffle of all of them: 4 bytes a row, none where no row
 * is kept.
 *
 * @param size N
 * @param testRows how many rows are kept from training, 0 to N - 1
 * @param seed a whole number; the same seed keeps the same rows
 */
export async function splitRows(size: number, testRows: number, seed: number): Promise<RowSplit> {
  if (!Number.isInteger(testRows) || testRows < 0 || testRows >= size) {
    throw wrongValue({ option: 'testRows', problem: `expected a whole number from 0 to ${size - 1}, got ${testRows}` });
  }
  const trainSize = size - testRows;
  if (testRows === 0) return { trainSize, train: (place) => place, test: new Int32Array(0) };
  const rows = await shuffle(size, { seed, stream: STREAMS.datasetSplit, index: 0 });
  return { trainSize, train: (place) => rows[testRows + place], test: rows.slice(0, testRows) };
}

/** Draws `count` of `size` rows without replacement, in ascending order. */
export async function pickRows(size: number, count: number, seed: number): Promise<Int32Array> {
  return withCore((core) => {
    const rows = core.arena.alloc('i32', size);
    core.random.shuffledRows(rows, count, { seed, stream: STREAMS.pickedRows, index: 0 });
    return rows.array.slice(0, count).sort();
  });
}
