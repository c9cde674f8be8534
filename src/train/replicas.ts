/**
 * How a batch is spread: cut into shards, always the same ones, whose gradients are added in the order of the shards. Who computes which shard does not
 * show in the numbers.
 */
import {
  type Autoencoder,
  beginShard,
  encode,
  type LatentGradients,
  type Parameters,
  type ShardPass,
} from './autoencoder.js';
import type { LatentBatch } from './objectives/objective.js';
import type { Tensor, TensorLibrary } from './tensors.js';

export interface Posteriors {
  readonly mu: Tensor;
  /** Natural logarithms of variances. */
  readonly logvar: Tensor;
}

/** Images of a batch. */
export interface ImageBatch {
  /** (B, H, W, C) in [0, 1]: what is to be reconstructed. */
  readonly images: Tensor;
  /** What the encoder is given; the same unless the objective corrupts it. */
  readonly seen: Tensor;
  /** Standard normal, (B, D). */
  readonly noise: Tensor;
}

/** A batch between its two halves; see `ShardPass`. */
export interface BatchPass {
  /** (B, D) each; freed by the second half. */
  readonly latents: LatentBatch;
  learn(gradients: LatentGradients): Promise<{ readonly reconstruction: Tensor; readonly gradients: Tensor[] }>;
}

/** Parameters as they are at some time. */
export interface ParametersNow extends Parameters {
  /** Another number after every change: an update may write new values into the same tensors. */
  readonly version: number;
}

/** Those who compute shards. */
export interface Replicas {
  /** Posteriors of images (rows, H, W, C), (rows, D) each. What is asked before `begin`, though not awaited, is computed before it. */
  encode(parameters: ParametersNow, images: Tensor): Promise<Posteriors>;
  begin(parameters: ParametersNow, batch: ImageBatch): Promise<BatchPass>;
  close(): void | Promise<void>;
}

/** The first row of every shard, and the number of rows at the end. */
export function shardBounds(rows: number, shardRows: number): number[] {
  const bounds = Array.from({ length: Math.ceil(rows / shardRows) }, (_, i) => i * shardRows);
  return [...bounds, rows];
}

/** All shards one after the other, in this thread. */
export function localReplicas(autoencoder: Autoencoder, shardRows: number): Replicas {
  const { tf } = autoencoder;
  return {
    async encode(parameters, images) {
      const bounds = shardBounds(images.shape[0], shardRows);
      return tf.tidy(() => {
        const parts = bounds
          .slice(1)
          .map((to, i) => encode(autoencoder, parameters, sliceRows(tf, images, bounds[i], to)));
        return {
          mu: tf.concat(
            parts.map(({ mu }) => mu),
            0,
          ),
          logvar: tf.concat(
            parts.map(({ logvar }) => logvar),
            0,
          ),
        };
      });
    },

    async begin(parameters, batch) {
      const rows = batch.images.shape[0];
      const bounds = shardBounds(rows, shardRows);
      const slices = bounds.slice(1).map((to, i) => sliceBatch(tf, batch, bounds[i], to));
      const shards = slices.map(({ images, seen, noise }) =>
        beginShard(autoencoder, parameters, images, seen, noise, rows),
      );
      const latents = concatLatents(tf, shards);
      return {
        latents,
        async learn(outer) {
          const sums: Tensor[] = [];
          let reconstruction: Tensor | null = null;
          for (const [i, shard] of shards.entries()) {
            const own = sliceGradients(tf, outer, bounds[i], bounds[i + 1]);
            const result = shard.learn(own);
            tf.dispose([own.mu, own.logvar, own.z, slices[i].images, slices[i].noise]);
            if (slices[i].seen !== slices[i].images) slices[i].seen.dispose();
            reconstruction = addTo(autoencoder, reconstruction, result.reconstruction);
            for (const [p, gradient] of result.gradients.entries())
              sums[p] = addTo(autoencoder, sums[p] ?? null, gradient);
          }
          tf.dispose([latents.mu, latents.logvar, latents.z]);
          return { reconstruction: reconstruction as Tensor, gradients: sums };
        },
      };
    },
    close() {},
  };
}

/** The rows of one shard. */
function sliceBatch(tf: TensorLibrary, { images, seen, noise }: ImageBatch, from: number, to: number): ImageBatch {
  const own = sliceRows(tf, images, from, to);
  return {
    images: own,
    seen: seen === images ? own : sliceRows(tf, seen, from, to),
    noise: sliceRows(tf, noise, from, to),
  };
}

function sliceGradients(
  tf: TensorLibrary,
  { mu, logvar, z }: LatentGradients,
  from: number,
  to: number,
): LatentGradients {
  const slice = (x: Tensor | null) => (x === null ? null : sliceRows(tf, x, from, to));
  return { mu: slice(mu), logvar: slice(logvar), z: slice(z) };
}

/** Rows [from, to) of a tensor of any rank. */
export function sliceRows(tf: TensorLibrary, x: Tensor, from: number, to: number): Tensor {
  const rest = x.shape.slice(1);
  return tf.slice(x, [from, ...rest.map(() => 0)], [to - from, ...rest]);
}

function concatLatents(tf: TensorLibrary, shards: readonly ShardPass[]): LatentBatch {
  const join = (pick: (latents: LatentBatch) => Tensor) =>
    tf.concat(
      shards.map(({ latents }) => pick(latents)),
      0,
    );
  return { mu: join(({ mu }) => mu), logvar: join(({ logvar }) => logvar), z: join(({ z }) => z) };
}

/** The sum of two tensors, which are used up. */
export function addTo({ operations }: Autoencoder, sum: Tensor | null, x: Tensor): Tensor {
  if (sum === null) return x;
  const total = operations.accumulate(sum, x);
  x.dispose();
  return total;
}
