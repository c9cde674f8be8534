/**
 * Entropies of one latent under mixtures of posteriors, at samples of the rows that the mixture is
 * made of:
 *
 *   H(z_d) = -mean over samples of log q(z_d),  q(z_d) = mean over all rows x of q(z_d|x)
 *   H(z_d | v) the same of the rows with the value v alone
 *
 * Source: R. T. Q. Chen et al. 2018, appendix C. Cost: O(N) for each mixture (marginal-density.ts);
 * float64, densities to 1e-9.
 */
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import type { PosteriorBlocks } from '../../bindings/kernels/posterior.js';
import { STREAMS } from '../random.js';
import { encodeFactor } from '../stats/binning.js';
import type { Pause } from '../stats/pause.js';
import type { Table } from '../stats/table.js';
import { mixtureLogDensities } from './marginal-density.js';
import { type ArrangedMixture, arrangeMixture, splitMixture, type WholeMixture } from './mixture-classes.js';
import { drawSamples } from './samples.js';
import { meanSquaredDistance } from './unlikely-samples.js';

/** Which rows are sampled, and how continuous factors are cut. */
export interface MixtureOptions {
  /** Samples of a mixture, at most. */
  readonly samples: number;
  /** Equal-width bins of a continuous factor. */
  readonly bins: number;
  readonly seed: number;
}

/** Rows by their value of a factor; values that no row has are left out. */
export interface ValueGroups {
  /** Which of the values each row has, i32[N]. */
  readonly parts: Block<'i32'>;
  /** How many rows have each value. */
  readonly counts: Int32Array;
  /** The rows that are sampled, value by value, in increasing order. */
  readonly sampled: Block<'i32'>;
  /** Where those of each value begin; one more entry than values. */
  readonly bounds: Int32Array;
}

/** What is known of one latent, in nats. */
export interface LatentEntropies {
  /** H(z_d) */
  readonly marginal: number;
  /**
   * H(z_d | v) of each value, for each factor that varies; null where all posteriors are equal:
   * H(z_d), whatever the value.
   */
  readonly conditional: ReadonlyArray<readonly number[]> | null;
  /**
   * Mean of ((z - mu) / sigma)^2 over all rows, in which samples came with the posterior; null
   * where they were drawn.
   */
  readonly meanSquare: number | null;
}

/**
 * Entropies of latent d over all rows, and over those of each value of each factor that varies.
 * The table has a posterior. A function of the table, the options and d alone.
 */
export async function mixtureEntropies(
  table: Table,
  d: number,
  options: MixtureOptions,
  pause: Pause,
): Promise<LatentEntropies> {
  const { core, rows, varyingFactors } = table;
  const posterior = table.posterior as PosteriorBlocks;
  const { arena } = core;
  const samples = await samplesOf(table, posterior, options.seed, pause);
  const every = await groupByValue(table, null, options);
  const groups: ValueGroups[] = [];
  for (const k of varyingFactors) groups.push(await groupByValue(table, k, options));
  const column = (block: Block<'f64'>) => block.slice(d * rows, rows);
  const all = { means: column(posterior.mu), logvars: column(posterior.logvar), points: column(samples) };
  const total = groups.reduce((sum, { counts }) => sum + counts.length, 1);
  let done = 0;
  const waiting = () => pause('entropies', done, total);
  const entropyOf = async (mixture: ArrangedMixture, samplesOfIt: Block<'i32'>) => {
    const points = gather(core, all.points, samplesOfIt);
    const { logDensities } = await mixtureLogDensities(core, mixture, points, { pause: waiting });
    done++;
    return -logDensities.reduce((sum, value) => sum + value, 0) / logDensities.length;
  };

  return arena.scope(async () => {
    const whole = await arrangeMixture(core, all.means, all.logvars, waiting);
    const marginal = await arena.scope(() => entropyOf(whole, every.sampled));
    const meanSquare = posterior.z === undefined ? null : distanceOf(core, all, rows);
    if (isConstant(core, all.means) && isConstant(core, all.logvars))
      return { marginal, conditional: null, meanSquare };
    const conditional: number[][] = [];
    for (const group of groups) conditional.push(await arena.scope(() => entropiesOfValues(whole, group)));
    return { marginal, conditional, meanSquare };
  });

  async function entropiesOfValues(whole: WholeMixture, { parts, counts, sampled, bounds }: ValueGroups) {
    const entropies: number[] = [];
    for (const [v, mixture] of (await splitMixture(core, whole, parts, counts.length, waiting)).entries()) {
      const own = sampled.slice(bounds[v], bounds[v + 1] - bounds[v]);
      entropies.push(await arena.scope(() => entropyOf(mixture, own)));
    }
    return entropies;
  }
}

