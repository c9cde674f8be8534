import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import type { PlacedClasses } from '../../bindings/kernels/neighbors.js';
import type { Pause } from './pause.js';
import type { Table } from './table.js';

/** Mutual information of every latent and factor by distances to nearest neighbours, in nats. */
export interface NeighbourInformation {
  /** (D, K), row-major, at least 0; 0 for constant latents and factors. */
  readonly matrix: Float64Array;
  /**
   * The most that could be found of each factor, K: the entropy of a discrete one, what the same
   * estimate finds of a continuous one about itself. Null for a constant factor, and for one of
   * which fewer than two values are had by several rows: there is nothing to tell apart.
   */
  readonly factorEntropies: Array<number | null>;
  /**
   * How many rows of each discrete factor have another value than the commonest, K: so many rows
   * all that is found of it rests on. Those of lonely values do not count.
   */
  readonly rarerRows: number[];
  /**
   * How many values of each discrete factor only one row has, K. Such rows have no neighbours and
   * are left out.
   */
  readonly lonelyValues: number[];
}

/**
 * Rows per kernel call, as far as classes can be grouped: engines swap in their optimised code
 * between calls.
 */
const ROWS_PER_CALL = 8192;
/** Fewer points in a strip cost more in finding one's way than in looking at neighbours. */
const LEAST_WIDTH = 32;

/** A latent in increasing order. */
interface SortedLatent {
  readonly x: Block<'f64'>;
  readonly order: Block<'i32'>;
}
/** What a latent, once sorted, tells of one factor, in nats. */
type Estimate = (latent: SortedLatent) => number;

/**
 * Estimates with `neighbours` nearest neighbours: Ross 2014 for a discrete factor (at most one less
 * than the rows of the value), Kraskov et al. 2004 for a continuous one, both coordinates divided
 * by their standard deviations. Equal numbers are at distance 0; no noise is added.
 */
export function neighbourInformation(table: Table, neighbours: number, pause: Pause): Promise<NeighbourInformation> {
  return table.memo(`neighbour information ${neighbours}`, () =>
    table.core.arena.scope(() => estimateAll(table, neighbours, pause)),
  );
}

async function estimateAll(table: Table, neighbours: number, pause: Pause): Promise<NeighbourInformation> {
  const { core, rows, latentCount, factorCount, varyingLatents, varyingFactors } = table;
  const matrix = new Float64Array(latentCount * factorCount);
  const factorEntropies = new Array<number | null>(factorCount).fill(null);
  const rarerRows = new Array<number>(factorCount).fill(0);
  const lonelyValues = new Array<number>(factorCount).fill(0);
  const psi = core.arena.alloc('f64', rows + 1);
  core.neighbors.digammas(psi);
  const estimates = new Map<number, Estimate>();
  for (const k of varyingFactors) {
    const { codes, values, size } = table.factors[k];
    if (codes) {
      const found = ofClasses(core, psi, codes, size as number, neighbours);
      factorEntropies[k] = found.entropy;
      rarerRows[k] = found.rarer;
      lonelyValues[k] = found.lonely;
      if (found.estimate) estimates.set(k, found.estimate);
    } else {
      const estimate = ofNumbers(core, psi, values as Block<'f64'>, Math.min(neighbours, rows - 1));
      estimates.set(k, estimate);
      factorEntropies[k] = await core.arena.scope(() => estimate(sortColumn(core, values as Block<'f64'>, 1, 0)));
    }
  }
  for (const d of varyingLatents) {
    await core.arena.scope(async () => {
      const latent = sortColumn(core, table.latents, latentCount, d);
      for (const [k, estimate] of estimates) {
        await pause('nearest neighbours', d, latentCount);
        matrix[d * factorCount + k] = Math.max(0, estimate(latent));
      }
    });
  }
  return { matrix, factorEntropies, rarerRows, lonelyValues };
}

/** One column of data (rows, columns) in increasing order. */
function sortColumn(core: Core, data: Block<'f32'> | Block<'f64'>, columns: number, column: number): SortedLatent {
  const rows = data.length / columns;
  const x = core.arena.alloc('f64', rows);
  const order = core.arena.alloc('i32', rows);
  const [from, to, row] = [data.array, x.array, order.array];
  for (let i = 0; i < rows; i++) {
    to[i] = from[i * columns + column];
    row[i] = i;
  }
  core.rows.sortRows(x, order);
  return { x, order };
}

