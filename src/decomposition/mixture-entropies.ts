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
import { marginalLogDensities } from './marginal-density.js';
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

/** Rows side by side that share a value; values that no row has are left out. */
export interface ValueGroups {
  /** i32[N] */
  readonly order: Block<'i32'>;
  /** Where the rows of each value begin in order; one more entry than values. */
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
  const order = await rowOrder(table, options);
  const groups: ValueGroups[] = [];
  for (const k of varyingFactors) groups.push(await groupByValue(table, k, options));
  const column = (block: Block<'f64'>) => block.slice(d * rows, rows);
  const all = { means: column(posterior.mu), logvars: column(posterior.logvar), points: column(samples) };
  const total = groups.reduce((sum, { bounds }) => sum + bounds.length - 1, 1);
  let done = 0;
  const entropyOf = async (mixture: Mixture) => {
    const entropy = await mixtureEntropy(core, mixture, () => pause('entropies', done, total));
    done++;
    return entropy;
  };

  const marginal = await arena.scope(() =>
    entropyOf({ ...all, points: gather(core, all.points, head(order, options)) }),
  );
  const meanSquare = posterior.z === undefined ? null : distanceOf(core, all, rows);
  if (isConstant(core, all.means) && isConstant(core, all.logvars)) return { marginal, conditional: null, meanSquare };
  const conditional: number[][] = [];
  for (const group of groups) conditional.push(await arena.scope(() => entropiesOfValues(group)));
  return { marginal, conditional, meanSquare };

  async function entropiesOfValues(group: ValueGroups): Promise<number[]> {
    const [means, logvars, points] = [all.means, all.logvars, all.points].map((x) => gather(core, x, group.order));
    const entropies: number[] = [];
    for (let v = 0; v + 1 < group.bounds.length; v++) {
      const from = group.bounds[v];
      const count = group.bounds[v + 1] - from;
      const own = { means: means.slice(from, count), logvars: logvars.slice(from, count) };
      const sampled = points.slice(from, Math.min(count, options.samples));
      entropies.push(await entropyOf({ ...own, points: sampled }));
    }
    return entropies;
  }
}

/** The rows of each value (or bin) of factor k, in the order of {@link rowOrder}. */
export function groupByValue(table: Table, k: number, options: MixtureOptions): Promise<ValueGroups> {
  const { samples, bins, seed } = options;
  return table.memo(`rows by value ${k} ${samples} ${bins} ${seed}`, async () => {
    const { codes, size } = await encodeFactor(table, k, bins);
    const shuffled = await rowOrder(table, options);
    const order = table.core.arena.alloc('i32', table.rows);
    const [code, from, to] = [codes.array, shuffled.array, order.array];
    const begin = new Int32Array(size + 1);
    for (const value of code) begin[value + 1]++;
    for (let value = 0; value < size; value++) begin[value + 1] += begin[value];
    const bounds = begin.filter((at, value) => value === 0 || at > begin[value - 1]);
    for (const row of from) to[begin[code[row]]++] = row;
    return { order, bounds };
  });
}

/** All rows: in the order of one shuffle where not all of them are sampled. */
function rowOrder(table: Table, { samples, seed }: MixtureOptions): Promise<Block<'i32'>> {
  return table.memo(`rows of mixtures ${samples} ${seed}`, () => {
    const { core, rows } = table;
    const order = core.arena.alloc('i32', rows);
    if (rows > samples) {
      core.random.shuffledRows(order, rows, { seed, stream: STREAMS.mixtureRows, index: 0 });
      return order;
    }
    const to = order.array;
    for (let row = 0; row < rows; row++) to[row] = row;
    return order;
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

interface Mixture {
  readonly means: Block<'f64'>;
  readonly logvars: Block<'f64'>;
  readonly points: Block<'f64'>;
}

/** How far each row's sample is from the mean of its own posterior. */
function distanceOf(core: Core, { means, logvars, points }: Mixture, rows: number): number {
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

async function mixtureEntropy(core: Core, { means, logvars, points }: Mixture, pause: Pause): Promise<number> {
  const { logDensities } = await marginalLogDensities(core, means, logvars, points, { pause });
  return -logDensities.reduce((sum, value) => sum + value, 0) / logDensities.length;
}

function head(order: Block<'i32'>, { samples }: MixtureOptions): Block<'i32'> {
  return order.slice(0, Math.min(order.length, samples));
}

/** x[rows], taken from the arena. */
function gather(core: Core, x: Block<'f64'>, rows: Block<'i32'>): Block<'f64'> {
  const out = core.arena.alloc('f64', rows.length);
  core.rows.gatherRows(out, x, rows, rows.length, 1);
  return out;
}

function isConstant(core: Core, x: Block<'f64'>): boolean {
  const { minima, maxima } = core.moments.columnExtremes(x, x.length, 1);
  return minima[0] === maxima[0];
}
