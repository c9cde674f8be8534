/**
 * A batch spread over workers. Shard i is worker i mod T's; latents come back, gradients of the penalty go out, and the gradients of every shard are
 * added here in the order of the shards, as one thread does it. Letters: R rows of a batch, D latents, T workers.
 */
import { chooseBuild } from '../../../bindings/load.js';
import type { Autoencoder, LatentGradients } from '../autoencoder.js';
import { listParameters } from '../models/layers.js';
import { type BatchPass, type ParametersNow, type Replicas, shardBounds } from '../replicas.js';
import type { Tensor } from '../tensors.js';
import { Crew } from './crew.js';
import type { Description } from './description.js';
import type {
  BeginAnswer,
  BeginRequest,
  EncodeAnswer,
  EncodeRequest,
  LearnAnswer,
  LearnRequest,
  ThreadedBackend,
} from './messages.js';
import { openTrainingWorker } from './open-training-worker.js';
import { addInPlace, pack, unpack } from './packing.js';

/**
 * Starts the workers, and waits until each has opened its backend.
 * @throws what a worker threw, or an Error where one ended
 */
export async function workerReplicas(
  threads: number,
  backend: ThreadedBackend,
  autoencoder: Autoencoder,
  description: Description,
  shardRows: number,
  open = openTrainingWorker,
): Promise<Replicas> {
  const { tf, networks, latents } = autoencoder;
  const shapes = [...listParameters('encoder', networks.encoder), ...listParameters('decoder', networks.decoder)].map(
    ({ shape }) => shape,
  );
  const crew = new Crew(threads, open);
  const build = backend === 'wasm' ? chooseBuild() : null;
  const members = Array.from({ length: threads }, (_, worker) => worker);
  await Promise.all(members.map((worker) => crew.ask(worker, { kind: 'open', backend, build, description })));

  /** By worker, which parameters it has. */
  const versions = new Array<number | null>(threads).fill(null);
  let packed: { readonly version: number; readonly values: Float32Array } | null = null;

  /** Parameters for a worker, or null where it has them. */
  function parametersFor(
    worker: number,
    { version, encoder, decoder }: ParametersNow,
  ): Float32Array<ArrayBuffer> | null {
    if (versions[worker] === version) return null;
    if (packed?.version !== version) packed = { version, values: pack([...encoder, ...decoder]) };
    versions[worker] = version;
    return packed.values.slice();
  }

  return {
    async encode(parameters, images) {
      const cut = cutBatch(images.shape[0], shardRows, threads);
      const values = pack([images]);
      const answers = cut.workers.map((shards, worker) => {
        const request: EncodeRequest = {
          kind: 'encode',
          parameters: parametersFor(worker, parameters),
          rows: cut.rowsOf(shards),
          images: cut.gather(values, shards),
        };
        return crew.ask<EncodeAnswer>(worker, request, buffersOf(request));
      });
      const posteriors = await Promise.all(answers);
      return { mu: join('mu', posteriors), logvar: join('logvar', posteriors) };

      function join(name: keyof EncodeAnswer, parts: readonly EncodeAnswer[]): Tensor {
        const joined = parts.map((part) => part[name]);
        return tf.tensor(cut.scatter(joined, latents), [cut.rows, latents]);
      }
    },

    async begin(parameters, batch): Promise<BatchPass> {
      const cut = cutBatch(batch.images.shape[0], shardRows, threads);
      const images = pack([batch.images]);
      const seen = batch.seen === batch.images ? null : pack([batch.seen]);
      const noise = pack([batch.noise]);
      const answers = cut.workers.map((shards, worker) => {
        const request: BeginRequest = {
          kind: 'begin',
          parameters: parametersFor(worker, parameters),
          rows: cut.rowsOf(shards),
          batchRows: cut.rows,
          images: cut.gather(images, shards),
          seen: seen === null ? null : cut.gather(seen, shards),
          noise: cut.gather(noise, shards),
        };
        return crew.ask<BeginAnswer>(worker, request, buffersOf(request));
      });
      const begun = await Promise.all(answers);
      const join = (name: keyof BeginAnswer): Tensor => {
        const joined = begun.map((part) => part[name]);
        return tf.tensor(cut.scatter(joined, latents), [cut.rows, latents]);
      };
      const own = { mu: join('mu'), logvar: join('logvar'), z: join('z') };
      return {
        latents: own,
        async learn(outer) {
          const answers = askToLearn(cut, outer);
          let sums: Float32Array | null = null;
          let reconstruction = 0;
          for (const answer of answers) {
            const shard = await answer;
            reconstruction = Math.fround(reconstruction + shard.reconstruction);
            if (sums === null) sums = shard.gradients;
            else addInPlace(sums, shard.gradients);
          }
          tf.dispose(own);
          return { reconstruction: tf.scalar(reconstruction), gradients: unpack(tf, sums as Float32Array, shapes) };
        },
      };
    },

    close() {
      crew.end(new Error('training is over'));
    },
  };

  /** Hands out the penalty's gradients: the answers by shard. */
  function askToLearn(cut: Cut, { mu, logvar, z }: LatentGradients): Array<Promise<LearnAnswer>> {
    const [ofMu, ofLogvar, ofZ] = [mu, logvar, z].map((gradient) => (gradient === null ? null : pack([gradient])));
    const rowsOf = (values: Float32Array | null, shard: number) =>
      values === null ? null : cut.gather(values, [shard]);
    return cut.shards.map((shard) => {
      const request: LearnRequest = {
        kind: 'learn',
        mu: rowsOf(ofMu, shard),
        logvar: rowsOf(ofLogvar, shard),
        z: rowsOf(ofZ, shard),
      };
      return crew.ask<LearnAnswer>(shard % threads, request, buffersOf(request));
    });
  }
}

/** How the rows of a batch are spread. */
type Cut = ReturnType<typeof cutBatch>;

function cutBatch(rows: number, shardRows: number, threads: number) {
  const bounds = shardBounds(rows, shardRows);
  const shards = Array.from({ length: bounds.length - 1 }, (_, shard) => shard);
  /** The shards of each worker; those that have none are left out. */
  const workers = Array.from({ length: Math.min(threads, shards.length) }, (_, worker) =>
    shards.filter((shard) => shard % threads === worker),
  );
  const rowsOf = (own: readonly number[]) => own.map((shard) => bounds[shard + 1] - bounds[shard]);

  return {
    rows,
    shards,
    workers,
    rowsOf,

    /** The rows of some shards, in an array of their own. */
    gather(values: Float32Array, own: readonly number[]): Float32Array<ArrayBuffer> {
      const width = values.length / rows;
      const gathered = new Float32Array(width * rowsOf(own).reduce((sum, count) => sum + count, 0));
      let at = 0;
      for (const shard of own) {
        const part = values.subarray(bounds[shard] * width, bounds[shard + 1] * width);
        gathered.set(part, at);
        at += part.length;
      }
      return gathered;
    },

    /** The rows of all workers, in their order in the batch. */
    scatter(parts: readonly Float32Array[], width: number): Float32Array {
      const values = new Float32Array(rows * width);
      for (const [worker, own] of workers.entries()) {
        let at = 0;
        for (const shard of own) {
          const count = (bounds[shard + 1] - bounds[shard]) * width;
          values.set(parts[worker].subarray(at, at + count), bounds[shard] * width);
          at += count;
        }
      }
      return values;
    },
  };
}

/** The buffers of a request, all of which are its own. */
function buffersOf(request: object): ArrayBuffer[] {
  return Object.values(request)
    .filter((value) => value instanceof Float32Array)
    .map(({ buffer }) => buffer as ArrayBuffer);
}
