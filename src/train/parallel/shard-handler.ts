/** What a worker does: encodes, decodes and differentiates the shards that it is given. Letters: R rows of its shards, D latents. */
import { useBuild } from '../../../bindings/load.js';
import { flatten, type Reply } from '../../../bindings/replies.js';
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
import { pack, unpack } from './packing.js';

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
  const { tf, networks, latents } = autoencoder;
  const shapes = {
    encoder: listParameters('encoder', networks.encoder).map(({ shape }) => shape),
    decoder: listParameters('decoder', networks.decoder).map(({ shape }) => shape),
  };
  let parameters: Parameters = { encoder: [], decoder: [] };
  const begun: Begun[] = [];

  function update(packed: Float32Array | null): void {
    if (packed === null) return;
    tf.dispose([parameters.encoder, parameters.decoder]);
    const all = unpack(tf, packed, [...shapes.encoder, ...shapes.decoder]);
    parameters = { encoder: all.slice(0, shapes.encoder.length), decoder: all.slice(shapes.encoder.length) };
  }

  /** Cuts (R, ...) into tensors of the shards' rows. */
  function cut(values: Float32Array, rows: readonly number[], shape: readonly number[]): Tensor[] {
    return unpack(
      tf,
      values,
      rows.map((count) => [count, ...shape]),
    );
  }

  return {
    encode(request: EncodeRequest, answer: Answer<EncodeAnswer>): void {
      update(request.parameters);
      const images = cut(request.images, request.rows, image);
      const posteriors = images.map((x) => encode(autoencoder, parameters, x));
      const [mu, logvar] = [pack(posteriors.map(({ mu }) => mu)), pack(posteriors.map(({ logvar }) => logvar))];
      tf.dispose([images, posteriors]);
      answer({ mu, logvar }, [mu.buffer, logvar.buffer]);
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
      const join = (name: keyof BeginAnswer) => pack(begun.map(({ pass }) => pass.latents[name]));
      const [mu, logvar, z] = [join('mu'), join('logvar'), join('z')];
      answer({ mu, logvar, z }, [mu.buffer, logvar.buffer, z.buffer]);
      // While the penalty is computed elsewhere.
      for (const { pass } of begun) pass.decode();
    },

    learn(request: LearnRequest, answer: Answer<LearnAnswer>): void {
      const { pass, inputs, rows } = begun.shift() as Begun;
      const upload = (values: Float32Array | null) => (values === null ? null : tf.tensor(values, [rows, latents]));
      const outer = { mu: upload(request.mu), logvar: upload(request.logvar), z: upload(request.z) };
      const learnt = pass.learn(outer);
      const [reconstruction] = learnt.reconstruction.dataSync();
      const gradients = pack(learnt.gradients);
      tf.dispose([inputs, outer, learnt]);
      answer({ reconstruction, gradients }, [gradients.buffer]);
    },
  };
}
