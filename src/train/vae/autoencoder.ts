/**
 * Encoder and decoder: what is done with each shard of a batch. Letters: R rows of a shard, B of
 * the batch, D latents.
 */

import type { Networks } from '../architectures/architecture.js';
import { forward } from '../architectures/network.js';
import type { Likelihood } from '../likelihoods/likelihood.js';
import type { Posteriors } from '../posteriors.js';
import type { Computer, Program, ShardWork } from '../system.js';
import type { Tensor, TensorLibrary } from '../tensors.js';

/** What decides what a shard is made into. */
export interface Autoencoder {
  readonly networks: Networks;
  readonly likelihood: Likelihood;
  /** D. */
  readonly latents: number;
}

/** The half of a system of the VAE family that every thread has. */
export function autoencoderWork(autoencoder: Autoencoder): ShardWork {
  const { encoder, decoder } = autoencoder.networks;
  return {
    networks: { encoder, decoder },
    programs: {
      learn: (...given) => learn(autoencoder, ...given),
      encode: (...given) => encode(autoencoder, ...given),
    },
  };
}

/** Images (R, H, W, C) to `mu` and `logvar`. */
// biome-ignore lint/correctness/useYield: nothing of the whole batch is waited for
function* encode(autoencoder: Autoencoder, ...[shard, { rows }]: Parameters<Program>): ReturnType<Program> {
  return { rows: { ...encodeImages(autoencoder, shard, shard.parameters.encoder, rows.images) } };
}

/**
 * Encodes `seen`, which `images` are to be reconstructed from (the images themselves where there is
 * none), and draws z = mu + exp(logvar / 2) `noise`; without noise z is mu. Images of a `second`
 * batch are encoded as well, as `secondMu` and `secondLogvar`. Then waits for gradients with
 * respect to `mu`, `logvar` and `z`, z held fixed in those of the others; one that is left out is
 * zero.
 *
 * Gives `reconstruction`, the loss summed over the rows, and gradients of the loss averaged over
 * the batch.
 */
function* learn(autoencoder: Autoencoder, ...[shard, { rows: given }]: Parameters<Program>): ReturnType<Program> {
  const { tf, operations, parameters, batchRows } = shard;
  const { networks, likelihood, latents } = autoencoder;
  const { images, seen = images, noise, second } = given as Record<string, Tensor | undefined> & { images: Tensor };
  const others = second === undefined ? null : encodeImages(autoencoder, shard, parameters.encoder, second);
  const encoder = forward(tf, operations, networks.encoder, parameters.encoder, seen);
  const { mu, logvar } = splitPosterior(tf, encoder.output, latents);
  // Twice dz / dlogvar, which sampling computes anyway.
  const spread = noise === undefined ? null : tf.tidy(() => tf.mul(tf.exp(tf.mul(logvar, 0.5)), noise));
  const z = spread === null ? tf.add(mu, 0) : tf.add(mu, spread);

  const decode = () => {
    const decoder = forward(tf, operations, networks.decoder, parameters.decoder, z);
    const { loss, gradient } = likelihood.lossOf(tf, operations, decoder.output, images, 1 / batchRows);
    const { input, parameters: gradients } = decoder.backward(gradient, true);
    gradient.dispose();
    return { loss, dz: input as Tensor, gradients };
  };
  let decoded: ReturnType<typeof decode> | null = null;
  const { rows: outer } = yield {
    rows: { mu, logvar, z, ...(others && { secondMu: others.mu, secondLogvar: others.logvar }) },
    meanwhile() {
      decoded = decode();
    },
  };

  const { loss, dz, gradients } = decoded as unknown as ReturnType<typeof decode>;
  const dy = tf.tidy(() => {
    const total = addWhereGiven(tf, dz, outer.z);
    const ofMu = addWhereGiven(tf, total, outer.mu);
    const ofSpread = spread === null ? tf.zeros(logvar.shape) : tf.mul(tf.mul(total, spread), 0.5);
    return tf.concat([ofMu, addWhereGiven(tf, ofSpread, outer.logvar)], 1);
  });
  const ofEncoder = encoder.backward(dy, false);
  tf.dispose([dz, dy, mu, logvar, z, spread, others]);
  return { sums: { reconstruction: loss }, gradients: { encoder: ofEncoder.parameters, decoder: gradients } };
}

/** Images (R, H, W, C) to posteriors (R, D). */
export function encodeImages(
  { networks, latents }: Autoencoder,
  { tf, operations }: Computer,
  parameters: readonly Tensor[],
  images: Tensor,
): Posteriors {
  const pass = forward(tf, operations, networks.encoder, parameters, images);
  const posterior = splitPosterior(tf, pass.output, latents);
  pass.dispose();
  return posterior;
}

/** Latents (R, D) to images (R, H, W, C) in [0, 1]. */
export function decodeLatents(
  { networks, likelihood }: Autoencoder,
  { tf, operations }: Computer,
  parameters: readonly Tensor[],
  z: Tensor,
): Tensor {
  const pass = forward(tf, operations, networks.decoder, parameters, z);
  const images = likelihood.imageOf(tf, pass.output);
  pass.dispose();
  return images;
}

function splitPosterior(tf: TensorLibrary, output: Tensor, latents: number): Posteriors {
  const rows = output.shape[0];
  return {
    mu: tf.slice(output, [0, 0], [rows, latents]),
    logvar: tf.slice(output, [0, latents], [rows, latents]),
  };
}

function addWhereGiven(tf: TensorLibrary, x: Tensor, more: Tensor | undefined): Tensor {
  return more === undefined ? x : tf.add(x, more);
}
