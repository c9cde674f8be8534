/**
 * What a worker does: runs the shards that it is given through programs. Letters: R rows of a
 * shard.
 */

import { flatten, type Reply } from '../../../bindings/replies.js';
import { useBuild } from '../../../bindings/training-build.js';
import type { Send } from '../../../bindings/worker-port.js';
import { listParameters } from '../architectures/layers.js';
import type { Backend } from '../backends/backend.js';
import { mapValues } from '../map-values.js';
import { composeOperations } from '../operations.js';
import { type RunningShard, runShard } from '../run-shard.js';
import type { Computer, Description, ShardWork } from '../system.js';
import type { NamedTensors, Tensor } from '../tensors.js';
import {
  type AdvanceRequest,
  buffersOf,
  type OpenRequest,
  type Request,
  type SentTensor,
  type ShardAnswer,
  type ThreadedBackend,
} from './messages.js';
import { countValues, pack, unpack } from './packing.js';
import { createSpareArrays } from './spare-arrays.js';

/** Not by `openBackend`, which would bring the others into the worker's bundle. */
const OPENERS: Readonly<Record<ThreadedBackend, () => Promise<Backend>>> = {
  wasm: async () => (await import('../backends/wasm.js')).open(),
  cpu: async () => (await import('../backends/cpu.js')).open(),
};

/** Builds a system's work from its description, by its kind. */
export type WorkBuilders = Readonly<Record<string, (description: Description) => ShardWork>>;

/** Answers requests one after the other; an error is an answer, too. */
export function makeShardHandler(builders: WorkBuilders): (message: unknown, send: Send) => Promise<void> {
  let advance: ((request: AdvanceRequest, send: Send) => void) | null = null;
  return async (message, send) => {
    const request = message as Request;
    try {
      if (request.kind === 'open') {
        const { tf, operations } = await open(request);
        const work = builders[request.description.kind](request.description);
        advance = computeShards({ tf, operations: operations ?? composeOperations(tf) }, work);
        send({ value: null } satisfies Reply);
      } else advance?.(request, send);
    } catch (error) {
      send({ error: flatten(error) } satisfies Reply);
    }
  };
}

async function open({ backend, build }: OpenRequest): Promise<Backend> {
  if (build !== null) useBuild(build);
  return OPENERS[backend]();
}

function computeShards(computer: Computer, { networks, programs }: ShardWork) {
  const { tf, operations } = computer;
  const shapes = mapValues(networks, (layers, network) => listParameters(network, layers).map(({ shape }) => shape));
  const parameters: Record<string, Tensor[]> = mapValues(networks, () => []);
  const arrays = createSpareArrays();
  /** The shards of a batch, their rows, and what all of them were given. */
  let shards: RunningShard[] = [];
  let rows: readonly number[] = [];
  const shared: NamedTensors[] = [];

  const packTensors = (tensors: readonly Tensor[]) =>
    pack(operations, tensors, arrays.take(countValues(tensors.map(({ shape }) => shape))));

  function begin({ program, rows: ofShards, batchRows, parameters: sent }: NonNullable<AdvanceRequest['start']>): void {
    for (const [network, values] of Object.entries(sent)) {
      tf.dispose(parameters[network]);
      parameters[network] = unpack(tf, values, shapes[network]);
    }
    rows = ofShards;
    // What is replaced in the record later is not to be replaced under shards that run.
    shards = rows.map(() => runShard(programs[program], { ...computer, batchRows, parameters: { ...parameters } }));
  }

  /** Cuts (rows of all shards, ...) into those of each. */
  const cut = ({ shape, values }: SentTensor): Tensor[] =>
    unpack(
      tf,
      values,
      rows.map((count) => [count, ...shape.slice(1)]),
    );

  return (request: AdvanceRequest, send: Send): void => {
    arrays.keep(request.spent);
    if (request.start !== null) begin(request.start);
    const own = mapValues(request.rows, cut);
    const whole = mapValues(request.whole, ({ shape, values }) => unpack(tf, values, [shape])[0]);
    shared.push(whole);
    let isDone = false;
    for (const [i, shard] of shards.entries()) {
      const given = shard.advance({ rows: mapValues(own, (parts) => parts[i]), whole });
      const { rows: ofShard = {}, sums = {}, gradients = {} } = given;
      const answer: ShardAnswer = {
        rows: mapValues(ofShard, (tensor) => ({ shape: tensor.shape, values: packTensors([tensor]) })),
        sums: mapValues(sums, ({ shape }) => shape),
        networks: Object.keys(gradients),
        added: packTensors([...Object.values(sums), ...Object.values(gradients).flat()]),
        spent: i === 0 ? arraysOf(request) : [],
      };
      tf.dispose([sums, gradients]);
      ({ isDone } = given);
      if (isDone) tf.dispose(ofShard);
      send({ value: answer } satisfies Reply, buffersOf(answer));
    }
    if (isDone) {
      shards = [];
      tf.dispose(shared.splice(0));
    }
    // While the whole batch is looked at elsewhere.
    for (const shard of shards) shard.workMeanwhile();
  };
}

/** The arrays of a request that have been read. */
function arraysOf({ start, rows, whole }: AdvanceRequest): Float32Array<ArrayBuffer>[] {
  return [
    ...Object.values(start?.parameters ?? {}),
    ...[...Object.values(rows), ...Object.values(whole)].map(({ values }) => values),
  ];
}
