/** What a worker does: encodes, decodes and differentiates the shards that it is given. Letters: R rows of its shards, D latents. */

import { flatten, type Reply } from '../../../bindings/replies.js';
import { useBuild } from '../../../bindings/training-build.js';
import type { Send } from '../../../bindings/worker-port.js';
import type { ImageShape } from '../../data/dataset.js';
import { type Autoencoder, beginShard, encode, type Parameters, type ShardPass } from '../autoencoder.js';
import type { Backend } from '../backends/backend.js';
import { listParameters } from '../models/layers.js';
import type { Tensor } from '../tensors.js';
import { buildAutoencoder } from './description.js';
import type {
  BeginAnswer,
  BeginRequest,
  EncodeAnswer,
  EncodeRequest,
  LearnAnswer,
  LearnRequest,
  OpenRequest,
  Request,
  ThreadedBackend,
} from './messages.js';
import { countValues, pack, unpack } from './packing.js';

/** Not by `openBackend`, which would bring the others into the worker's bundle. */
const OPENERS: Readonly<Record<ThreadedBackend, () => Promise<Backend>>> = {
  wasm: async () => (await import('../backends/wasm.js')).open(),
  cpu: async () => (await import('../backends/cpu.js')).open(),
};

/** Answers requests one after the other; an error is an answer, too. */
export function makeShardHandler(): (message: unknown, send: Send) => Promise<void> {
  let shards: ReturnType<typeof computeShards> | null = null;
  return async (message, send) => {
    const request = message as Request;
    const answer = (value: unknown, handedOver?: readonly ArrayBuffer[]) => send({ value } satisfies Reply, handedOver);
    try {
      if (request.kind === 'open') {
        shards = computeShards(await open(request), request.description.image);
        answer(null);
      } else shards?.[request.kind](request as never, answer);
    } catch (error) {
      send({ error: flatten(error) } satisfies Reply);
    }
  };
}

async function open({ backend, build, description }: OpenRequest): Promise<Autoencoder> {
  if (build !== null) useBuild(build);
  return buildAutoencoder(await OPENERS[backend](), description);
}

type Answer<T> = (value: T, handedOver: readonly ArrayBuffer[]) => void;

/** A shard between its two halves, with the tensors that it needs until the second. */
interface Begun {
  readonly pass: ShardPass;
  readonly inputs: readonly Tensor[];
  readonly rows: number;
}

function computeShards(autoencoder: Autoencoder, { height, width, channels }: ImageShape) {
  const image = [height, width, channels];
  const { tf, operations, networks, latents } = autoencoder;
  const shapes = {
    encoder: listParameters('encoder', networks.encoder).map(({ shape }) => shape),
    decoder: listParameters('decoder', networks.decoder).map(({ shape }) => shape),
  };
  let parameters: Parameters = { encoder: [], decoder: [] };
  const begun: Begun[] = [];

  // The cpu backend makes no copies, and arrays are sent back once they have been read.
  const upload = (values: Float32Array, asShapes: ReadonlyArray<readonly number[]>) =>
    unpack(tf, tf.getBackend() === 'cpu' ? values.slice() : values, asShapes);

  function update(packed: Float32Array | null): void {
    if (packed === null) return;
    tf.dispose([parameters.encoder, parameters.decoder]);
    const all = upload(packed, [...shapes.encoder, ...shapes.decoder]);
    parameters = { encoder: all.slice(0, shapes.encoder.length), decoder: all.slice(shapes.encoder.length) };
  }

  /** Cuts (R, ...) into tensors of the shards' rows. */
  const cut = (values: Float32Array, rows: readonly number[], shape: readonly number[]): Tensor[] =>
    upload(
      values,
      rows.map((count) => [count, ...shape]),
    );

  /** The latents of shards, one after the other. */
  const join = (tensors: readonly Tensor[]) =>
    pack(operations, tensors, new Float32Array(countValues(tensors.map(({ shape }) => shape))));

  return {
    encode(request: EncodeRequest, answer: Answer<EncodeAnswer>): void {
      update(request.parameters);
      const images = cut(request.images, request.rows, image);
      const posteriors = images.map((x) => encode(autoencoder, parameters, x));
      const mu = join(posteriors.map((posterior) => posterior.mu));
      const logvar = join(posteriors.map((posterior) => posterior.logvar));
      tf.dispose([images, posteriors]);
      const spent = arraysOf(request);
      answer({ mu, logvar, spent }, buffersOf(mu, logvar, ...spent));
    },

    begin(request: BeginRequest, answer: Answer<BeginAnswer>): void {
      update(request.parameters);
      const { rows, batchRows } = request;
      const images = cut(request.images, rows, image);
      const seen = request.seen === null ? images : cut(request.seen, rows, image);
      const noise = cut(request.noise, rows, [latents]);
      for (const [i, count] of rows.entries()) {
        const pass = beginShard(autoencoder, parameters, images[i], seen[i], noise[i], batchRows);
        begun.push({ pass, inputs: [...new Set([images[i], seen[i], noise[i]])], rows: count });
      }
      const mu = join(begun.map(({ pass }) => pass.latents.mu));
      const logvar = join(begun.map(({ pass }) => pass.latents.logvar));
      const z = join(begun.map(({ pass }) => pass.latents.z));
      const spent = arraysOf(request);
      answer({ mu, logvar, z, spent }, buffersOf(mu, logvar, z, ...spent));
      // While the penalty is computed elsewhere.
      for (const { pass } of begun) pass.decode();
    },

    learn(request: LearnRequest, answer: Answer<LearnAnswer>): void {
      const { pass, inputs, rows } = begun.shift() as Begun;
      const gradientOf = (values: Float32Array | null) => (values === null ? null : tf.tensor(values, [rows, latents]));
      const outer = { mu: gradientOf(request.mu), logvar: gradientOf(request.logvar), z: gradientOf(request.z) };
      const learnt = pass.learn(outer);
      const [reconstruction] = learnt.reconstruction.dataSync();
      const gradients = pack(operations, learnt.gradients, request.into as Float32Array<ArrayBuffer>);
      tf.dispose([inputs, outer, learnt]);
      answer({ reconstruction, gradients }, [gradients.buffer]);
    },
  };
}

/** The large arrays of a request. */
function arraysOf(request: EncodeRequest | BeginRequest): Float32Array<ArrayBuffer>[] {
  return Object.values(request).filter((value): value is Float32Array<ArrayBuffer> => value instanceof Float32Array);
}

function buffersOf(...arrays: readonly Float32Array<ArrayBuffer>[]): ArrayBuffer[] {
  return arrays.map(({ buffer }) => buffer);
}
