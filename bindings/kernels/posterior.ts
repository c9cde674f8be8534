/** Kernels of assembly/posterior.ts: samples of posteriors. */
import { type Arena, type Block, pointersOf } from '../arena.js';
import { allocState, type Stream, wordsOf } from './random.js';

/** What assembly/posterior.ts exports. */
export interface PosteriorExports {
  drawPosteriorSamples(
    z: number,
    mu: number,
    logvar: number,
    rows: number,
    posteriors: number,
    latents: number,
    count: number,
    from: number,
    to: number,
    seedLow: number,
    seedHigh: number,
    stream: number,
    state: number,
  ): void;
  posteriorSampleTerms(
    logPosterior: number,
    logPrior: number,
    z: number,
    mu: number,
    logvar: number,
    rows: number,
    posteriors: number,
    latents: number,
    count: number,
    from: number,
    to: number,
  ): void;
}

/** Diagonal Gaussian posteriors, a column after the other. */
export interface PosteriorBlocks {
  /** N. */
  readonly rows: number;
  /** D. */
  readonly latents: number;
  /** Means, f64[D][N]. */
  readonly mu: Block<'f64'>;
  /** Logarithms of variances, f64[D][N]. */
  readonly logvar: Block<'f64'>;
  /** A sample of each, f64[D][N], where there are some. */
  readonly z?: Block<'f64'>;
}

/** Draws from posteriors, and their densities. */
export function bindPosterior(wasm: PosteriorExports, arena: Arena) {
  return {
    /** Draws samples [from, to) of z f64[D][M], each of the posterior that `owners` [M] names. */
    drawPosteriorSamples(
      z: Block<'f64'>,
      { rows, latents, mu, logvar }: PosteriorBlocks,
      owners: Block<'i32'>,
      from: number,
      to: number,
      at: Omit<Stream, 'index'>,
    ): void {
      const [low, high, stream] = wordsOf({ ...at, index: 0 });
      arena.borrow(() =>
        wasm.drawPosteriorSamples(
          ...pointersOf(z, mu, logvar, owners),
          rows,
          latents,
          owners.length,
          from,
          to,
          low,
          high,
          stream,
          allocState(arena).pointer,
        ),
      );
    },

    /** Writes log q(z|x) and log p(z), f64[M] in nats, of samples [from, to). */
    posteriorSampleTerms(
      logPosterior: Block<'f64'>,
      logPrior: Block<'f64'>,
      z: Block<'f64'>,
      { rows, latents, mu, logvar }: PosteriorBlocks,
      owners: Block<'i32'>,
      from: number,
      to: number,
    ): void {
      wasm.posteriorSampleTerms(
        ...pointersOf(logPosterior, logPrior, z, mu, logvar, owners),
        rows,
        latents,
        owners.length,
        from,
        to,
      );
    },
  };
}
