/**
 * Bins that have as many rows each. Of n numbers and m bins, cut j = 1 .. m - 1 is the number at
 * place floor(j n / m), from 0, of the sorted numbers; a bin is how many cuts are at most a number.
 *
 * Numbers are not sorted as a whole: they are put into buckets of equal width, and only those of
 * buckets in which a cut lies are. All others of a bucket are of one bin, whatever their order.
 */
import type { Block } from '../../bindings/arena.js';
import type { Table } from './table.js';

/** Rows per kernel call; see binning.ts. */
const ROWS_PER_CALL = 32768;
/** What is known of a bucket then fits a second-level cache. */
const MOST_BUCKETS = 16384;

/** Bins of some rows, one latent at a time. */
export interface QuantileBins {
  /** Takes another latent. */
  take(d: number): void;
  /** The bins of those rows, one of the numbers that were announced; overwritten by the next. */
  bins(count: number): Block<'u16'>;
  /** The bins of other rows of the same latent. */
  binsOf(others: Int32Array, count: number): Uint16Array;
}

/**
 * Cuts latents into bins of equal frequency, in blocks of the open scope.
 * @param counts the numbers of bins that will be asked for
 */
export function openQuantileBins(table: Table, rows: Int32Array, counts: readonly number[]): QuantileBins {
  const { core, latents, latentCount, latentMinima, latentMaxima } = table;
  const { length } = rows;
  const buckets = Math.min(MOST_BUCKETS, length);
  const places = [...new Set(counts.flatMap((count) => placesOf(count, length)))].sort((a, b) => a - b);
  const x = core.arena.alloc('f64', length);
  const ranks = core.arena.alloc('i32', length);
  const binned = core.arena.alloc('u16', length);
  const bucketOf = new Uint16Array(length);
  const ends = new Int32Array(buckets);
  // Of a bucket with a cut: what a place among the sorted numbers lacks of that among all.
  const lacking = new Int32Array(buckets);
  // Those numbers: from where they are, sorted, and their ranks among each other.
  const from = core.arena.alloc('i32', length);
  const keys = core.arena.alloc('f64', length);
  const order = core.arena.alloc('i32', length);
  const own = core.arena.alloc('i32', length);
  let latent = 0;

  /** Puts the numbers into buckets, of which none is below one before. */
  const fillBuckets = () => {
    const [data, to, low] = [latents.array, x.array, latentMinima[latent]];
    const perWidth = buckets / (latentMaxima[latent] - low);
    const scale = Number.isFinite(perWidth) ? perWidth : 0;
    ends.fill(0);
    for (let i = 0; i < length; i++) {
      const number = data[rows[i] * latentCount + latent];
      const bucket = Math.min(buckets - 1, Math.floor((number - low) * scale));
      to[i] = number;
      bucketOf[i] = bucket;
      ends[bucket]++;
    }
    for (let bucket = 1; bucket < buckets; bucket++) ends[bucket] += ends[bucket - 1];
  };

  /** Finds the buckets with a cut, which get what they lack; all others -1. */
  const findCuts = () => {
    lacking.fill(-1);
    let sorted = 0;
    let bucket = 0;
    for (const place of places) {
      while (ends[bucket] <= place) bucket++;
      if (lacking[bucket] >= 0) continue;
      const start = bucket === 0 ? 0 : ends[bucket - 1];
      lacking[bucket] = start - sorted;
      sorted += ends[bucket] - start;
    }
  };

  /** Ranks the numbers; of a bucket without a cut, as the last of them. */
  const rankNumbers = () => {
    const [numbers, rank, rowOf, key, index] = [x.array, ranks.array, from.array, keys.array, order.array];
    let count = 0;
    for (let i = 0; i < length; i++) {
      const bucket = bucketOf[i];
      rank[i] = ends[bucket];
      if (lacking[bucket] < 0) continue;
      rowOf[count] = i;
      key[count] = numbers[i];
      index[count] = count++;
    }
    const [sorted, sortedOrder] = [keys.slice(0, count), order.slice(0, count)];
    core.rows.sortRows(sorted, sortedOrder);
    for (let row = 0; row < count; ) {
      row = core.histogram.rankInOrder(own, sorted, sortedOrder, row, Math.min(row + ROWS_PER_CALL, count));
    }
    // Views anew: the scratch of sorting may have moved the memory.
    const [to, ofSorted, rowsOf] = [ranks.array, own.array, from.array];
    for (let i = 0; i < count; i++) to[rowsOf[i]] = ofSorted[i] + lacking[bucketOf[rowsOf[i]]];
  };

  /** The cuts of so many bins, behind a first edge that is below none. */
  const edgesOf = (count: number) => {
    const sorted = keys.array;
    let bucket = 0;
    const cuts = placesOf(count, length).map((place) => {
      while (ends[bucket] <= place) bucket++;
      return sorted[place - lacking[bucket]];
    });
    return [latentMinima[latent], ...cuts];
  };

  return {
    take(d) {
      latent = d;
      fillBuckets();
      findCuts();
      rankNumbers();
    },

    bins(count) {
      for (let row = 0; row < length; row += ROWS_PER_CALL) {
        core.histogram.quantileBins(binned, ranks, count, row, Math.min(row + ROWS_PER_CALL, length));
      }
      return binned;
    },

    binsOf(others, count) {
      return core.arena.borrow(() => {
        const numbers = core.arena.alloc('f64', others.length);
        const [data, to] = [latents.array, numbers.array];
        for (let i = 0; i < to.length; i++) to[i] = data[others[i] * latentCount + latent];
        const out = core.arena.alloc('u16', others.length);
        const edges = core.arena.upload('f64', edgesOf(count));
        for (let row = 0; row < others.length; row += ROWS_PER_CALL) {
          const end = Math.min(row + ROWS_PER_CALL, others.length);
          core.histogram.binColumnByEdges(out, numbers, 1, 0, edges, { scale: 1, shift: 0 }, row, end);
        }
        return out.array.slice();
      });
    },
  };
}

/** Where the cuts of so many bins are among so many sorted numbers. */
function placesOf(bins: number, length: number): number[] {
  return Array.from({ length: bins - 1 }, (_, j) => Math.floor(((j + 1) * length) / bins));
}
