/** A trained model that encodes and decodes. */
import type { ImageShape } from '../data/index.js';
import { dataRangeError, optionRangeError } from '../errors.js';
import type { BackendName } from './backends/backend.js';
import { openBackend } from './backends/open-backend.js';
import { toTensor } from './batches.js';
import type { TensorEncoder } from './held-out.js';
import { mapValues } from './map-values.js';
import { forward } from './models/network.js';
import { composeOperations } from './operations.js';
import type { Posteriors } from './posteriors.js';
import { type ModelOptions, readModel } from './read-model.js';
import { localReplicas } from './replicas.js';
import type { RunConfig } from './run/config.js';
import type { RunFolder } from './run/run-folder.js';
import type { Tensor, TensorLibrary } from './tensors.js';
import { type Autoencoder, autoencoderWork, decodeLatents } from './vae/autoencoder.js';

/** Rows that are computed at a time. */
const CHUNK_ROWS = 256;

export interface LoadRunOptions extends ModelOptions {
  /** What computes; default `auto`, the first that really works. */
  readonly backend?: BackendName | 'auto';
  /** A tfjs of your own, which then computes, on the backend that it is set to. */
  readonly tf?: TensorLibrary;
}

/** A model, until it is closed. */
export interface Model {
  readonly config: RunConfig;
  readonly image: ImageShape;
  /** D. */
  readonly latents: number;
  /** What the decoder was given: `sample`, or `mean` in autoencoders, whose codes are points. */
  readonly code: 'sample' | 'mean';
  /** Steps that it was trained for. */
  readonly step: number;
  readonly backend: string;
  readonly device: string;
  readonly warnings: readonly string[];
  /** Images (N, H, W, C), bytes, to posteriors (N, D): means, and natural logarithms of variances, which mean nothing where the code is `mean`. */
  encode(images: Uint8Array): Promise<{ readonly mu: Float32Array; readonly logvar: Float32Array }>;
  /** Latents (N, D) to images (N, H, W, C), bytes. */
  decode(z: Float32Array): Promise<Uint8Array>;
  /** -log p(x|z) in nats per image, averaged over images (N, H, W, C), bytes, and latents (N, D). */
  reconstructionLoss(images: Uint8Array, z: Float32Array): Promise<number>;
  /** What encodes tensors, for those who have them. */
  readonly tensors: { readonly tf: TensorLibrary; readonly encoder: TensorEncoder };
  /** Frees the weights and closes the backend. */
  close(): Promise<void>;
}

/**
 * Loads the model of a run.
 * @param run the path of a run's folder (Node), or a folder in memory
 * @throws NoRunError (`ERR_NO_INPUT`) where there is no run, or no such checkpoint; DataError where a file is damaged; BackendError where
 *   the backend does not come up
 * @example
 * const model = await loadRun('runs/first', { checkpoint: 'best' });
 * const images = await model.decode(new Float32Array(model.latents));
 * await model.close();
 */
