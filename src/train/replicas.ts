/**
 * How a batch is spread: cut into shards, always the same ones, whose sums and gradients are added
 * in the order of the shards. Who computes which shard does not show in the numbers.
 */
import { mapValues } from './map-values.js';
import { type RunningShard, runShard } from './run-shard.js';
import type { Computer, FromShard, FromShards, ShardWork, ToShards } from './system.js';
import type { Tensor, TensorLibrary } from './tensors.js';

/** The parameters of a network as they are at some time. */
export interface ParametersNow {
  /** Another number after every change: an update may write new values into the same tensors. */
  readonly version: number;
  readonly tensors: readonly Tensor[];
}

/** A batch on its way through a program. */
export interface BatchPass {
  /**
   * Hands the shards what they wait for. The first time says which rows there are. What comes back
   * is the caller's.
   */
  advance(handed: ToShards): Promise<FromShards>;
}

/** Those who compute shards. */
export interface Replicas {
  /**
   * @param parameters of every network, as they are until the pass is through; one pass is made at
   * a time
   */
  start(program: string, parameters: Readonly<Record<string, ParametersNow>>): BatchPass;
  close(): void | Promise<void>;
}

/** Rows of a shard on backends that compute the same bits everywhere. */
export const SHARD_ROWS = 16;

/** The first row of every shard, and the number of rows at the end. */
export function shardBounds(rows: number, shardRows: number): number[] {
  const bounds = Array.from({ length: Math.ceil(rows / shardRows) }, (_, i) => i * shardRows);
  return [...bounds, rows];
}

/** How many rows a batch has. */
export function countRows({ rows = {} }: ToShards): number {
  const counts = new Set(Object.values(rows).map(({ shape }) => shape[0]));
  if (counts.size !== 1) {
    const listed = [...counts].join(', ') || 'none';
    throw new Error(`a batch: expected tensors of the same number of rows, got ${listed}`);
  }
  return [...counts][0];
}

/** All shards one after the other, in this thread. */
export function localReplicas(computer: Computer, work: ShardWork, shardRows: number): Replicas {
  const { tf } = computer;
  return {
    start(program, parameters) {
      const tensors = mapValues(parameters, (network) => network.tensors);
      let bounds: number[] = [];
      let shards: RunningShard[] = [];
      return {
        async advance(handed) {
          if (shards.length === 0) {
            const batchRows = countRows(handed);
            bounds = shardBounds(batchRows, shardRows);
            const shard = { ...computer, batchRows, parameters: tensors };
            shards = bounds.slice(1).map(() => runShard(work.programs[program], shard));
          }
          const { rows = {}, whole = {} } = handed;
          const joining = joinShards(computer);
          for (const [i, shard] of shards.entries()) {
            const own = mapValues(rows, (tensor) => sliceRows(tf, tensor, bounds[i], bounds[i + 1]));
            joining.add(shard.advance({ rows: own, whole }));
          }
          return joining.end();
        },
      };
    },
    close() {},
  };
}

/** Joins what shards of this thread give, in the order in which it is added. */
function joinShards(computer: Computer) {
  const { tf } = computer;
  const parts: FromShard['rows'][] = [];
  const returned: FromShard['rows'][] = [];
  const sums: Record<string, Tensor[]> = {};
  const gradients: Record<string, Tensor[]> = {};
  return {
    add(given: ReturnType<RunningShard['advance']>): void {
      parts.push(given.rows ?? {});
      if (given.isDone) returned.push(given.rows);
      for (const [name, x] of Object.entries(given.sums ?? {})) sums[name] = [...(sums[name] ?? []), x];
      for (const [network, own] of Object.entries(given.gradients ?? {})) {
        gradients[network] = own.map((x, i) => addTo(computer, gradients[network]?.[i] ?? null, x));
      }
    },
    end(): FromShards {
      const join = (name: string) =>
        tf.concat(
          parts.map((part) => part?.[name] as Tensor),
          0,
        );
      const rows = mapValues(parts[0] ?? {}, (_, name) => join(name));
      tf.dispose(returned);
      return { rows, sums: mapValues(sums, (ofShards) => addAll(tf, ofShards)), gradients };
    },
  };
}

/** Rows [from, to) of a tensor of any rank. */
export function sliceRows(tf: TensorLibrary, x: Tensor, from: number, to: number): Tensor {
  const rest = x.shape.slice(1);
  return tf.slice(x, [from, ...rest.map(() => 0)], [to - from, ...rest]);
}

/**
 * The sum of tensors of one shape, which are used up. People read what is summed, so it is summed
 * in stages; gradients, which are large, are added as they come.
 */
export function addAll(tf: TensorLibrary, parts: readonly Tensor[]): Tensor {
  if (parts.length === 1) return parts[0];
  const total = tf.tidy(() =>
    tf.sum(
      tf.concat(
        parts.map((part) => tf.expandDims(part, 0)),
        0,
      ),
      0,
    ),
  );
  tf.dispose(parts);
  return total;
}

/** The sum of two tensors, which are used up. */
export function addTo({ operations }: Computer, sum: Tensor | null, x: Tensor): Tensor {
  if (sum === null) return x;
  const total = operations.accumulate(sum, x);
  x.dispose();
  return total;
}
