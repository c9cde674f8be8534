/**
 * Joint counts of the bins of a latent and the values of every factor.
 *
 * Factors are counted in groups: the pair (code of factor a, code of factor b) is one code, so one
 * pass over the rows counts both, and each factor's own table is a sum over the others. A pass
 * costs N increments, a sum costs the cells: groups are as large as keeps the cells well below N,
 * and sums go by halves of a group, each taken out of the half above it.
 */
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import type { BinnedColumn, FactorCodes } from './binning.js';
import type { Table } from './table.js';

/** A factor, and which one it is. */
export type CodedFactor = FactorCodes & { readonly k: number };

/** Joint counts [bins][size] of a latent's bins with one factor. */
export type TakeCounts = (joint: Block<'u32'>, factor: CodedFactor) => void;

/** Rows per kernel call; see binning.ts. */
const ROWS_PER_CALL = 32768;
/** Cells of a joint table that still fit a second-level cache. */
const MOST_CELLS = 20480;
/** Beyond this a cell does not fit the 16 bits that the fast kernel counts with. */
const NARROW_CELLS = 65535;
/** Below this many cells, four copies of the table fit the first-level cache. */
const COPIED_CELLS = 4096;

/** Factors that one pass counts. */
interface Group {
  readonly values: number;
  readonly cells: number;
  readonly copies: 1 | 4;
  /** One code for all of them; null if a cell would not fit 16 bits. */
  readonly narrow: Block<'u16'> | null;
  readonly wide: Block<'i32'>;
  /** Rows of each value, for latents of which some rows are missing. */
  readonly totals: Block<'u32'> | null;
  readonly counts: Block<'u32'>;
  readonly margin: Margin;
}

/** Some factors of a group: their joint counts, summed out of those of more of them. */
interface Margin {
  readonly counts: Block<'u32'>;
  readonly values: number;
  /** Values of the factors that are summed over, of those before and those behind. */
  readonly outer: number;
  readonly inner: number;
  /** The one that is left, or else the halves that are taken out of this one. */
  readonly factor: CodedFactor | null;
  readonly halves: readonly Margin[];
}

/**
 * Plans the counting of all factors, in blocks of the open scope.
 * @param bins of a latent
 * @param factors at least one
 * @returns a function that counts the column of one latent and hands over the counts of each factor
 */
export function planCounts(
  table: Table,
  bins: number,
  factors: readonly CodedFactor[],
): (column: BinnedColumn, take: TakeCounts) => void {
  const { core, rows, sparse } = table;
  const counted = sparse === null ? rows : sparse.rows.length / table.latentCount;
  const groups = groupFactors(factors, bins, counted).map((group) => planGroup(table, bins, group));
  const most = sparse === null ? 0 : longest(sparse.starts);
  const [narrow, wide] = [core.arena.alloc('u16', most), core.arena.alloc('i32', most)];
  return ({ bins: ofRows, missing }, take) => {
    for (const group of groups) {
      const { counts, copies, values, totals, margin } = group;
      counts.array.fill(0);
      if (missing === null || totals === null) countRows(core, group, ofRows, group.narrow, group.wide);
      else {
        const { stored, bin } = missing;
        if (group.narrow) core.zeros.gatherCodes(narrow, group.narrow, stored);
        else core.rows.gatherColumn(wide, group.wide, stored, stored.length);
        countRows(core, group, ofRows, group.narrow && narrow, wide);
        core.zeros.countMissing(counts, totals, copies, bins, values, bin);
      }
      visit(core, bins, margin, counts, copies, take);
    }
  };
}

/** Adds the joint counts of bins and codes, by one code for all factors of a group. */
function countRows(
  core: Core,
  { counts, values, cells, copies }: Group,
  bins: Block<'u16'>,
  narrow: Block<'u16'> | null,
  wide: Block<'i32'>,
): void {
  for (let row = 0; row < bins.length; row += ROWS_PER_CALL) {
    const end = Math.min(row + ROWS_PER_CALL, bins.length);
    if (narrow) core.histogram.countJoint(counts, bins, narrow, values, cells, copies, row, end);
    else core.histogram.countJointWide(counts, bins, wide, values, row, end);
  }
}

function longest(starts: readonly number[]): number {
  let most = 0;
  for (let d = 1; d < starts.length; d++) most = Math.max(most, starts[d] - starts[d - 1]);
  return most;
}

function sizeOf(factors: readonly CodedFactor[]): number {
  return factors.reduce((product, { size }) => product * size, 1);
}

/** First fit, largest factors first. */
function groupFactors(factors: readonly CodedFactor[], bins: number, counted: number): CodedFactor[][] {
  const mostValues = Math.min(MOST_CELLS, counted / 2) / bins;
  const groups: CodedFactor[][] = [];
  for (const factor of [...factors].sort((a, b) => b.size - a.size || a.k - b.k)) {
    const home = groups.find((group) => sizeOf(group) * factor.size <= mostValues);
    if (home) home.push(factor);
    else groups.push([factor]);
  }
  return groups;
}

function planGroup({ core, rows, sparse }: Table, bins: number, factors: readonly CodedFactor[]): Group {
  const values = sizeOf(factors);
  const cells = bins * values;
  const copies = cells <= COPIED_CELLS ? 4 : 1;
  const narrow = cells <= NARROW_CELLS ? jointCodes(core, rows, factors) : null;
  const [{ codes: wide }] = factors;
  return {
    values,
    cells,
    copies,
    narrow,
    wide,
    totals: sparse === null ? null : countValues(core, narrow ?? wide, values),
    counts: core.arena.alloc('u32', copies * cells),
    margin: planMargin(core, bins, factors, 1, 1),
  };
}

function countValues(core: Core, codes: Block<'u16'> | Block<'i32'>, values: number): Block<'u32'> {
  const totals = core.arena.zeros('u32', values);
  const counts = totals.array;
  for (const code of codes.array) counts[code]++;
  return totals;
}

/** One code for a group: ((first * size + second) * size + third) ... */
function jointCodes(core: Core, rows: number, factors: readonly CodedFactor[]): Block<'u16'> {
  const codes = core.arena.zeros('u16', rows);
  for (const { codes: next, size } of factors) core.histogram.groupCodes(codes, next, size);
  return codes;
}

function planMargin(core: Core, bins: number, factors: readonly CodedFactor[], outer: number, inner: number): Margin {
  const values = sizeOf(factors);
  const counts = core.arena.alloc('u32', bins * values);
  if (factors.length === 1) return { counts, values, outer, inner, factor: factors[0], halves: [] };
  const [first, second] = [factors.slice(0, factors.length >> 1), factors.slice(factors.length >> 1)];
  const halves = [planMargin(core, bins, first, 1, sizeOf(second)), planMargin(core, bins, second, sizeOf(first), 1)];
  return { counts, values, outer, inner, factor: null, halves };
}

function visit(core: Core, bins: number, margin: Margin, from: Block<'u32'>, copies: number, take: TakeCounts): void {
  const { counts, outer, values, inner, factor, halves } = margin;
  core.histogram.marginaliseCounts(counts, from, copies, bins, outer, values, inner);
  if (factor !== null) take(counts, factor);
  for (const half of halves) visit(core, bins, half, counts, 1, take);
}
