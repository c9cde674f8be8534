/** Networks on tensors as an encoder that mentions none. */
import type { ImageShape } from '../data/index.js';
import type { Codes, Encoder, EncoderRows } from '../encoder.js';
import { dataRangeError, dataTypeError } from '../errors.js';
import type { Autoencoder } from './autoencoder.js';
import { toTensor } from './batches.js';
import { pieces } from './pieces.js';
import type { Posteriors } from './replicas.js';
import type { Reparameterise } from './sample-latents.js';
import type { Tensor } from './tensors.js';

/** Rows that are on the device at a time. */
export const ROWS_ON_DEVICE = 256;

/** Those who compute: a trainer, or a model that is loaded. */
export interface TensorNetworks {
  /** Posteriors (rows, D) of images (rows, H, W, C) in [0, 1]. */
  encode(images: Tensor): Promise<Posteriors>;
  /** Images (rows, H, W, C) in [0, 1] of latents (rows, D). */
  decode(z: Tensor): Tensor;
}

export interface TensorEncoder extends Encoder {
  encode(rows: EncoderRows): Promise<Codes>;
  decode(z: Float32Array): Promise<Float32Array>;
  /** z = mu + exp(logvar / 2) noise, with the digits of the backend; arrays of one length. */
  readonly reparameterise: Reparameterise;
}

/** An encoder of images of a shape. */
export function encodeByTensors(
  { tf, latents, code }: Pick<Autoencoder, 'tf' | 'latents' | 'code'>,
  image: ImageShape,
  networks: TensorNetworks,
): TensorEncoder {
  const pixels = image.height * image.width * image.channels;

  return {
    latents,

    async encode(rows) {
      const images = imagesOf(rows, image);
      const mu = new Float32Array(rows.count * latents);
      const logvar = code === 'mean' ? null : new Float32Array(mu.length);
      for (const [from, to] of pieces(rows.count, ROWS_ON_DEVICE)) {
        const x = toTensor(tf, images.subarray(from * pixels, to * pixels), shapeOf(to - from, image));
        const posterior = await networks.encode(x);
        const [means, logvars] = await Promise.all([posterior.mu.data(), logvar && posterior.logvar.data()]);
        mu.set(means as Float32Array, from * latents);
        logvar?.set(logvars as Float32Array, from * latents);
        tf.dispose([x, posterior]);
      }
      return { mu, ...(logvar && { logvar }) };
    },

    async decode(z) {
      const rows = countLatents(z, latents);
      const images = new Float32Array(rows * pixels);
      for (const [from, to] of pieces(rows, ROWS_ON_DEVICE)) {
        const code = tf.tensor(z.slice(from * latents, to * latents), [to - from, latents]);
        const decoded = networks.decode(code);
        images.set((await decoded.data()) as Float32Array, from * pixels);
        tf.dispose([code, decoded]);
      }
      return images;
    },

    async reparameterise(mu, logvar, noise) {
      const z = tf.tidy(() => {
        const [mean, spread, standard] = [mu, logvar, noise].map((values) => tf.tensor(values, [values.length]));
        return tf.add(mean, tf.mul(tf.exp(tf.mul(spread, 0.5)), standard));
      });
      const values = (await z.data()) as Float32Array;
      z.dispose();
      return values;
    },
  };
}

export function shapeOf(rows: number, { height, width, channels }: ImageShape): number[] {
  return [rows, height, width, channels];
}

/** @throws TypeError for vectors, RangeError for images of another size */
export function imagesOf({ values, count }: EncoderRows, { height, width, channels }: ImageShape): Uint8Array {
  if (!(values instanceof Uint8Array)) throw dataTypeError('rows: expected images as bytes, got vectors');
  const bytes = count * height * width * channels;
  if (Number.isInteger(count) && count > 0 && values.length === bytes) return values;
  throw dataRangeError(
    `rows: expected images of ${height} x ${width} x ${channels} bytes, got ${values.length} bytes in ${count} rows`,
  );
}

/** @throws RangeError for what is no whole number of rows */
export function countLatents(z: Float32Array, latents: number): number {
  const rows = z.length / latents;
  if (Number.isInteger(rows) && rows > 0) return rows;
  throw dataRangeError(`latents: expected a whole number of rows of ${latents} values, got ${z.length} values`);
}
