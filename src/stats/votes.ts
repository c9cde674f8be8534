import type { Sampler } from '../types.js';
import { latentVariances } from './latent-variances.js';
import type { Pause } from './pause.js';
import { type Drawing, type Held, openRowSource, type RowSource } from './row-source.js';
import type { Table } from './table.js';

/** How votes are drawn. */
export interface VoteOptions extends Omit<Drawing, 'withItself'> {
  /** Samples per vote, at least 2. */
  readonly batch: number;
  /** Votes the classifier is made of. */
  readonly train: number;
  /** Votes it is evaluated on. */
  readonly evaluation: number;
  /** Latents whose standard deviation is below this are left out. */
  readonly threshold: number;
}

/** The votes of the FactorVAE and Z-max scores: train + evaluation of them, in this order. */
export interface Votes {
  readonly source: RowSource;
  /** Latents that may be voted for. */
  readonly activeLatents: readonly number[];
  /** Latent each vote chose, i32[votes]. */
  readonly chosen: Int32Array;
  /**
   * Weight of each vote by how small the smallest variance is, f64[votes]; 0 where votes go to the
   * largest.
   */
  readonly weights: Float64Array;
  /** Factor each vote held fixed (or varied): a column of the factor table, i32[votes]. */
  readonly factors: Int32Array;
}

/** Votes per kernel call. */
const VOTES_PER_CALL = 512;

/**
 * Draws and casts all votes: for the latent that varies least while one factor is held, or most
 * while all others are. The same options give the same votes to every metric.
 */
export function castVotes(
  table: Table,
  held: Held,
  options: VoteOptions,
  seed: number,
  sampler: Sampler | undefined,
  pause: Pause,
): Promise<Votes> {
  const { batch, train, evaluation, threshold, bins, values, replacement, drawConstants } = options;
  const drawn = [bins, values, replacement, drawConstants];
  return table.memo(`votes ${[held, batch, train, evaluation, threshold, ...drawn, seed].join(' ')}`, async () => {
    const source = await openRowSource(table, { ...options, withItself: false }, seed, sampler, held);
    const { variances } = await latentVariances(table);
    const isActive = (d: number) =>
      table.latentMinima[d] !== table.latentMaxima[d] && Math.sqrt(variances[d]) >= threshold && variances[d] > 0;
    const activeLatents = Array.from(variances.keys()).filter(isActive);
    const total = train + evaluation;
    const votes = {
      source,
      activeLatents,
      chosen: new Int32Array(total),
      weights: new Float64Array(total),
      factors: new Int32Array(total),
    };
    if (source.factors.length === 0 || activeLatents.length === 0) return votes;
    const { core, latentCount } = table;
    // What the float32 kernel asks for; nearly every table has it.
    const isFast = batch <= 256 && activeLatents.every((d) => variances[d] > 1e-20 && variances[d] < 1e20);
    await core.arena.scope(async () => {
      const global = core.arena.upload(
        'f64',
        variances.map((value, d) => (isActive(d) ? value : 0)),
      );
      for (let first = 0; first < total; first += VOTES_PER_CALL) {
        await pause('votes', first, total);
        const count = Math.min(VOTES_PER_CALL, total - first);
        await core.arena.scope(async () => {
          const { x, rows, fixed } = await source.drawBatches(first, count, batch);
          const chosen = core.arena.alloc('i32', count);
          const weights = core.arena.zeros('f64', count);
          if (isFast && x.type === 'f32') {
            core.votes.chooseLatentsF32(chosen, weights, x, rows, global, count, batch, held === 'others');
          } else {
            const local = core.arena.alloc('f64', count * latentCount);
            core.votes.batchVariances(local, x, rows, count, batch, latentCount);
            if (held === 'others') core.votes.chooseLargest(chosen, local, global, count);
            else core.votes.chooseLatents(chosen, weights, local, global, count);
          }
          votes.chosen.set(chosen.array, first);
          votes.weights.set(weights.array, first);
          votes.factors.set(
            fixed.array.map((index) => source.factors[index]),
            first,
          );
        });
      }
    });
    return votes;
  });
}
