/** Which rows of a batch are whose: shard i is worker i mod T's, of T workers. */
import { shardBounds } from '../replicas.js';
import type { SpareArrays } from './spare-arrays.js';

export interface CutBatch {
  readonly rows: number;
  /** The shards of each worker; workers that have none are left out. */
  readonly workers: ReadonlyArray<readonly number[]>;
  /** Rows of each of some shards. */
  rowsOf(shards: readonly number[]): number[];
  /** The rows of some shards, of an array of all, in an array of their own. */
  gather(values: Float32Array, shards: readonly number[]): Float32Array<ArrayBuffer>;
}

export function cutBatch(rows: number, shardRows: number, threads: number, arrays: SpareArrays): CutBatch {
  const bounds = shardBounds(rows, shardRows);
  const shards = Array.from({ length: bounds.length - 1 }, (_, shard) => shard);
  const workers = Array.from({ length: Math.min(threads, shards.length) }, (_, worker) =>
    shards.filter((shard) => shard % threads === worker),
  );
  const rowsOf = (own: readonly number[]) => own.map((shard) => bounds[shard + 1] - bounds[shard]);

  return {
    rows,
    workers,
    rowsOf,

    gather(values, own) {
      const width = values.length / rows;
      const gathered = arrays.take(width * rowsOf(own).reduce((sum, count) => sum + count, 0));
      let at = 0;
      for (const shard of own) {
        const part = values.subarray(bounds[shard] * width, bounds[shard + 1] * width);
        gathered.set(part, at);
        at += part.length;
      }
      return gathered;
    },
  };
}
