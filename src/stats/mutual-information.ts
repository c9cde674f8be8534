import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import { type Bins, binLatents, encodeFactor, type FactorCodes } from './binning.js';
import type { Pause } from './pause.js';
import type { Table } from './table.js';

/** Histogram mutual information of every latent and factor, in nats. */
export interface MutualInformation {
  /** (D, K), row-major; 0 for constant factors. */
  readonly matrix: Float64Array;
  /** f64[K]: entropy of each factor's values (or bins). */
  readonly factorEntropies: Float64Array;
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

/** Rows per kernel call; see binning.ts. */
const ROWS_PER_CALL = 32768;
/** Cells of a joint table that still fit a second-level cache. */
const MOST_CELLS = 20480;
/** Beyond this a cell does not fit the 16 bits that the fast kernel counts with. */
const NARROW_CELLS = 65535;
/** Below this many cells, four copies of the table fit the first-level cache. */
const COPIED_CELLS = 4096;

/**
 * Counts all joint histograms and takes their mutual information.
 *
 * Factors are counted in groups: the pair (code of factor a, code of factor b) is one code, so one
 * pass over the rows counts both, and each factor's own table is a sum over the others. A pass
 * costs N increments, a sum costs the cells: groups are as large as keeps the cells well below N.
 */
export function mutualInformation(table: Table, options: HistogramOptions, pause: Pause): Promise<MutualInformation> {
  const { bins, edges } = options;
  return table.memo(`mutual information ${describe(options)}`, async () => {
    const binned = await binLatents(table, options);
    const factors: Array<FactorCodes & { k: number }> = [];
    for (const k of table.varyingFactors) factors.push({ ...(await encodeFactor(table, k, bins, edges)), k });
    return table.core.arena.scope(() => countAll(table, options, binned, factors, pause));
  });
}

/** The same text for the same options. */
export function describe({ bins, edges = 'float64', millerMadow, limit }: HistogramOptions): string {
  return `${bins} ${edges} ${millerMadow} ${limit}`;
}

type CodedFactor = FactorCodes & { readonly k: number };

async function countAll(
  table: Table,
  { bins, millerMadow }: HistogramOptions,
  binned: Block<'u16'>,
  factors: readonly CodedFactor[],
  pause: Pause,
): Promise<MutualInformation> {
  const { core, rows, latentCount, factorCount } = table;
  const matrix = new Float64Array(latentCount * factorCount);
  const factorEntropies = new Float64Array(factorCount);
  const groups = groupFactors(factors, bins, rows);
  const codes = groups.map((group) => (sizeOf(group) * bins <= NARROW_CELLS ? jointCodes(table, group) : null));
  const cellsOf = (values: number) => bins * values;
  const most = Math.max(0, ...groups.map((group) => cellsOf(sizeOf(group))));
  const counts = core.arena.alloc('u32', Math.max(most, 4 * Math.min(most, COPIED_CELLS)));
  const joint = core.arena.alloc('u32', Math.max(0, ...factors.map(({ size }) => cellsOf(size))));
  for (let d = 0; d < latentCount; d++) {
    await pause('mutual information', d, latentCount);
    const latentBins = binned.slice(d * rows, rows);
    groups.forEach((group, g) => {
      const values = sizeOf(group);
      const cells = cellsOf(values);
      const copies = cells <= COPIED_CELLS ? 4 : 1;
      counts.slice(0, copies * cells).array.fill(0);
      const narrow = codes[g];
      for (let row = 0; row < rows; row += ROWS_PER_CALL) {
        const end = Math.min(row + ROWS_PER_CALL, rows);
        if (narrow) core.histogram.countJoint(counts, latentBins, narrow, values, cells, copies, row, end);
        else core.histogram.countJointWide(counts, latentBins, group[0].codes, values, row, end);
      }
      let inner = values;
      for (const { k, size } of group) {
        inner /= size;
        core.histogram.marginaliseCounts(joint, counts, copies, bins, values / size / inner, size, inner);
        if (d === 0) factorEntropies[k] = entropyOfValues(joint.slice(0, cellsOf(size)), size, rows);
        matrix[d * factorCount + k] = informationOf(core, joint, bins, size, rows, millerMadow);
      }
    });
  }
  return { matrix, factorEntropies };

  function entropyOfValues(cells: Block<'u32'>, size: number, total: number): number {
    const sums = core.arena.zeros('u32', size);
    const from = cells.array;
    const to = sums.array;
    for (let i = 0; i < from.length; i++) to[i % size] += from[i];
    return entropyOf(core, sums, total, millerMadow);
  }
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
export function latentEntropies(table: Table, options: HistogramOptions): Promise<Float64Array> {
  return table.memoOfLatents(`latent entropies ${describe(options)}`, async () => {
    const binned = await binLatents(table, options);
    return table.core.arena.scope(() => countBins(table, binned, options));
  });
}

/** The joint counts with a factor of a single value are those of the bins. */
function countBins(
  { core, rows, latentCount }: Table,
  binned: Block<'u16'>,
  { bins, millerMadow }: HistogramOptions,
): Float64Array {
  const single = core.arena.zeros('u16', rows);
  const counts = core.arena.alloc('u32', 4 * bins);
  const total = core.arena.alloc('u32', bins);
  return Float64Array.from({ length: latentCount }, (_, d) => {
    counts.array.fill(0);
    const latentBins = binned.slice(d * rows, rows);
    for (let row = 0; row < rows; row += ROWS_PER_CALL) {
      core.histogram.countJoint(counts, latentBins, single, 1, bins, 4, row, Math.min(row + ROWS_PER_CALL, rows));
    }
    core.histogram.marginaliseCounts(total, counts, 4, bins, 1, 1, 1);
    return entropyOf(core, total, rows, millerMadow);
  });
}

function sizeOf(group: readonly CodedFactor[]): number {
  return group.reduce((product, { size }) => product * size, 1);
}

/** First fit, largest factors first. */
function groupFactors(factors: readonly CodedFactor[], bins: number, rows: number): CodedFactor[][] {
  const mostValues = Math.min(MOST_CELLS, rows / 2) / bins;
  const groups: CodedFactor[][] = [];
  for (const factor of [...factors].sort((a, b) => b.size - a.size || a.k - b.k)) {
    const home = groups.find((group) => sizeOf(group) * factor.size <= mostValues);
    if (home) home.push(factor);
    else groups.push([factor]);
  }
  return groups;
}

/** One code for a group: ((first * size + second) * size + third) ... */
function jointCodes(table: Table, group: readonly CodedFactor[]): Block<'u16'> {
  const codes = table.core.arena.zeros('u16', table.rows);
  for (const { codes: next, size } of group) table.core.histogram.groupCodes(codes, next, size);
  return codes;
}
