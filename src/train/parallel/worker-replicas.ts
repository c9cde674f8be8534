/**
 * A batch spread over workers: latents come back, gradients of the penalty go out, and the gradients of the shards are added here in the order of the
 * shards, as one thread does it.
 */
import { chooseBuild } from '../../../bindings/training-build.js';
import type { Autoencoder, LatentGradients } from '../autoencoder.js';
import { listParameters } from '../models/layers.js';
import { addTo, type ImageBatch, type ParametersNow, type Replicas } from '../replicas.js';
import type { Tensor } from '../tensors.js';
import { Crew } from './crew.js';
import { type CutBatch, cutBatch } from './cut-batch.js';
import type { Description } from './description.js';
import type {
  BeginAnswer,
  BeginRequest,
  EncodeAnswer,
  EncodeRequest,
  LearnAnswer,
  LearnRequest,
  Request,
  ThreadedBackend,
} from './messages.js';
import { openTrainingWorker } from './open-training-worker.js';
import { countValues, pack, unpack } from './packing.js';
import { createSpareArrays } from './spare-arrays.js';

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
): Promise<Replicas> {
  const { tf, operations, networks, latents } = autoencoder;
  const shapes = [...listParameters('encoder', networks.encoder), ...listParameters('decoder', networks.decoder)].map(
    ({ shape }) => shape,
  );
  const parameterCount = countValues(shapes);
  const arrays = createSpareArrays();
  const crew = new Crew(threads, openTrainingWorker);
  /** By worker, which parameters it has. */
  const versions = new Array<number | null>(threads).fill(null);

  const build = backend === 'wasm' ? chooseBuild() : null;
  await Promise.all(versions.map((_, worker) => crew.ask(worker, { kind: 'open', backend, build, description })));

  const read = (tensor: Tensor) => pack(operations, [tensor], arrays.take(countValues([tensor.shape])));

  /** Parameters for a worker, or null where it has them. */
  function parametersFor(worker: number, { version, encoder, decoder }: ParametersNow): Float32Array | null {
    if (versions[worker] === version) return null;
    versions[worker] = version;
    return pack(operations, [...encoder, ...decoder], arrays.take(parameterCount));
  }

  /** Asks them all once everything is ready: the first would otherwise take the processor that the others wait for. */
  function askAll<A>(requests: ReadonlyArray<readonly [worker: number, request: Request]>): Array<Promise<A>> {
    return requests.map(([worker, request]) => crew.ask<A>(worker, request, buffersOf(request)));
  }

  /** Latents of all rows, from those of the workers. */
  function join<A extends EncodeAnswer>(cut: CutBatch, answers: readonly A[], name: keyof A): Tensor {
    return tf.tensor(cut.scatter(answers.map((answer) => answer[name] as Float32Array)), [cut.rows, latents]);
  }

  async function encode(parameters: ParametersNow, images: Tensor) {
    const cut = cutBatch(images.shape[0], shardRows, threads, arrays);
    const values = read(images);
    const requests = cut.workers.map((shards, worker): [number, EncodeRequest] => [
      worker,
      {
        kind: 'encode',
        parameters: parametersFor(worker, parameters),
        rows: cut.rowsOf(shards),
        images: cut.gather(values, shards),
      },
    ]);
    arrays.keep([values]);
    const answers = await Promise.all(askAll<EncodeAnswer>(requests));
    for (const { spent } of answers) arrays.keep(spent);
    return { mu: join(cut, answers, 'mu'), logvar: join(cut, answers, 'logvar') };
  }

  async function begin(parameters: ParametersNow, batch: ImageBatch) {
    const cut = cutBatch(batch.images.shape[0], shardRows, threads, arrays);
    const images = read(batch.images);
    const seen = batch.seen === batch.images ? null : read(batch.seen);
    const noise = read(batch.noise);
    const requests = cut.workers.map((shards, worker): [number, BeginRequest] => [
      worker,
      {
        kind: 'begin',
        parameters: parametersFor(worker, parameters),
        rows: cut.rowsOf(shards),
        batchRows: cut.rows,
        images: cut.gather(images, shards),
        seen: seen === null ? null : cut.gather(seen, shards),
        noise: cut.gather(noise, shards),
      },
    ]);
    arrays.keep(seen === null ? [images, noise] : [images, noise, seen]);
    const answers = await Promise.all(askAll<BeginAnswer>(requests));
    for (const { spent } of answers) arrays.keep(spent);
    const own = {
      mu: join(cut, answers, 'mu'),
      logvar: join(cut, answers, 'logvar'),
      z: join<BeginAnswer>(cut, answers, 'z'),
    };
    return {
      latents: own,
      async learn(outer: LatentGradients) {
        const result = await learn(cut, outer);
        tf.dispose(own);
        return result;
      },
    };
  }

  async function learn(cut: CutBatch, { mu, logvar, z }: LatentGradients) {
    const [ofMu, ofLogvar, ofZ] = [mu, logvar, z].map((gradient) => gradient && read(gradient));
    const requests: Array<[number, LearnRequest]> = [];
    for (let shard = 0; shard * shardRows < cut.rows; shard++) {
      const own = (values: Float32Array | null) => values && cut.gather(values, [shard]);
      const into = arrays.take(parameterCount);
      requests.push([shard % threads, { kind: 'learn', mu: own(ofMu), logvar: own(ofLogvar), z: own(ofZ), into }]);
    }
    let sum: Tensor | null = null;
    let reconstruction = 0;
    for (const answer of askAll<LearnAnswer>(requests)) {
      const shard = await answer;
      // float32, as tensors are added.
      reconstruction = Math.fround(reconstruction + shard.reconstruction);
      sum = addTo(autoencoder, sum, tf.tensor(shard.gradients, [parameterCount]));
      // On the cpu backend tensors may be views of what is kept here; it is not written to before the next step.
      arrays.keep([shard.gradients]);
    }
    // Not by slices: tfjs reads all of a tensor for each.
    const sums = read(sum as Tensor);
    arrays.keep([sums]);
    (sum as Tensor).dispose();
    return { reconstruction: tf.scalar(reconstruction), gradients: unpack(tf, sums, shapes) };
  }

  return {
    encode,
    begin,
    close() {
      crew.end(new Error('training is over'));
    },
  };
}

/** The buffers of a request, all of which are its own. */
function buffersOf(request: Request): ArrayBuffer[] {
  return Object.values(request)
    .filter((value) => value instanceof Float32Array)
    .map(({ buffer }) => buffer as ArrayBuffer);
}
