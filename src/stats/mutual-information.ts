import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import { type BinnedLatents, type Bins, binLatents, countBins, encodeFactor } from './binning.js';
import { type CodedFactor, planCounts } from './joint-counts.js';
import type { Pause } from './pause.js';
import type { Table } from './table.js';

/** Histogram mutual information of every latent and factor, in nats. */
export interface MutualInformation {
  /** (D, K), row-major; 0 for constant factors. */
  readonly matrix: Float64Array;
  /** f64[K]: entropy of each factor's values (or bins). */
  readonly factorEntropies: Float64Array;
  /** f64[D]: entropy of each latent's bins. */
  readonly latentEntropies: Float64Array;
  /** f64[D]: rows that lie beyond the outermost bins, and are counted in them. */
  readonly beyond: Float64Array;
}

/** How entropies and mutual information are estimated from counts of bins. */
export interface HistogramOptions extends Bins {
  /**
   * Adds (m - 1) / 2N to every entropy, m its occupied cells, against the bias of finitely many
   * rows; mutual information is H(z) + H(v) - H(z, v) of such entropies, at least 0. Source: Miller
   * 1955, Note on the bias of information estimates.
   */
  readonly millerMadow: boolean;
}

/** Counts all joint histograms and takes their mutual information. */
export function mutualInformation(table: Table, options: HistogramOptions, pause: Pause): Promise<MutualInformation> {
  const { bins, edges } = options;
  return table.memo(informationKey(options), async () => {
    const binned = await binLatents(table, options);
    const factors: CodedFactor[] = [];
    for (const k of table.varyingFactors) factors.push({ ...(await encodeFactor(table, k, bins, edges)), k });
    return table.core.arena.scope(() => countAll(table, options, binned, factors, pause));
  });
}

/** What a table keeps mutual information by. */
export function informationKey(options: HistogramOptions): string {
  return `mutual information ${describe(options)}`;
}

/** The same text for the same options. */
export function describe({ bins, edges = 'float64', millerMadow, limit, zeroBin = false }: HistogramOptions): string {
  return `${bins} ${edges} ${millerMadow} ${limit} ${zeroBin}`;
}

async function countAll(
  table: Table,
  options: HistogramOptions,
  binned: BinnedLatents,
  factors: readonly CodedFactor[],
  pause: Pause,
): Promise<MutualInformation> {
  const { core, rows, latentCount, factorCount } = table;
  const bins = countBins(options);
  const { millerMadow } = options;
  const matrix = new Float64Array(latentCount * factorCount);
  const factorEntropies = new Float64Array(factorCount);
  const { beyond } = binned;
  if (factors.length === 0) {
    return { matrix, factorEntropies, latentEntropies: countLatents(table, binned, options), beyond };
  }
  const latentEntropies = new Float64Array(latentCount);
  const count = planCounts(table, bins, factors);
  const ofBins = core.arena.alloc('u32', bins);
  const sums = factors.map(({ size }) => core.arena.alloc('u32', size));
  for (let d = 0; d < latentCount; d++) {
    await pause('mutual information', d, latentCount);
    count(binned.column(d), (joint, factor) => {
      const { k, size } = factor;
      matrix[d * factorCount + k] = informationOf(core, joint, bins, size, rows, millerMadow);
      if (factor === factors[0]) {
        core.histogram.marginaliseCounts(ofBins, joint, 1, bins, 1, 1, size);
        latentEntropies[d] = entropyOf(core, ofBins, rows, millerMadow);
      }
      if (d === 0) {
        const ofValues = sums[factors.indexOf(factor)];
        core.histogram.marginaliseCounts(ofValues, joint, 1, 1, bins, size, 1);
        factorEntropies[k] = entropyOf(core, ofValues, rows, millerMadow);
      }
    });
  }
  return { matrix, factorEntropies, latentEntropies, beyond };
}

/** Of all latents, from what is known of neighbouring ones. */
export function joinInformation(parts: readonly MutualInformation[]): MutualInformation {
  const join = (arrays: readonly Float64Array[]) => {
    const joined = new Float64Array(arrays.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const array of arrays) {
      joined.set(array, at);
      at += array.length;
    }
    return joined;
  };
  return {
    matrix: join(parts.map(({ matrix }) => matrix)),
    factorEntropies: parts[0].factorEntropies,
    latentEntropies: join(parts.map(({ latentEntropies }) => latentEntropies)),
    beyond: join(parts.map(({ beyond }) => beyond)),
  };
}

/** Entropy of counts, in nats, corrected or not. */
export function entropyOf(core: Core, counts: Block<'u32'>, total: number, millerMadow: boolean): number {
  const entropy = core.information.entropyOfCounts(counts, total);
  return millerMadow ? entropy + (core.information.countOccupied(counts) - 1) / (2 * total) : entropy;
}

/** Mutual information of joint counts [bins][values], in nats and at least 0, corrected or not. */
export function informationOf(
  core: Core,
  joint: Block<'u32'>,
  bins: number,
  values: number,
  total: number,
  millerMadow: boolean,
): number {
  const information = core.information.mutualInformationOfCounts(joint, bins, values, total);
  if (!millerMadow) return information;
  return Math.max(0, information + core.information.countOccupiedMargins(joint, bins, values) / (2 * total));
}

/** Entropy of each latent's bins, f64[D], in nats. */
export async function latentEntropies(table: Table, options: HistogramOptions): Promise<Float64Array> {
  const known = table.recall<MutualInformation>(informationKey(options));
  if (known) return (await known).latentEntropies;
  return table.memoOfLatents(`latent entropies ${describe(options)}`, async () => {
    const binned = await binLatents(table, options);
    return table.core.arena.scope(() => countLatents(table, binned, options));
  });
}

/** The joint counts with a factor of a single value are those of the bins. */
function countLatents(table: Table, binned: BinnedLatents, options: HistogramOptions): Float64Array {
  const { core, rows, latentCount } = table;
  const single = { k: 0, size: 1, codes: core.arena.zeros('i32', rows) };
  const count = planCounts(table, countBins(options), [single]);
  const entropies = new Float64Array(latentCount);
  for (let d = 0; d < latentCount; d++) {
    count(binned.column(d), (counts) => {
      entropies[d] = entropyOf(core, counts, rows, options.millerMadow);
    });
  }
  return entropies;
}
