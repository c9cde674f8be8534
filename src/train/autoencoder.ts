/**
 * Encoder and decoder over one shard of a batch, in two halves: the latents come out after the first, so that an objective can look at
 * those of the whole batch, and gradients with respect to them go into the second. Letters: R rows of a shard, D latents.
 */
import type { Likelihood } from './likelihoods/likelihood.js';
import type { Networks } from './models/architecture.js';
import { forward } from './models/network.js';
import type { LatentBatch } from './objectives/objective.js';
import type { Operations } from './operations.js';
import type { Tensor, TensorLibrary } from './tensors.js';

/** Everything that a shard is computed with. */
export interface Autoencoder {
  readonly tf: TensorLibrary;
  readonly operations: Operations;
  readonly networks: Networks;
  readonly likelihood: Likelihood;
  /** D. */
  readonly latents: number;
  /** What the decoder is given: a sample, or the mean. */
  readonly code: 'sample' | 'mean';
}

/** Parameters in the order of `listParameters`. */
export interface Parameters {
  readonly encoder: readonly Tensor[];
  readonly decoder: readonly Tensor[];
}

/** Gradients with respect to the latents, z held fixed in those of mu and logvar; none is zero. */
export interface LatentGradients {
  readonly mu: Tensor | null;
  readonly logvar: Tensor | null;
  readonly z: Tensor | null;
}

/** A shard between its two halves. */
export interface ShardPass {
  /** (R, D) each; freed by the second half. */
  readonly latents: LatentBatch;
  /** Through the decoder and back, which waits for nobody's gradients. `learn` does it where it has not been done. */
  decode(): void;
  /**
   * Decodes, and goes back through decoder and encoder: the reconstruction loss summed over the rows (a scalar), and the gradients of all parameters,
   * the encoder's first.
   */
  learn(gradients: LatentGradients): { readonly reconstruction: Tensor; readonly gradients: Tensor[] };
}

/** Images (R, H, W, C) to posteriors (R, D). */
export function encode(
  autoencoder: Autoencoder,
  parameters: Parameters,
  images: Tensor,
): { mu: Tensor; logvar: Tensor } {
  const { tf, operations, networks } = autoencoder;
  const pass = forward(tf, operations, networks.encoder, parameters.encoder, images);
  const posterior = splitPosterior(autoencoder, pass.output);
  pass.dispose();
  return posterior;
}

/** Latents (R, D) to images (R, H, W, C) in [0, 1]. */
export function decode(
  { tf, operations, networks, likelihood }: Autoencoder,
  parameters: Parameters,
  z: Tensor,
): Tensor {
  const pass = forward(tf, operations, networks.decoder, parameters.decoder, z);
  const images = likelihood.imageOf(tf, pass.output);
  pass.dispose();
  return images;
}

/**
 * Begins a shard: encodes `seen`, which `images` are to be reconstructed from, and draws z = mu + exp(logvar / 2) noise. The tensors handed in stay
 * the caller's, and must live until the second half.
 * @param batchSize B: losses are averaged over the batch, of which this is a part
 */
export function beginShard(
  autoencoder: Autoencoder,
  parameters: Parameters,
  images: Tensor,
  seen: Tensor,
  noise: Tensor,
  batchSize: number,
): ShardPass {
  const { tf, operations, networks, likelihood, code } = autoencoder;
  const encoder = forward(tf, operations, networks.encoder, parameters.encoder, seen);
  const { mu, logvar } = splitPosterior(autoencoder, encoder.output);
  // Twice dz / dlogvar, which sampling computes anyway.
  const spread = code === 'mean' ? null : tf.tidy(() => tf.mul(tf.exp(tf.mul(logvar, 0.5)), noise));
  const z = spread === null ? tf.add(mu, 0) : tf.add(mu, spread);
  const decode = () => {
    const decoder = forward(tf, operations, networks.decoder, parameters.decoder, z);
    const { loss, gradient } = likelihood.lossOf(tf, operations, decoder.output, images, 1 / batchSize);
    const { input, parameters: gradients } = decoder.backward(gradient, true);
    gradient.dispose();
    return { loss, dz: input as Tensor, gradients };
  };
  let decoded: ReturnType<typeof decode> | null = null;
  return {
    latents: { mu, logvar, z },
    decode() {
      decoded ??= decode();
    },
    learn(outer) {
      const { loss, dz, gradients } = decoded ?? decode();
      const dy = tf.tidy(() => {
        const total = addWhereGiven(tf, dz, outer.z);
        const ofMu = addWhereGiven(tf, total, outer.mu);
        const ofSpread = spread === null ? tf.zeros(logvar.shape) : tf.mul(tf.mul(total, spread), 0.5);
        return tf.concat([ofMu, addWhereGiven(tf, ofSpread, outer.logvar)], 1);
      });
      const ofEncoder = encoder.backward(dy, false);
      tf.dispose([dz, dy, mu, logvar, z, spread]);
      return { reconstruction: loss, gradients: [...ofEncoder.parameters, ...gradients] };
    },
  };
}

function splitPosterior({ tf, latents }: Autoencoder, output: Tensor): { mu: Tensor; logvar: Tensor } {
  const rows = output.shape[0];
  return {
    mu: tf.slice(output, [0, 0], [rows, latents]),
    logvar: tf.slice(output, [0, latents], [rows, latents]),
  };
}

function addWhereGiven(tf: TensorLibrary, x: Tensor, more: Tensor | null): Tensor {
  return more === null ? x : tf.add(x, more);
}