/**
 * The rows of each value (or bin) of factor k, or all in one part, and which of them are sampled:
 * the first in the order of one shuffle, if not all of them are.
 */
export function groupByValue(table: Table, k: number | null, options: MixtureOptions): Promise<ValueGroups> {
  const { samples, bins, seed } = options;
  return table.memo(`rows of mixtures ${k} ${samples} ${bins} ${seed}`, async () => {
    const { core, rows } = table;
    const order = await rowOrder(table, options);
    const parts = core.arena.zeros('i32', rows);
    let counts = Int32Array.of(rows);
    if (k !== null) {
      const { codes, size } = await encodeFactor(table, k, bins);
      const [code, part] = [codes.array, parts.array];
      const ofCodes = new Int32Array(size);
      for (let row = 0; row < rows; row++) ofCodes[code[row]]++;
      let next = 0;
      const partOf = ofCodes.map((count) => (count > 0 ? next++ : -1));
      for (let row = 0; row < rows; row++) part[row] = partOf[code[row]];
      counts = ofCodes.filter((count) => count > 0);
    }
    const bounds = new Int32Array(counts.length + 1);
    counts.forEach((count, v) => {
      bounds[v + 1] = bounds[v] + Math.min(count, samples);
    });
    const sampled = core.arena.alloc('i32', bounds[counts.length]);
    const [part, to] = [parts.array, sampled.array];
    const isSampled = new Uint8Array(rows).fill(1);
    if (order !== null) {
      const left = counts.map((count) => Math.min(count, samples));
      for (const row of order) isSampled[row] = left[part[row]]-- > 0 ? 1 : 0;
    }
    const next = bounds.slice();
    for (let row = 0; row < rows; row++) if (isSampled[row]) to[next[part[row]]++] = row;
    return { parts, counts, sampled, bounds };
  });
}

/** All rows shuffled; null if all of them are sampled. */
function rowOrder(table: Table, { samples, seed }: MixtureOptions): Promise<Int32Array | null> {
  return table.memo(`shuffled rows of mixtures ${samples} ${seed}`, () => {
    const { core, rows } = table;
    if (rows <= samples) return null;
    return core.arena.borrow(() => {
      const order = core.arena.alloc('i32', rows);
      core.random.shuffledRows(order, rows, { seed, stream: STREAMS.mixtureRows, index: 0 });
      return order.array.slice();
    });
  });
}

/** A sample of every row, f64[D][N]: the given one, or drawn. */
function samplesOf(table: Table, posterior: PosteriorBlocks, seed: number, pause: Pause): Promise<Block<'f64'>> {
  if (posterior.z !== undefined) return Promise.resolve(posterior.z);
  return table.memo(`samples of posteriors ${seed}`, async () => {
    const { arena } = table.core;
    const every = arena.upload(
      'i32',
      Int32Array.from({ length: table.rows }, (_, row) => row),
    );
    return (await drawSamples(table.core, posterior, every, seed, pause)).z;
  });
}

/** How far each row's sample is from the mean of its own posterior. */
function distanceOf(
  core: Core,
  { means, logvars, points }: Record<'means' | 'logvars' | 'points', Block<'f64'>>,
  rows: number,
): number {
  return core.arena.borrow(() => {
    const every = core.arena.alloc('i32', rows);
    const to = every.array;
    for (let row = 0; row < rows; row++) to[row] = row;
    const [own, prior] = [core.arena.alloc('f64', rows), core.arena.alloc('f64', rows)];
    const posterior = { rows, latents: 1, mu: means, logvar: logvars };
    core.posterior.posteriorSampleTerms(own, prior, points, posterior, every, 0, rows);
    return meanSquaredDistance(own.array, logvars, every);
  });
}

/** x[rows], taken from the arena. */
function gather(core: Core, x: Block<'f64'>, rows: Block<'i32'>): Block<'f64'> {
  const out = core.arena.alloc('f64', rows.length);
  core.rows.gatherRows(out, x, rows, rows.length, 1);
  return out;
}

/** Whether all numbers are equal. */
export function isConstant(core: Core, x: Block<'f64'>): boolean {
  const { minima, maxima } = core.moments.columnExtremes(x, x.length, 1);
  return minima[0] === maxima[0];
}
