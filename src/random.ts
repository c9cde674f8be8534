/**
 * Philox 4x32-10 (Salmon et al. 2011), the generator of assembly/random.ts in TypeScript: the same
 * words for the same (seed, stream, index). For draws outside the kernels: a sampler's factors, and
 * seeds derived from a seed.
 */

/**
 * What each stream of the generator is for. A draw is a function of (seed, stream, index), so two
 * uses never share numbers, and no result depends on what else was computed before it.
 */
export const STREAMS = {
  /** Batches of pairs of the beta-VAE score; index = number of the point. */
  pairs: 1,
  /** Batches of the FactorVAE score; index = number of the vote. */
  votes: 2,
  /** Rows of a subsample; index = number of the resample. */
  subsample: 3,
  /** Permutations of the factors' rows; index = number of the permutation. */
  permutation: 4,
  /** Seeds of the draws within a resample; index = number of the resample. */
  resampleSeed: 5,
  /** Rows drawn from a sampler; index = number of the row. */
  sampledRows: 6,
  /** Training and test rows; index 0: one shuffle of the rows, whatever is stratified by. */
  split: 7,
  /** Rows and columns of a tree of a random forest; index = number of the tree. */
  forest: 9,
  /** Batches of the Z-max score; index = number of the vote. */
  varyingVotes: 10,
  /** Random features of DCI-ES; index = number of the feature. */
  randomFeatures: 12,
  /** Samples of a posterior; index = number of the row. */
  posteriorSamples: 13,
  /** Rows of a posterior that are sampled, where not all are; index 0. */
  posteriorRows: 14,
  /** Rows of a posterior in the order of its minibatches; index 0. */
  minibatches: 15,
  /**
   * Rows at which entropies of mixtures of posteriors are taken, where that is not at all; index 0.
   */
  mixtureRows: 16,
  /** Parameters of a network before it is trained; index = number of the parameter. */
  initialParameters: 17,
  /** Noise of z while a network is trained; index = number of the step. */
  trainingNoise: 18,
  /** Rows of a data set in the order in which they are trained on; index = number of the epoch. */
  batchOrder: 19,
  /** Corruption of images that are trained on; index = number of the step. */
  corruption: 20,
  /** Permutations of the latents of a batch, of FactorVAE; index = number of the step. */
  factorVaePermutation: 21,
  /** Rows of a data set that are kept from training; index 0. */
  datasetSplit: 22,
  /** Factors of rows that are generated; index = number of the row. */
  generatedFactors: 23,
  /** What is not a factor in images that are generated; index = number of the row. */
  generatedNoise: 24,
  /** As `batchOrder`, of second batches; index = number of the epoch. */
  secondBatchOrder: 25,
  /** Rows of a data set that are shown or written, where not all are; index 0. */
  pickedRows: 26,
  /** Samples of the posteriors of a run's archive; index 0. */
  archiveSamples: 27,
  /**
   * What an objective of the caller's own draws while it is trained; index = number of the step.
   */
  objectiveNormals: 28,
  objectiveUniforms: 29,
  /**
   * Rows whose factors are shared or vary while a model is trained; index = number of the batch.
   */
  factorBatches: 30,
  /**
   * Passes over the rows of a factor, of scores that take rows in turn; index = number of the
   * factor.
   */
  passes: 31,
  /** Rows of a table that are scored, if not all are; index 0. */
  sampledTableRows: 32,
  /** Rows that kernel regression learns from, in the order of its folds; index 0. */
  kernelRows: 33,
  /** Scores dealt to two groups of models; index = number of the pair of groups. */
  dealtScores: 34,
  /** Noise in place of latents; index = number of the row. */
  baselineNoise: 40,
  /** Where fits of components begin; index 0: principal components, 1: independent ones. */
  baselineFits: 41,
} as const;

/** The high 32 bits of the product of two 32-bit words. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const low = aLow * bLow;
  const middle = aHigh * bLow + (low >>> 16);
  const other = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 65536) + Math.floor(other / 65536)) >>> 0;
}

/** A sequence of random words: a function of seed, stream and index. */
export class RandomStream {
  readonly #counter: Uint32Array;
  readonly #keyLow: number;
  readonly #keyHigh: number;
  readonly #words = new Uint32Array(4);
  #next = 4;

  /** @param seed a whole number from 0 to 2^53 - 1 */
  constructor(seed: number, stream: number, index: number) {
    this.#counter = new Uint32Array([0, index, stream, 0]);
    this.#keyLow = seed >>> 0;
    this.#keyHigh = Math.floor(seed / 2 ** 32);
  }

  #refill(): void {
    let [c0, c1, c2, c3] = this.#counter;
    let k0 = this.#keyLow;
    let k1 = this.#keyHigh;
    this.#counter[0]++;
    for (let round = 0; round < 10; round++) {
      const high0 = multiplyHigh(c0, 0xd2511f53);
      const low0 = Math.imul(c0, 0xd2511f53);
      const high1 = multiplyHigh(c2, 0xcd9e8d57);
      const low1 = Math.imul(c2, 0xcd9e8d57);
      c0 = (high1 ^ c1 ^ k0) >>> 0;
      c2 = (high0 ^ c3 ^ k1) >>> 0;
      c1 = low1 >>> 0;
      c3 = low0 >>> 0;
      k0 = (k0 + 0x9e3779b9) >>> 0;
      k1 = (k1 + 0xbb67ae85) >>> 0;
    }
    this.#words.set([c0, c1, c2, c3]);
    this.#next = 0;
  }

  /** 32 random bits, as a number from 0 to 2^32 - 1. */
  word(): number {
    if (this.#next === 4) this.#refill();
    return this.#words[this.#next++];
  }

  /** A whole number from 0 to n - 1, every one equally likely; n from 1 to 2^32 - 1. */
  below(n: number): number {
    let word = this.word();
    if (Math.imul(word, n) >>> 0 < n) {
      const short = (2 ** 32 - n) % n;
      while (Math.imul(word, n) >>> 0 < short) word = this.word();
    }
    return multiplyHigh(word, n);
  }
}

/** A seed that follows from another: independent draws for each index. */
export function deriveSeed(seed: number, stream: number, index: number): number {
  const words = new RandomStream(seed, stream, index);
  const high = words.word() & 0x1fffff;
  return high * 2 ** 32 + words.word();
}
