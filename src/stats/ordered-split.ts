import { STREAMS } from '../random.js';
import type { Table } from './table.js';

/** Rows to learn from and rows to test on, of which the first so many can be taken; see split.ts for a plain split. */
export interface OrderedSplit {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/**
 * Splits all rows in two at random, so that each value of a discrete factor has its share in both: one that two or more
 * rows have is in both parts, one that a single row has is in the training part. Each part is ordered such that its first
 * n rows, too, have of each value what it has in the whole, to within a row.
 *
 * @param testShare the share of the rows to test on, between 0 and 1
 */
export function splitInOrder(table: Table, k: number, testShare: number, seed: number): OrderedSplit {
  const { core, rows } = table;
  const { codes, size } = table.factors[k];
  const mark = core.arena.mark();
  const order = core.arena.alloc('i32', rows);
  core.shuffledRows(order, rows, { seed, stream: STREAMS.orderedSplit, index: k });
  const shuffled = order.array.slice();
  core.arena.release(mark);

  const codeOf = codes ? codes.array : new Int32Array(rows);
  const sizes = new Int32Array(size ?? 1);
  for (let row = 0; row < rows; row++) sizes[codeOf[row]]++;
  const tested = sizes.map((n) => (n < 2 ? 0 : Math.min(n - 1, Math.max(1, Math.round(n * testShare)))));
  const trained = sizes.map((n, value) => n - tested[value]);

  const seen = new Int32Array(sizes.length);
  const test: number[] = [];
  const train: number[] = [];
  // How far into its value each row comes, from 0 to 1.
  const ofTest: number[] = [];
  const ofTrain: number[] = [];
  for (const row of shuffled) {
    const value = codeOf[row];
    const place = seen[value]++;
    if (place < tested[value]) {
      test.push(row);
      ofTest.push((place + 0.5) / tested[value]);
    } else {
      train.push(row);
      ofTrain.push((place - tested[value] + 0.5) / trained[value]);
    }
  }
  return { train: inOrder(train, ofTrain), test: inOrder(test, ofTest) };
}

/** Rows by place, which is between 0 and 1, as nearly as it takes to put as many buckets as rows in order. */
function inOrder(rows: readonly number[], places: readonly number[]): Int32Array {
  const count = rows.length;
  const starts = new Int32Array(count + 1);
  const bucketOf = (i: number) => Math.floor(places[i] * count);
  for (let i = 0; i < count; i++) starts[bucketOf(i) + 1]++;
  for (let bucket = 0; bucket < count; bucket++) starts[bucket + 1] += starts[bucket];
  const out = new Int32Array(count);
  for (let i = 0; i < count; i++) out[starts[bucketOf(i)]++] = rows[i];
  return out;
}
