import { STREAMS } from '../random.js';
import { encodeFactor } from './binning.js';
import type { Table } from './table.js';

/** Rows to learn from and rows to be judged on, each in increasing order. */
export interface Split {
  readonly train: Int32Array;
  readonly test: Int32Array;
  /** Values (or bins) of the factor that a single row has: it is in the training part. */
  readonly lonely: number;
}

/**
 * Splits the rows at random so that every value of factor k has its share in both parts; a value of at least two rows
 * has at least one in each. The same seed shuffles rows alike whatever factor is stratified by.
 *
 * @param testShare above 0 and below 1
 * @param bins of a continuous factor
 */
export function splitRows(table: Table, k: number, testShare: number, seed: number, bins: number): Promise<Split> {
  return table.memo(`split ${k} ${testShare} ${seed} ${bins}`, async () => {
    const { codes, size } = await encodeFactor(table, k, bins);
    const order = await shuffleRows(table, seed);
    const codeOf = codes.array;
    const counts = new Int32Array(size);
    for (let row = 0; row < codeOf.length; row++) counts[codeOf[row]]++;
    const left = testCounts(counts, testShare);
    const isTest = new Uint8Array(table.rows);
    let testRows = 0;
    for (const row of order) {
      if (left[codeOf[row]] === 0) continue;
      left[codeOf[row]]--;
      isTest[row] = 1;
      testRows++;
    }
    const train = new Int32Array(table.rows - testRows);
    const test = new Int32Array(testRows);
    for (let row = 0, i = 0, j = 0; row < table.rows; row++) {
      if (isTest[row]) test[j++] = row;
      else train[i++] = row;
    }
    return { train, test, lonely: counts.reduce((sum, count) => sum + (count === 1 ? 1 : 0), 0) };
  });
}

function shuffleRows(table: Table, seed: number): Promise<Int32Array> {
  return table.memo(`shuffled rows ${seed}`, () => {
    const mark = table.core.arena.mark();
    const order = table.core.arena.alloc('i32', table.rows);
    table.core.shuffledRows(order, table.rows, { seed, stream: STREAMS.split, index: 0 });
    const shuffled = order.array.slice();
    table.core.arena.release(mark);
    return shuffled;
  });
}

/** Test rows of each value. What one rounds up the next rounds down, so that the parts as wholes keep their shares. */
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
