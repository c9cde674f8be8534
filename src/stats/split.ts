import { STREAMS } from '../random.js';
import { encodeFactor } from './binning.js';
import type { Table } from './table.js';

/** A row is learned from. */
export const TRAIN = 1;
/** A row is judged on. */
export const TEST = 2;

/** Rows to learn from and rows to be judged on. */
export interface Split {
  readonly train: Int32Array;
  readonly test: Int32Array;
  /** {@link TRAIN}, {@link TEST}, their sum or 0, by row of the table. */
  readonly parts: Uint8Array;
  /** How many values (or bins) of the factor no training row has. */
  readonly untaught: number;
  /** How many values (or bins) of the factor training rows have and test rows do not. */
  readonly untested: number;
}

const OCCURS = 4;

/** How to split. */
export interface SplitOptions {
  /** The share of the rows to test on, above 0 and below 1. */
  readonly testShare: number;
  readonly seed: number;
  /** Bins of a continuous factor, each of which gets its share; 20 unless told. */
  readonly bins?: number;
  /** The most rows of either part; all unless told. */
  readonly mostTrain?: number;
  readonly mostTest?: number;
}

/**
 * Splits the rows at random so that every value of factor k has its share in both parts, and in the
 * first so many rows of either; a value of two or more rows has at least one in each part, that of
 * a single row is in the training part. The same seed shuffles rows alike whatever factor is
 * stratified by. A table that came with exact rows keeps to those.
 */
export function splitRows(table: Table, k: number, options: SplitOptions): Promise<Split> {
  const { testShare, seed, bins = 20, mostTrain = table.rows, mostTest = table.rows } = options;
  return table.memo(`split ${k} ${testShare} ${seed} ${bins} ${mostTrain} ${mostTest}`, async () =>
    countValues(
      table,
      k,
      bins,
      table.exactSplit ?? takeFirst(await drawSplit(table, k, testShare, seed, bins), mostTrain, mostTest),
    ),
  );
}

/**
 * Splits the rows at random, whatever their factors are; each part has its rows in increasing order
 * and, of two rows or more, at least one. A table that came with exact rows keeps to those, in the
 * order in which they were named.
 */
export function splitAnyRows(
  table: Table,
  { testShare, seed }: Pick<SplitOptions, 'testShare' | 'seed'>,
): Promise<Pick<Split, 'train' | 'test'>> {
  return table.memo(`split of any rows ${testShare} ${seed}`, async () => {
    const { rows, exactSplit } = table;
    if (exactSplit !== null) return exactSplit;
    const order = await shuffleRows(table, seed);
    const tested = Math.max(1, Math.min(rows - 1, Math.round(rows * testShare)));
    const isTest = new Uint8Array(rows);
    for (let i = 0; i < tested; i++) isTest[order[i]] = 1;
    const [train, test] = [new Int32Array(rows - tested), new Int32Array(tested)];
    for (let row = 0, trained = 0; row < rows; row++) {
      if (isTest[row]) test[row - trained] = row;
      else train[trained++] = row;
    }
    return { train, test };
  });
}

/**
 * The first 80 % of the rows to learn from and, after the next 10 %, as many to be judged on, each
 * rounded down. A table that came with exact rows keeps to those.
 */
export function splitInOrder(table: Table, k: number, bins = 20): Promise<Split> {
  const { rows, exactSplit } = table;
  const [begin, part] = [Math.floor((8 * rows) / 10), Math.floor(rows / 10)];
  const inOrder = { train: countFrom(0, begin), test: countFrom(begin + part, part) };
  return countValues(table, k, bins, exactSplit ?? inOrder);
}

/**
 * All rows, or those that were named to learn from, both to learn from and to be judged on.
 */
export function splitInSample(table: Table, k: number, bins = 20): Promise<Split> {
  const all = table.exactSplit?.train ?? countFrom(0, table.rows);
  return countValues(table, k, bins, { train: all, test: all });
}

function countFrom(first: number, count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => first + i);
}

