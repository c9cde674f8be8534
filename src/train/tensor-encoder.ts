/** Networks on tensors as an encoder that mentions none. */
import type { ImageShape } from '../data/index.js';
import type { Codes, Encoder, EncoderRows } from '../encoder.js';
import { dataRangeError, dataTypeError } from '../errors.js';
import { toTensor } from './batches.js';
import type { Code } from './objectives/objective.js';
import { pieces } from './pieces.js';
import type { Posteriors } from './posteriors.js';
import type { Reparameterise } from './sample-latents.js';
import type { Tensor, TensorLibrary } from './tensors.js';

/** Rows that are on the device at a time. */
export const ROWS_ON_DEVICE = 256;

/** What is known of the codes, and who computes with them. */
export interface EncoderSettings {
  readonly tf: TensorLibrary;
  /** D. */
  readonly latents: number;
  readonly code: Code;
  readonly image: ImageShape;
}

export interface TensorEncoder extends Encoder {
  encode(rows: EncoderRows): Promise<Codes>;
  /** z = mu + exp(logvar / 2) noise, with the digits of the backend; arrays of one length. */
  readonly reparameterise: Reparameterise;
}

/**
 * An encoder of images of a shape.
 * @param encodeImages posteriors (rows, D) of images (rows, H, W, C) in [0, 1]
 */
export function encodeByTensors(
  { tf, latents, code, image }: EncoderSettings,
  encodeImages: (images: Tensor) => Promise<Posteriors>,
): TensorEncoder {
  const pixels = countPixels(image);

  return {
    latents,

    async encode(rows) {
      const images = imagesOf(rows, image);
      const mu = new Float32Array(rows.count * latents);
      const logvar = code === 'mean' ? null : new Float32Array(mu.length);
      for (const [from, to] of pieces(rows.count, ROWS_ON_DEVICE)) {
        const x = toTensor(tf, images.subarray(from * pixels, to * pixels), shapeOf(to - from, image));
        const posterior = await encodeImages(x);
        const [means, logvars] = await Promise.all([posterior.mu.data(), logvar && posterior.logvar.data()]);
        mu.set(means as Float32Array, from * latents);
        logvar?.set(logvars as Float32Array, from * latents);
        tf.dispose([x, posterior]);
      }
      return { mu, ...(logvar && { logvar }) };
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

/**
 * Images of latents (R, D), from 0 to 1.
 * @param decodeLatents images (rows, H, W, C) of latents (rows, D)
 */
export async function decodeByTensors(
  { tf, latents, image }: EncoderSettings,
  decodeLatents: (z: Tensor) => Tensor,
  z: Float32Array,
): Promise<Float32Array> {
  const rows = countLatents(z, latents);
  const pixels = countPixels(image);
  const images = new Float32Array(rows * pixels);
  for (const [from, to] of pieces(rows, ROWS_ON_DEVICE)) {
    const codes = tf.tensor(z.slice(from * latents, to * latents), [to - from, latents]);
    const decoded = decodeLatents(codes);
    images.set((await decoded.data()) as Float32Array, from * pixels);
    tf.dispose([codes, decoded]);
  }
  return images;
}

function countPixels({ height, width, channels }: ImageShape): number {
  return height * width * channels;
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
