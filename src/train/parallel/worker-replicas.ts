/**
 * A batch spread over workers: what shards give comes back, what the whole batch makes of it goes
 * out, and sums and gradients of the shards are added here in the order of the shards, as one
 * thread does it.
 */
import { chooseBuild } from '../../../bindings/training-build.js';
import type { WorkerPort } from '../../../bindings/worker-port.js';
import { listParameters } from '../architectures/layers.js';
import { mapValues } from '../map-values.js';
import { addAll, addTo, type BatchPass, countRows, type ParametersNow, type Replicas } from '../replicas.js';
import type { Computer, Description, FromShards, ShardWork, ToShards } from '../system.js';
import type { Tensor } from '../tensors.js';
import { type CutBatch, cutBatch } from './cut-batch.js';
import type { AdvanceRequest, SentTensor, ShardAnswer, ThreadedBackend } from './messages.js';
import { countValues, pack, unpack } from './packing.js';
import { createSpareArrays } from './spare-arrays.js';
import { WorkerGroup } from './worker-group.js';

/** What workers are opened with. */
export interface WorkerSetup {
  readonly threads: number;
  readonly backend: ThreadedBackend;
  readonly description: Description;
  readonly open: () => WorkerPort;
}

/**
 * Starts the workers, and waits until each has opened its backend.
 * @throws what a worker threw, or an Error where one ended
 */
export async function workerReplicas(
  { threads, backend, description, open }: WorkerSetup,
  computer: Computer,
  { networks }: ShardWork,
  shardRows: number,
): Promise<Replicas> {
  const { tf, operations } = computer;
  const shapes = mapValues(networks, (layers, network) => listParameters(network, layers).map(({ shape }) => shape));
  const arrays = createSpareArrays();
  const group = new WorkerGroup(threads, open);
  /** By worker: which parameters of each network it has, and arrays of its own that were read. */
  const known = Array.from({ length: threads }, (): Record<string, number> => ({}));
  const returned = Array.from({ length: threads }, (): Float32Array<ArrayBuffer>[] => []);

  const build = backend === 'wasm' ? chooseBuild() : null;
  await Promise.all(known.flatMap((_, worker) => group.ask(worker, { kind: 'open', backend, build, description })));

  const read = (tensors: readonly Tensor[]) =>
    pack(operations, tensors, arrays.take(countValues(tensors.map(({ shape }) => shape))));

  /** Parameters that a worker does not have. */
  function parametersFor(worker: number, parameters: Readonly<Record<string, ParametersNow>>) {
    const missing = Object.entries(parameters).filter(([network, { version }]) => known[worker][network] !== version);
    return Object.fromEntries(
      missing.map(([network, { version, tensors }]) => {
        known[worker][network] = version;
        return [network, read(tensors)];
      }),
    );
  }

  /** What each worker is handed: the rows of its shards, and all of the rest. */
  function sendingOf(cut: CutBatch, { rows = {}, whole = {} }: ToShards) {
    const values = mapValues(rows, (tensor) => read([tensor]));
    const sending = cut.workers.map((shards) => ({
      rows: mapValues(rows, ({ shape }, name): SentTensor => ({ shape, values: cut.gather(values[name], shards) })),
      whole: mapValues(whole, (tensor): SentTensor => ({ shape: tensor.shape, values: read([tensor]) })),
    }));
    arrays.keep(Object.values(values));
    return sending;
  }

  /** Joins the answers of all shards, in their order. */
  async function join(cut: CutBatch, answers: ReadonlyArray<Promise<ShardAnswer>>): Promise<FromShards> {
    const parts: ShardAnswer[] = [];
    const sums: Tensor[] = [];
    let gradients: Tensor | null = null;
    for (const [shard, answer] of answers.entries()) {
      const part = await answer;
      parts.push(part);
      arrays.keep(part.spent);
      const summed = countValues(Object.values(part.sums));
      if (summed > 0) sums.push(tf.tensor(part.added.slice(0, summed), [summed]));
      const rest = part.added.subarray(summed);
      if (rest.length > 0) gradients = addTo(computer, gradients, tf.tensor(rest, [rest.length]));
      returned[shard % threads].push(part.added);
    }
    const rows = mapValues(parts[0].rows, ({ shape }, name) => {
      const values = new Float32Array(cut.rows * countValues([shape.slice(1)]));
      let at = 0;
      for (const [shard, part] of parts.entries()) {
        const own = part.rows[name].values;
        values.set(own, at);
        at += own.length;
        returned[shard % threads].push(own);
      }
      return tf.tensor(values, [cut.rows, ...shape.slice(1)]);
    });
    const [{ sums: ofSums, networks }] = parts;
    const summed = sums.length === 0 ? [] : split(addAll(tf, sums), Object.values(ofSums));
    const ofNetworks = networks.map((network) => shapes[network]);
    const learnt = gradients === null ? [] : split(gradients, ofNetworks.flat());
    return {
      rows,
      sums: mapValues(ofSums, () => summed.shift() as Tensor),
      gradients: Object.fromEntries(
        networks.map((network, i) => [network, learnt.splice(0, ofNetworks[i].length)] as const),
      ),
    };
  }

  /** Cuts a vector, which is used up. Not by slices: tfjs reads all of a tensor for each. */
  function split(vector: Tensor, into: ReadonlyArray<readonly number[]>): Tensor[] {
    const values = read([vector]);
    vector.dispose();
    const tensors = unpack(tf, values, into);
    arrays.keep([values]);
    return tensors;
  }

  return {
    start(program, parameters): BatchPass {
      let cut: CutBatch | null = null;
      return {
        async advance(handed) {
          const begun = cut;
          cut ??= cutBatch(countRows(handed), shardRows, threads, arrays);
          const { workers, rows: batchRows, rowsOf } = cut;
          const sending = sendingOf(cut, handed);
          const requests = workers.map((shards, worker): AdvanceRequest => {
            const start =
              begun === null
                ? { program, rows: rowsOf(shards), batchRows, parameters: parametersFor(worker, parameters) }
                : null;
            return { kind: 'advance', start, ...sending[worker], spent: returned[worker].splice(0) };
          });
          // Once everything is ready: the first would otherwise take the processor that the others
          // wait for.
          const asked = requests.map((request, worker) =>
            group.ask<ShardAnswer>(worker, request, workers[worker].length),
          );
          const shards = workers.reduce((sum, own) => sum + own.length, 0);
          return join(
            cut,
            Array.from({ length: shards }, (_, shard) => asked[shard % threads][Math.floor(shard / threads)]),
          );
        },
      };
    },
    close() {
      group.end(new Error('training is over'));
    },
  };
}
