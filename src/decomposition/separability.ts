/**
 * What separability is computed from: mean logarithms of densities, at samples of posteriors, of
 * single latents, of all, and of all but one.
 *
 * A latent with one posterior for all rows is independent of the others and of the row. It is left
 * out, which changes no information, and the others are called live.
 *
 * Source: K. Do, T. Tran 2020, Theory and Evaluation Metrics for Learning Disentangled
 * Representations. Cost: O(N) for each latent (marginal-density.ts), O(S N D) at most for the rest
 * (leave-one-out.ts); float64, densities to 1e-9.
 */
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import type { PosteriorBlocks } from '../../bindings/kernels/posterior.js';
import type { Pause } from '../stats/pause.js';
import type { Table } from '../stats/table.js';
import { growLeaveOneOutTree, leaveOneOutLogDensities } from './leave-one-out.js';
import { marginalLogDensities } from './marginal-density.js';
import { isConstant } from './mixture-entropies.js';
import { chooseRows, drawSamples } from './samples.js';
import { meanSquaredDistance } from './unlikely-samples.js';

/** Which rows are sampled. */
export interface SeparabilityOptions {
  /** Samples, at most: one of each row that is drawn by the seed. */
  readonly samples: number;
  readonly seed: number;
}

/** Mean logarithms of the densities of a live latent, in nats. */
export interface LatentLogDensities {
  /** Mean of log q(z_d|x). */
  readonly posterior: number;
  /** Mean of log q(z_d). */
  readonly marginal: number;
  /**
   * Mean of ((z - mu) / sigma)^2, if samples came with the posterior; null if they were drawn.
   */
  readonly meanSquare: number | null;
}

/** Sums over some samples of logarithms of densities, in nats. */
export interface JointLogDensities {
  /** Of log q(z). */
  readonly joint: number;
  /** Of log q(z without z_d), of each live latent. */
  readonly without: readonly number[];
}

/** The live latents alone, with samples of them. */
interface LiveLatents extends PosteriorBlocks {
  /** Which they are. */
  readonly indices: readonly number[];
  /** The row of each sample, in increasing order, i32[S]. */
  readonly owners: Block<'i32'>;
  /** f64[D][S] */
  readonly z: Block<'f64'>;
  readonly areGiven: boolean;
}

/** Samples of a share of the work: the same for any number of threads. */
const SAMPLES_PER_SHARE = 512;

/** S, the number of samples. */
export function countSamples(rows: number, samples: number): number {
  return Math.min(rows, samples);
}

/** The number of shares of {@link sumJointLogDensities}. */
export function countShares(rows: number, samples: number): number {
  return Math.ceil(countSamples(rows, samples) / SAMPLES_PER_SHARE);
}

/** What is known of latent d alone; null if it has one posterior for all rows. */
export async function meanLatentLogDensities(
  table: Table,
  d: number,
  options: SeparabilityOptions,
  pause: Pause,
): Promise<LatentLogDensities | null> {
  const { core } = table;
  const live = await liveLatents(table, options, pause);
  const at = live.indices.indexOf(d);
  if (at < 0) return null;
  const { rows, owners, areGiven } = live;
  const samples = owners.length;
  return core.arena.scope(async () => {
    const column = (block: Block<'f64'>, count: number) => block.slice(at * count, count);
    const [mu, logvar, z] = [column(live.mu, rows), column(live.logvar, rows), column(live.z, samples)];
    const [posterior, prior] = [core.arena.alloc('f64', samples), core.arena.alloc('f64', samples)];
    core.posterior.posteriorSampleTerms(posterior, prior, z, { rows, latents: 1, mu, logvar }, owners, 0, samples);
    const own = posterior.array.slice();
    const { logDensities } = await marginalLogDensities(core, mu, logvar, z, { pause });
    return {
      posterior: sum(own) / samples,
      marginal: sum(logDensities) / samples,
      meanSquare: areGiven ? meanSquaredDistance(own, logvar, owners) : null,
    };
  });
}

/** What is known of the samples of a share; null if fewer than two latents are live. */
export async function sumJointLogDensities(
  table: Table,
  share: number,
  options: SeparabilityOptions,
  pause: Pause,
): Promise<JointLogDensities | null> {
  const { core } = table;
  const live = await liveLatents(table, options, pause);
  const { indices, owners, z } = live;
  if (indices.length < 2) return null;
  const tree = await table.memoOfLatents('tree of live latents', () => growLeaveOneOutTree(core, live, pause));
  const from = share * SAMPLES_PER_SHARE;
  const to = Math.min(from + SAMPLES_PER_SHARE, owners.length);
  const { joint, without } = await leaveOneOutLogDensities(core, tree, z, owners, { from, to, pause });
  return { joint: sum(joint), without: without.map(sum) };
}

function liveLatents(table: Table, { samples, seed }: SeparabilityOptions, pause: Pause): Promise<LiveLatents> {
  return table.memo(`live latents ${samples} ${seed}`, async () => {
    const { core } = table;
    const posterior = table.posterior as PosteriorBlocks;
    const { rows, latents, mu, logvar, z } = posterior;
    const owners = core.arena.upload('i32', chooseRows(core, rows, countSamples(rows, samples), seed));
    const varies = (block: Block<'f64'>, d: number) => !isConstant(core, block.slice(d * rows, rows));
    const indices = [...Array(latents).keys()].filter((d) => varies(mu, d) || varies(logvar, d));
    // Drawn of all latents, so that a sample is the same whichever are live.
    const points = z ? takeRows(core, z, owners, latents) : (await drawSamples(core, posterior, owners, seed, pause)).z;
    const take = (block: Block<'f64'>) => takeColumns(core, block, indices, latents);
    return {
      rows,
      latents: indices.length,
      indices,
      mu: take(mu),
      logvar: take(logvar),
      owners,
      z: take(points),
      areGiven: z !== undefined,
    };
  });
}

/** Some of D columns of a block; the block itself if they are all. */
function takeColumns(core: Core, block: Block<'f64'>, columns: readonly number[], latents: number): Block<'f64'> {
  if (columns.length === latents) return block;
  const count = block.length / latents;
  const out = core.arena.alloc('f64', columns.length * count);
  columns.forEach((d, at) => {
    out.array.set(block.slice(d * count, count).array, at * count);
  });
  return out;
}

/** Rows `owners` of f64[D][N] as f64[D][S]; the block itself if they are all. */
function takeRows(core: Core, block: Block<'f64'>, owners: Block<'i32'>, latents: number): Block<'f64'> {
  const [rows, count] = [block.length / latents, owners.length];
  if (count === rows) return block;
  const out = core.arena.alloc('f64', latents * count);
  for (let d = 0; d < latents; d++) {
    core.rows.gatherRows(out.slice(d * count, count), block.slice(d * rows, rows), owners, count, 1);
  }
  return out;
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
