/** Kernels of assembly/minibatch.ts: densities of a minibatch under its own posteriors. */
import { type Arena, type Block, pointersOf } from '../arena.js';
import type { PosteriorBlocks } from './posterior.js';

/** What assembly/minibatch.ts exports. */
export interface MinibatchExports {
  fillMinibatch(
    batch: number,
    mu: number,
    logvar: number,
    z: number,
    chosen: number,
    rows: number,
    latents: number,
    count: number,
    stride: number,
  ): void;
  minibatchDensities(
    logJoint: number,
    logMarginals: number,
    logPosterior: number,
    logPrior: number,
    batch: number,
    logWeights: number,
    diagonals: number,
    entries: number,
    scratch: number,
    diagonalCount: number,
    entryCount: number,
    jointTimes: number,
    logNormaliser: number,
    latents: number,
    count: number,
    stride: number,
    first: number,
    last: number,
  ): void;
}

/** Posteriors with their samples. */
export type SampledPosteriorBlocks = Required<PosteriorBlocks>;

/** A minibatch as the kernels have it. */
export interface Minibatch {
  readonly latents: number;
  /** B. */
  readonly count: number;
  /** f64[4][latents][stride], with the stride of {@link minibatchStride}. */
  readonly components: Block<'f64'>;
}

/** Log-weights of the pairs of a minibatch; the last that names a pair has it. */
export interface PairLogWeights {
  /** Of column j in every row, f64[stride], -Infinity beyond the batch. */
  readonly columns: Block<'f64'>;
  /** Of j = i, i + 1 ... modulo B. */
  readonly diagonals: Block<'f64'>;
  /** Row, column and log-weight of single pairs, f64[entries][3]. */
  readonly entries: Block<'f64'>;
  /** How often a log-weight is added to the joint density of its pair. */
  readonly jointTimes: number;
  /** Taken from the logarithm of every sum. */
  readonly logNormaliser: number;
}

/** Log-densities in nats, f64[B] each. */
export interface DensityBlocks {
  /** log q(z). */
  readonly logJoint: Block<'f64'>;
  /** sum_d log q(z_d). */
  readonly logMarginals: Block<'f64'>;
  /** log q(z|x). */
  readonly logPosterior: Block<'f64'>;
  /** log p(z). */
  readonly logPrior: Block<'f64'>;
}

/** Elements from one column of a batch to the next. */
export function minibatchStride(count: number): number {
  return Math.ceil(count / 4) * 4;
}

/** Densities within a minibatch. */
export function bindMinibatch(wasm: MinibatchExports, arena: Arena) {
  return {
    /** Fills a batch with the posteriors and samples that `chosen` [B] names. */
    fillMinibatch(
      { latents, count, components }: Minibatch,
      { rows, mu, logvar, z }: Omit<SampledPosteriorBlocks, 'latents'>,
      chosen: Block<'i32'>,
    ): void {
      wasm.fillMinibatch(
        ...pointersOf(components, mu, logvar, z, chosen),
        rows,
        latents,
        count,
        minibatchStride(count),
      );
    },

    /** Writes the log-densities of samples [first, last) of a batch. */
    minibatchDensities(
      { logJoint, logMarginals, logPosterior, logPrior }: DensityBlocks,
      { latents, count, components }: Minibatch,
      { columns, diagonals, entries, jointTimes, logNormaliser }: PairLogWeights,
      first: number,
      last: number,
    ): void {
      const stride = minibatchStride(count);
      arena.borrow(() => {
        const scratch = arena.alloc('f64', 3 * stride);
        wasm.minibatchDensities(
          ...pointersOf(logJoint, logMarginals, logPosterior, logPrior),
          ...pointersOf(components, columns, diagonals, entries, scratch),
          diagonals.length,
          entries.length / 3,
          jointTimes,
          logNormaliser,
          latents,
          count,
          stride,
          first,
          last,
        );
      });
    },
  };
}
