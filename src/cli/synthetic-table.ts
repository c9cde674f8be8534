/**
 * A table to measure with: seeded, the same numbers everywhere, shaped like the latents of a
 * trained encoder.
 */
import { Matrix } from '../matrix.js';
import { RandomStream } from '../random.js';

/** What the table is made of. */
export interface SyntheticOptions {
  readonly rows: number;
  /** D; default 10. */
  readonly latents?: number;
  /** The number of values of each factor; default those of dSprites. */
  readonly sizes?: readonly number[];
  /** Default 0. */
  readonly seed?: number;
}

/**
 * Shape, scale, orientation, x and y of dSprites, which has 737,280 rows: one for each combination.
 */
export const DSPRITES_SIZES: readonly number[] = [3, 6, 40, 32, 32];

/** Apart from the streams of src/random.ts, whose draws are those of metrics. */
const FACTOR_STREAM = 101;
const NOISE_STREAM = 102;

/**
 * Factors are uniform and independent. Of D latents and K factors, the first K latents each know
 * one factor, the better the earlier; of the rest one half mixes two factors each, the other half
 * is noise, and the last of that has collapsed, as unused latents do.
 *
 * @returns latents (N, D) float32, factors (N, K) int32
 */
export function makeSyntheticTable(options: SyntheticOptions): { latents: Matrix; factors: Matrix } {
  const { rows, latents: latentCount = 10, sizes = DSPRITES_SIZES, seed = 0 } = options;
  const factors = new Int32Array(rows * sizes.length);
  const words = new RandomStream(seed, FACTOR_STREAM, 0);
  for (let i = 0; i < factors.length; i++) factors[i] = words.below(sizes[i % sizes.length]);

  const latents = new Float32Array(rows * latentCount);
  const noise = new RandomStream(seed, NOISE_STREAM, 0);
  for (let d = 0; d < latentCount; d++) {
    const { first, second, spread } = roleOf(d, latentCount, sizes.length);
    for (let row = 0; row < rows; row++) {
      const at = row * sizes.length;
      let value = spread * drawNoise(noise);
      if (first !== null) value += level(factors[at + first], sizes[first]);
      if (second !== null) value -= level(factors[at + second], sizes[second]);
      latents[row * latentCount + d] = value;
    }
  }
  return { latents: new Matrix(latents, rows, latentCount), factors: new Matrix(factors, rows, sizes.length) };
}

/** Which factors a latent knows, and how much noise it adds. */
function roleOf(
  d: number,
  latentCount: number,
  factorCount: number,
): { first: number | null; second: number | null; spread: number } {
  if (d < factorCount) return { first: d, second: null, spread: 0.1 + 0.1 * d };
  const mixes = Math.floor((latentCount - factorCount) / 2);
  const extra = d - factorCount;
  if (extra < mixes) return { first: extra % factorCount, second: (extra + 1) % factorCount, spread: 0.3 };
  return { first: null, second: null, spread: d === latentCount - 1 ? 0.01 : 1 };
}

/** A factor's value between -1.5 and 1.5. */
function level(value: number, size: number): number {
  return size > 1 ? (3 * value) / (size - 1) - 1.5 : 0;
}

/**
 * Nearly normal with variance 1: the sum of four uniform draws (Irwin and Hall), without a
 * logarithm that engines round differently.
 */
export function drawNoise(words: RandomStream): number {
  const a = words.word();
  const b = words.word();
  const sum = (a & 0xffff) + (a >>> 16) + (b & 0xffff) + (b >>> 16);
  return (sum / 65536 - 2) * Math.sqrt(3);
}
