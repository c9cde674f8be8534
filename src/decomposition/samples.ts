/** Samples of a posterior: those that came with it, or drawn. */
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import { STREAMS } from '../random.js';
import type { Pause } from '../stats/pause.js';
import type { Posterior } from './posterior.js';

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

/** The rows to take samples of: all, or so many drawn without replacement, in increasing order. */
export function chooseRows(core: Core, rows: number, count: number, seed: number): Block<'i32'> {
  const owners = core.arena.alloc('i32', count);
  if (count === rows) {
    const out = owners.array;
    for (let row = 0; row < rows; row++) out[row] = row;
    return owners;
  }
  core.arena.borrow(() => {
    const shuffled = core.arena.alloc('i32', rows);
    core.random.shuffledRows(shuffled, count, { seed, stream: STREAMS.posteriorRows, index: 0 });
    const chosen = shuffled.array.slice(0, count).sort();
    owners.array.set(chosen);
  });
  return owners;
}

/** The samples of the rows that `owners` names among z f64[D][N], which came with the posterior. */
export function takeSamples(core: Core, posterior: Posterior, given: Block<'f64'>, owners: Block<'i32'>): Samples {
  const { rows, latents } = posterior;
  const count = owners.length;
  const z = core.arena.alloc('f64', latents * count);
  for (let d = 0; d < latents; d++) {
    core.rows.gatherRows(z.slice(d * count, count), given.slice(d * rows, rows), owners, count, 1);
  }
  return { count, owners, z };
}

/** One sample of the posterior of each row that `owners` names; a row's sample is the same whichever others are drawn. */
export async function drawSamples(
  core: Core,
  posterior: Posterior,
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

/** log q(z|x) of each sample under its own posterior, and log p(z), in nats. */
export function sampleTerms(
  core: Core,
  posterior: Posterior,
  { count, owners, z }: Samples,
): { logPosterior: Float64Array; logPrior: Float64Array } {
  return core.arena.borrow(() => {
    const [logPosterior, logPrior] = [core.arena.alloc('f64', count), core.arena.alloc('f64', count)];
    core.posterior.posteriorSampleTerms(logPosterior, logPrior, z, posterior, owners, 0, count);
    return { logPosterior: logPosterior.array.slice(), logPrior: logPrior.array.slice() };
  });
}
