/** Networks with weights as an encoder: the one file here that knows of tensors. */
import type { ImageShape } from '../data/index.js';
import type { Codes, Encoder, EncoderRows } from '../encoder.js';
import { dataRangeError } from '../errors.js';
import type { FloatTensors } from '../io/float-tensors.js';
import type { Networks } from '../train/architectures/architecture.js';
import { forward } from '../train/architectures/network.js';
import type { BackendName } from '../train/backends/backend.js';
import { openBackend } from '../train/backends/open-backend.js';
import { toTensor } from '../train/batches.js';
import type { Likelihood } from '../train/likelihoods/likelihood.js';
import { mapValues } from '../train/map-values.js';
import type { Code } from '../train/objectives/objective.js';
import { composeOperations } from '../train/operations.js';
import { pieces } from '../train/pieces.js';
import { localReplicas } from '../train/replicas.js';
import type { Reparameterise } from '../train/sample-latents.js';
import {
  countLatents,
  decodeByTensors,
  encodeByTensors,
  imagesOf,
  ROWS_ON_DEVICE,
  shapeOf,
} from '../train/tensor-encoder.js';
import type { TensorLibrary } from '../train/tensors.js';
import { type Autoencoder, autoencoderWork, decodeLatents } from '../train/vae/autoencoder.js';

/** What computes. */
export interface ComputeOptions {
  /** What computes; default `auto`, the first that really works. */
  readonly backend?: BackendName | 'auto';
  /** A tfjs of your own, which then computes, on the backend that it is set to. */
  readonly tf?: TensorLibrary;
}

/** What a model is made of. */
export interface StoredNetworks {
  readonly image: ImageShape;
  readonly networks: Networks;
  readonly likelihood: Likelihood;
  readonly code: Code;
  /** D. */
  readonly latents: number;
  /** By the names of `listParameters`, in its order: the encoder's, then the decoder's. */
  readonly weights: FloatTensors;
  /** Rows that are encoded at a time. */
  readonly shardRows: number;
}

/** Networks on a backend, until they are closed. */
export interface OpenedNetworks extends Encoder {
  readonly image: ImageShape;
  readonly backend: string;
  readonly device: string;
  /**
   * Images, bytes (R, H, W, C), to posteriors (R, D). Autoencoders give points, without a logvar.
   */
  encode(rows: EncoderRows): Promise<Codes>;
  /** Latents (R, D) to images (R, H, W, C), from 0 to 1. */
  decode(z: Float32Array): Promise<Float32Array>;
  /** z = mu + exp(logvar / 2) noise, of arrays of one length, with the digits that training has. */
  readonly reparameterise: Reparameterise;
  /** -log p(x|z) in nats per image, averaged over images and their latents (R, D). */
  reconstructionLoss(rows: EncoderRows, z: Float32Array): Promise<number>;
  /** Frees the weights and closes the backend. */
  close(): Promise<void>;
}

/** @throws BackendError if the backend does not come up */
export async function openNetworks(
  { image, networks, likelihood, code, latents, weights, shardRows }: StoredNetworks,
  options: ComputeOptions,
): Promise<OpenedNetworks> {
  const backend = await openBackend(options.backend ?? 'auto', options.tf ? { tf: options.tf } : {});
  const { tf } = backend;
  // The library's own formulas, without the quicker ones of a backend, which sum a loss in another
  // order.
  const computer = { tf, operations: composeOperations(tf) };
  const autoencoder: Autoencoder = { networks, likelihood, latents };
  const ofNetwork = (network: string) =>
    [...weights]
      .filter(([name]) => name.startsWith(`${network}.`))
      .map(([, { shape, values }]) => tf.tensor(values, [...shape]));
  const parameters = { encoder: ofNetwork('encoder'), decoder: ofNetwork('decoder') };
  const replicas = localReplicas(computer, autoencoderWork(autoencoder), shardRows);
  const now = mapValues(parameters, (tensors) => ({ version: 0, tensors }));
  const settings = { tf, latents, code, image };

  return {
    ...encodeByTensors(settings, async (images) => {
      const { rows } = await replicas.start('encode', now).advance({ rows: { images } });
      return { mu: rows.mu, logvar: rows.logvar };
    }),
    decode: (z) =>
      decodeByTensors(settings, (codes) => decodeLatents(autoencoder, computer, parameters.decoder, codes), z),
    image,
    backend: backend.name,
    device: backend.device,

    async reconstructionLoss(rows, z) {
      const images = imagesOf(rows, image);
      const pixels = images.length / rows.count;
      if (countLatents(z, latents) !== rows.count) {
        throw dataRangeError(`expected latents of ${rows.count} images, got those of ${z.length / latents}`);
      }
      let sum = 0;
      for (const [from, to] of pieces(rows.count, ROWS_ON_DEVICE)) {
        const x = toTensor(tf, images.subarray(from * pixels, to * pixels), shapeOf(to - from, image));
        const code = tf.tensor(z.slice(from * latents, to * latents), [to - from, latents]);
        const pass = forward(tf, computer.operations, networks.decoder, parameters.decoder, code);
        const { loss, gradient } = likelihood.lossOf(tf, computer.operations, pass.output, x, 1);
        sum += (await loss.data())[0];
        pass.dispose();
        tf.dispose([x, code, loss, gradient]);
      }
      return sum / rows.count;
    },

    async close() {
      await replicas.close();
      tf.dispose([parameters.encoder, parameters.decoder]);
      await backend.close();
    },
  };
}
