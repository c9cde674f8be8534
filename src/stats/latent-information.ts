import type { Block } from '../../bindings/arena.js';
import { type BinnedLatents, binLatents, countBins } from './binning.js';
import { describe, entropyOf, type HistogramOptions, informationOf, latentEntropies } from './mutual-information.js';
import type { Pause } from './pause.js';
import type { Table } from './table.js';

/** Rows per kernel call; see binning.ts. */
const ROWS_PER_CALL = 32768;
/** Beyond this a cell does not fit the 16 bits that the kernel counts with. */
const NARROW_CELLS = 65535;
/** Below this many cells, four copies of the table fit the first-level cache. */
const COPIED_CELLS = 4096;

/**
 * Histogram mutual information of every two latents, f64[D][D] in nats: on the diagonal a latent's
 * entropy, 0 where one is constant.
 */
export function latentInformation(table: Table, options: HistogramOptions, pause: Pause): Promise<Float64Array> {
  return table.memoOfLatents(`latent information ${describe(options)}`, async () => {
    const binned = await binLatents(table, options);
    const entropies = await latentEntropies(table, options);
    return table.core.arena.scope(() => countPairs(table, options, binned, entropies, pause));
  });
}

async function countPairs(
  table: Table,
  options: HistogramOptions,
  binned: BinnedLatents,
  entropies: Float64Array,
  pause: Pause,
): Promise<Float64Array> {
  const { latentCount, varyingLatents } = table;
  const matrix = new Float64Array(latentCount * latentCount);
  const count =
    countBins(options) ** 2 <= NARROW_CELLS ? pairCounter(table, options) : pairSorter(table, options, entropies);
  for (const d of varyingLatents) {
    await pause('mutual information', d, latentCount);
    matrix[d * latentCount + d] = entropies[d];
    for (const other of varyingLatents.filter((latent) => latent > d)) {
      const information = count(binned.column(d).bins, binned.column(other).bins, d, other);
      matrix[d * latentCount + other] = information;
      matrix[other * latentCount + d] = information;
    }
  }
  return matrix;
}

type CountPair = (bins: Block<'u16'>, others: Block<'u16'>, d: number, other: number) => number;

/** By a table of joint counts. */
function pairCounter({ core, rows }: Table, options: HistogramOptions): CountPair {
  const { millerMadow } = options;
  const bins = countBins(options);
  const cells = bins ** 2;
  const copies = cells <= COPIED_CELLS ? 4 : 1;
  const counts = core.arena.alloc('u32', copies * cells);
  const joint = core.arena.alloc('u32', cells);
  return (first, second) => {
    counts.array.fill(0);
    for (let row = 0; row < rows; row += ROWS_PER_CALL) {
      core.histogram.countJoint(counts, first, second, bins, cells, copies, row, Math.min(row + ROWS_PER_CALL, rows));
    }
    core.histogram.marginaliseCounts(joint, counts, copies, bins, 1, bins, 1);
    return informationOf(core, joint, bins, bins, rows, millerMadow);
  };
}

/**
 * By sorting, where the table would be larger than the data: so many bins are rare, and cost what
 * they may.
 */
function pairSorter({ core, rows }: Table, options: HistogramOptions, entropies: Float64Array): CountPair {
  const { millerMadow } = options;
  const bins = countBins(options);
  const counts = core.arena.alloc('u32', rows);
  return (first, second, d, other) => {
    const [a, b] = [first.array, second.array];
    const cells = Uint32Array.from(a, (bin, row) => bin * bins + b[row]).sort();
    const runs = counts.array;
    let last = -1;
    cells.forEach((cell, i) => {
      if (i === 0 || cell !== cells[i - 1]) runs[++last] = 0;
      runs[last]++;
    });
    const jointEntropy = entropyOf(core, counts.slice(0, last + 1), rows, millerMadow);
    return Math.max(0, entropies[d] + entropies[other] - jointEntropy);
  };
}
