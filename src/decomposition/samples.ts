/** Samples of a posterior: those that came with it, or drawn. */
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import type { PosteriorBlocks } from '../../bindings/kernels/posterior.js';
import { STREAMS } from '../random.js';
import type { Pause } from '../stats/pause.js';

/** M samples, each of the posterior of one row. */
export interface Samples {
  /** M. */
  readonly count: number;
  /** The row of each, in increasing order, i32[M]. */
  readonly owners: Block<'i32'>;
  /** f64[D][M], a latent after the other. */
  readonly z: Block<'f64'>;
}

/** Rows per kernel call. */
const ROWS_PER_CALL = 4096;

/** The rows to take: all, or so many drawn without replacement, in increasing order. */
export function chooseRows(
  core: Core,
  rows: number,
  count: number,
  seed: number,
  stream: number = STREAMS.posteriorRows,
): Int32Array {
  if (count === rows) return Int32Array.from({ length: rows }, (_, row) => row);
  return core.arena.borrow(() => {
    const shuffled = core.arena.alloc('i32', rows);
    core.random.shuffledRows(shuffled, count, { seed, stream, index: 0 });
    return shuffled.array.slice(0, count).sort();
  });
}

/**
 * One sample of the posterior of each row that `owners` names; a row's sample is the same whichever
 * others are drawn.
 */
export async function drawSamples(
  core: Core,
  posterior: PosteriorBlocks,
  owners: Block<'i32'>,
  seed: number,
  pause: Pause,
): Promise<Samples> {
  const count = owners.length;
  const z = core.arena.alloc('f64', posterior.latents * count);
  for (let from = 0; from < count; from += ROWS_PER_CALL) {
    await pause('drawing samples', from, count);
    const to = Math.min(from + ROWS_PER_CALL, count);
    core.posterior.drawPosteriorSamples(z, posterior, owners, from, to, { seed, stream: STREAMS.posteriorSamples });
  }
  return { count, owners, z };
}

/**
 * Logarithms of the densities of samples under their own posterior and under the prior, in nats.
 */
export interface SampleTerms {
  /** log q(z|x), f64[M]. */
  readonly logPosterior: Float64Array;
  /** log p(z), f64[M]. */
  readonly logPrior: Float64Array;
  /** log q(z_d|x), D times f64[M]. */
  readonly posteriorPerLatent: readonly Float64Array[];
  /** log p(z_d), D times f64[M]. */
  readonly priorPerLatent: readonly Float64Array[];
}

/** What is known of samples one by one. */
export function sampleTerms(core: Core, posterior: PosteriorBlocks, { count, owners, z }: Samples): SampleTerms {
  const { rows, latents, mu, logvar } = posterior;
  return core.arena.borrow(() => {
    const [logPosterior, logPrior] = [core.arena.alloc('f64', count), core.arena.alloc('f64', count)];
    const run = (samples: Block<'f64'>, of: PosteriorBlocks) =>
      core.posterior.posteriorSampleTerms(logPosterior, logPrior, samples, of, owners, 0, count);
    const perLatent = Array.from({ length: latents }, (_, d) => {
      const column = (block: Block<'f64'>) => block.slice(d * rows, rows);
      run(z.slice(d * count, count), { rows, latents: 1, mu: column(mu), logvar: column(logvar) });
      return [logPosterior.array.slice(), logPrior.array.slice()];
    });
    run(z, posterior);
    return {
      logPosterior: logPosterior.array.slice(),
      logPrior: logPrior.array.slice(),
      posteriorPerLatent: perLatent.map(([own]) => own),
      priorPerLatent: perLatent.map(([, prior]) => prior),
    };
  });
}