/** Rows with what of factor k is missing among them. */
async function countValues(
  table: Table,
  k: number,
  bins: number,
  { train, test }: Pick<Split, 'train' | 'test'>,
): Promise<Split> {
  const { codes, size } = await encodeFactor(table, k, bins);
  const code = codes.array;
  const parts = partsOf(code.length, { train, test });
  // Of each code, the parts that have it, and that it occurs.
  const occurring = new Uint8Array(size);
  for (let row = 0; row < code.length; row++) occurring[code[row]] |= parts[row] | OCCURS;
  const count = (of: (found: number) => boolean) => occurring.reduce((sum, found) => sum + (of(found) ? 1 : 0), 0);
  return {
    train,
    test,
    parts,
    untaught: count((found) => found !== 0 && !(found & TRAIN)),
    untested: count((found) => (found & TRAIN) !== 0 && !(found & TEST)),
  };
}

/** {@link Split.parts} of so many rows. */
export function partsOf(rows: number, { train, test }: Pick<Split, 'train' | 'test'>): Uint8Array {
  const parts = new Uint8Array(rows);
  for (let i = 0; i < train.length; i++) parts[train[i]] = TRAIN;
  for (let i = 0; i < test.length; i++) parts[test[i]] |= TEST;
  return parts;
}

function takeFirst({ train, test }: Pick<Split, 'train' | 'test'>, mostTrain: number, mostTest: number) {
  return { train: train.subarray(0, mostTrain), test: test.subarray(0, mostTest) };
}

function drawSplit(table: Table, k: number, testShare: number, seed: number, bins: number) {
  return table.memo(`drawn split ${k} ${testShare} ${seed} ${bins}`, async () => {
    const { codes, size } = await encodeFactor(table, k, bins);
    const order = await shuffleRows(table, seed);
    const codeOf = codes.array;
    const counts = new Int32Array(size);
    for (let row = 0; row < codeOf.length; row++) counts[codeOf[row]]++;
    const tested = testCounts(counts, testShare);
    const testRows = tested.reduce((sum, count) => sum + count, 0);
    const test = new RowsInPlace(testRows);
    const train = new RowsInPlace(table.rows - testRows);
    const seen = new Int32Array(size);
    for (const row of order) {
      const code = codeOf[row];
      const place = seen[code]++;
      const others = tested[code];
      if (place < others) test.add(row, (place + 0.5) / others);
      else train.add(row, (place - others + 0.5) / (counts[code] - others));
    }
    return { train: train.sorted(), test: test.sorted() };
  });
}

function shuffleRows(table: Table, seed: number): Promise<Int32Array> {
  return table.memo(`shuffled rows ${seed}`, () => {
    const mark = table.core.arena.mark();
    const order = table.core.arena.alloc('i32', table.rows);
    table.core.random.shuffledRows(order, table.rows, { seed, stream: STREAMS.split, index: 0 });
    const shuffled = order.array.slice();
    table.core.arena.release(mark);
    return shuffled;
  });
}

/**
 * Test rows of each value. What one rounds up the next rounds down, so that the parts as wholes
 * keep their shares.
 */
function testCounts(counts: Int32Array, testShare: number): Int32Array {
  let wanted = 0;
  let given = 0;
  return counts.map((count) => {
    wanted += count * testShare;
    if (count < 2) return 0;
    const share = Math.max(1, Math.min(count - 1, Math.round(wanted - given)));
    given += share;
    return share;
  });
}

/**
 * Rows, each with how far into its value it comes, from 0 to 1: in that order any first rows have
 * of each value what the whole has, to within a row or two.
 */
class RowsInPlace {
  readonly #rows: Int32Array;
  readonly #buckets: Int32Array;
  #count = 0;

  constructor(length: number) {
    this.#rows = new Int32Array(length);
    this.#buckets = new Int32Array(length);
  }

  /** @param place above 0 and below 1 */
  add(row: number, place: number): void {
    this.#rows[this.#count] = row;
    this.#buckets[this.#count++] = Math.floor(place * this.#rows.length);
  }

  /** The rows by place, as nearly as it takes to put as many buckets as rows in order. */
  sorted(): Int32Array {
    const { length } = this.#rows;
    const starts = new Int32Array(length + 1);
    for (const bucket of this.#buckets) starts[bucket + 1]++;
    for (let bucket = 0; bucket < length; bucket++) starts[bucket + 1] += starts[bucket];
    const out = new Int32Array(length);
    this.#rows.forEach((row, i) => {
      out[starts[this.#buckets[i]]++] = row;
    });
    return out;
  }
}