function ofClasses(core: Core, psi: Block<'f64'>, codes: Block<'i32'>, size: number, neighbours: number) {
  const counts = core.arena.zeros('u32', size);
  const [code, count] = [codes.array, counts.array];
  for (let row = 0; row < code.length; row++) count[code[row]]++;
  const sizes = [...count].filter((n) => n > 1);
  const lonely = count.reduce((sum, n) => sum + (n === 1 ? 1 : 0), 0);
  const kept = sizes.reduce((sum, n) => sum + n, 0);
  const rarer = kept - sizes.reduce((a, b) => Math.max(a, b), 0);
  if (rarer === 0) return { entropy: null, rarer, lonely, estimate: null };
  const entropy = core.information.entropyOfCounts(counts, code.length);

  let next = 0;
  const placeOf = Int32Array.from(count, (n) => (n > 1 ? next++ : -1));
  const keptCodes = core.arena.alloc('i32', code.length);
  const [from, to] = [codes.array, keptCodes.array];
  for (let row = 0; row < from.length; row++) to[row] = placeOf[from[row]];
  const starts = [0];
  for (const n of sizes) starts.push(starts[starts.length - 1] + n);
  const bounds = core.arena.upload('i32', starts);
  const psis = psi.array;
  const ofSizes = sizes.reduce((sum, n) => sum + n * psis[n], 0);

  const estimate = ({ x, order }: SortedLatent): number => {
    const mark = core.arena.mark();
    const values = core.arena.alloc('f64', kept);
    const places = core.arena.alloc('i32', kept);
    const placed: PlacedClasses = { values, places, bounds };
    core.neighbors.placeClasses(placed, x, order, keptCodes);
    let sum = 0;
    for (let first = 0; first < sizes.length; ) {
      let last = first + 1;
      while (last < sizes.length && starts[last] - starts[first] < ROWS_PER_CALL) last++;
      sum += core.neighbors.classTerms(placed, psi, neighbours, first, last);
      first = last;
    }
    core.arena.release(mark);
    return psi.array[kept] + (sum - ofSizes) / kept;
  };
  return { entropy, rarer, lonely, estimate };
}

function ofNumbers(core: Core, psi: Block<'f64'>, factor: Block<'f64'>, neighbours: number): Estimate {
  const rows = factor.length;
  const perScaleY = 1 / deviation(Float64Array.from(factor.array).sort());
  // So many that the neighbours of a point of independent coordinates are in its own strip and the
  // two beside it.
  const width = Math.max(LEAST_WIDTH, Math.round(Math.sqrt(rows * neighbours)));
  return ({ x, order }) => {
    const mark = core.arena.mark();
    const y = core.arena.alloc('f64', rows);
    const places = core.arena.alloc('i32', rows);
    const stripX = core.arena.alloc('f64', rows);
    const stripY = core.arena.alloc('f64', rows);
    const [from, row, to, place] = [factor.array, order.array, y.array, places.array];
    for (let i = 0; i < rows; i++) {
      to[i] = from[row[i]];
      place[i] = i;
    }
    core.rows.sortRows(y, places);
    const strips = { stripX, stripY, x, y, perScaleX: 1 / deviation(x.array), perScaleY, width };
    core.neighbors.fillStrips(strips, places);
    const count = Math.ceil(rows / width);
    const perCall = Math.ceil(ROWS_PER_CALL / width);
    let sum = 0;
    for (let strip = 0; strip < count; strip += perCall) {
      sum += core.neighbors.planeTerms(strips, psi, neighbours, strip, Math.min(strip + perCall, count));
    }
    core.arena.release(mark);
    return psi.array[rows] + sum / rows;
  };
}

/**
 * Standard deviation (divided by N) of numbers in increasing order that are not all equal; no
 * square leaves the range of float64.
 */
function deviation(sorted: Float64Array): number {
  const first = sorted[0];
  const range = sorted[sorted.length - 1] - first;
  let mean = 0;
  for (const value of sorted) mean += (value - first) / range;
  mean /= sorted.length;
  let squares = 0;
  for (const value of sorted) squares += ((value - first) / range - mean) ** 2;
  return range * Math.sqrt(squares / sorted.length);
}