export async function loadRun(run: string | RunFolder, options: LoadRunOptions = {}): Promise<Model> {
  const { config, image, networks, likelihood, code, step, weights, warnings } = await readModel(run, options);
  const backend = await openBackend(options.backend ?? 'auto', options.tf ? { tf: options.tf } : {});
  const { tf } = backend;
  const { latents } = config;
  const operations = composeOperations(tf);
  const computer = { tf, operations };
  const autoencoder: Autoencoder = { networks, likelihood, latents };
  const ofNetwork = (network: string) =>
    [...weights]
      .filter(([name]) => name.startsWith(`${network}.`))
      .map(([, { shape, values }]) => tf.tensor(values, [...shape]));
  const parameters = { encoder: ofNetwork('encoder'), decoder: ofNetwork('decoder') };
  const replicas = localReplicas(computer, autoencoderWork(autoencoder), config.shardRows);
  const now = mapValues(parameters, (tensors) => ({ version: 0, tensors }));
  const encodeTensors = async (images: Tensor): Promise<Posteriors> => {
    const { rows } = await replicas.start('encode', now).advance({ rows: { images } });
    return { mu: rows.mu, logvar: rows.logvar };
  };
  const pixels = image.height * image.width * image.channels;
  const shapeOf = (rows: number) => [rows, image.height, image.width, image.channels];

  return {
    config,
    image,
    latents,
    code,
    step,
    backend: backend.name,
    device: backend.device,
    warnings,

    async encode(images) {
      const rows = countRows('images', images.length, pixels);
      const mu = new Float32Array(rows * latents);
      const logvar = new Float32Array(rows * latents);
      for (let from = 0; from < rows; from += CHUNK_ROWS) {
        const to = Math.min(rows, from + CHUNK_ROWS);
        const x = toTensor(tf, images.subarray(from * pixels, to * pixels), shapeOf(to - from));
        const posterior = await encodeTensors(x);
        mu.set((await posterior.mu.data()) as Float32Array, from * latents);
        logvar.set((await posterior.logvar.data()) as Float32Array, from * latents);
        tf.dispose([x, posterior]);
      }
      return { mu, logvar };
    },

    async decode(z) {
      const rows = countRows('latents', z.length, latents);
      const images = new Uint8Array(rows * pixels);
      for (let from = 0; from < rows; from += CHUNK_ROWS) {
        const to = Math.min(rows, from + CHUNK_ROWS);
        const code = tf.tensor(z.slice(from * latents, to * latents), [to - from, latents]);
        const decoded = decodeLatents(autoencoder, computer, parameters.decoder, code);
        const values = await decoded.data();
        for (let i = 0; i < values.length; i++) images[from * pixels + i] = Math.round(values[i] * 255);
        tf.dispose([code, decoded]);
      }
      return images;
    },

    async reconstructionLoss(images, z) {
      const rows = countRows('images', images.length, pixels);
      if (countRows('latents', z.length, latents) !== rows) {
        throw dataRangeError(`expected latents of ${rows} images, got those of ${z.length / latents}`);
      }
      let sum = 0;
      for (let from = 0; from < rows; from += CHUNK_ROWS) {
        const to = Math.min(rows, from + CHUNK_ROWS);
        const x = toTensor(tf, images.subarray(from * pixels, to * pixels), shapeOf(to - from));
        const code = tf.tensor(z.slice(from * latents, to * latents), [to - from, latents]);
        const pass = forward(tf, operations, networks.decoder, parameters.decoder, code);
        const { loss, gradient } = likelihood.lossOf(tf, operations, pass.output, x, 1);
        sum += (await loss.data())[0];
        pass.dispose();
        tf.dispose([x, code, loss, gradient]);
      }
      return sum / rows;
    },

    tensors: { tf, encoder: { encode: encodeTensors } },

    async close() {
      await replicas.close();
      tf.dispose([parameters.encoder, parameters.decoder]);
      await backend.close();
    },
  };
}

function countRows(name: string, length: number, ofRow: number): number {
  const rows = length / ofRow;
  if (Number.isInteger(rows) && rows > 0) return rows;
  throw dataRangeError(`${name}: expected a whole number of rows of ${ofRow} values, got ${length} values`);
}

/**
 * A model that is loaded, or a run to load it from; `work` is done with it. Only what was loaded here is closed.
 * @throws RangeError for options of loading beside a model that is loaded
 */
export async function withModel<R>(
  run: string | RunFolder | Model,
  options: LoadRunOptions,
  work: (model: Model) => Promise<R>,
): Promise<R> {
  if (typeof run !== 'string' && 'decode' in run) {
    for (const name of ['checkpoint', 'untrained', 'backend', 'tf', 'model', 'architecture', 'likelihood'] as const) {
      if (options[name] !== undefined) throw optionRangeError(`${name}: the model is loaded already, and has its own`);
    }
    return work(run);
  }
  const model = await loadRun(run, options);
  try {
    return await work(model);
  } finally {
    await model.close();
  }
}
