/**
 * One typed function per kernel. Blocks and counts in, blocks filled or plain numbers out; shapes in comments are
 * row-major. Nothing is checked here: callers have.
 */
import { Arena, type Block, ELEMENT_BYTES } from './arena.js';
import type { Build, CoreExports } from './exports.js';
import { compile, instantiate } from './load.js';

/** A table of real numbers. */
export type RealBlock = Block<'f32'> | Block<'f64'>;
/** A table of numbers as factors come: whole or real. */
export type NumberBlock = RealBlock | Block<'i32'>;

/** A place in the random sequence: draws are a function of the seed, the stream and the index alone. */
export interface Stream {
  /** A whole number from 0 to 2^53 - 1. */
  readonly seed: number;
  readonly stream: number;
  readonly index: number;
}

/** Rows grouped by the value of one factor; a value that only one row has is left out. */
export interface RowGroups {
  /** The rows, those that share a value side by side. */
  readonly order: Block<'i32'>;
  /** Where the rows of each value begin in order; one more entry than values. */
  readonly bounds: Block<'i32'>;
  /** The value at every 2^shift-th place. */
  readonly buckets: Block<'i32'>;
  readonly shift: number;
  /** How many rows can be drawn. */
  readonly drawable: number;
}

/** A regression tree; its nodes are numbered as in a heap, those of i being 2i + 1 and 2i + 2. */
export interface Tree {
  readonly depth: number;
  /** i32[2^depth - 1]: the column a node splits by; -1 at a leaf. */
  readonly columnOf: Block<'i32'>;
  /** f64[2^depth - 1]: a row at or below goes left. */
  readonly thresholds: Block<'f64'>;
  /** f64[2^(depth + 1) - 1]: of leaves. */
  readonly values: Block<'f64'>;
}

/** What trees are grown on, and where. */
export interface TreeRows {
  readonly rows: number;
  readonly columns: number;
  /** f64[columns][rows] */
  readonly x: Block<'f64'>;
  /** u32[columns][rows][2]: the rows in the order of each column, and the rank of their value. */
  readonly sorted: Block<'u32'>;
  /** u8[columns / 4, rounded up][rows][4]: the bin of each value. */
  readonly codes: Block<'u8'>;
  /** i32[columns][257]: where the rows of a bin begin in sorted; after the last bin, the number of rows. */
  readonly starts: Block<'i32'>;
  /** i32[columns][2]: the number of bins, at most 256, and 1 where splits within them are tried. */
  readonly bins: Block<'i32'>;
  readonly scratch: TreeScratch;
}

/** Room to grow trees in. */
export interface TreeScratch {
  /** f64[rows][2] */
  readonly pairs: Block<'f64'>;
  /** i32[2][rows] */
  readonly lists: Block<'i32'>;
  /** u8[rows] */
  readonly nodeOf: Block<'u8'>;
  /** f64[depth][columns to a multiple of 4][256][2] */
  readonly histograms: Block<'f64'>;
  /** f64[columns][2] */
  readonly peaks: Block<'f64'>;
  /** i32[columns] */
  readonly places: Block<'i32'>;
  /** i32[2^depth + depth][4], 0 before the first tree. */
  readonly nodes: Block<'i32'>;
}

/** A tree of a forest; see assembly/forest.ts. */
export interface ForestTree {
  /** i32[2 rows]: the column a node splits by; -1 at a leaf. */
  readonly columnOf: Block<'i32'>;
  /** f64[2 rows]: a row at or below goes left. */
  readonly thresholds: Block<'f64'>;
  /** i32[2 rows][2]: both children, or where the shares of a leaf begin and end. */
  readonly links: Block<'i32'>;
  /** i32[rows]: 0 in a tree of values. */
  readonly shareClasses: Block<'i32'>;
  /** f64[rows]: the part of the leaf's rows that have the class, or their mean. */
  readonly shares: Block<'f64'>;
}

/** What trees of a forest are grown on. */
export interface ForestRows {
  readonly rows: number;
  readonly columns: number;
  /** f64[columns][rows] */
  readonly x: Block<'f64'>;
  /** u32[columns][rows]: of the values; equal ones have one. */
  readonly ranks: Block<'u32'>;
  /** Classes 0 .. classes - 1, or f64 values. */
  readonly target: Block<'i32'> | Block<'f64'>;
  /** 0 for values. */
  readonly classes: number;
}

/** Sums over rows that a lasso needs. */
export interface LassoSums {
  readonly columns: number;
  /** A multiple of 4, at least columns. */
  readonly stride: number;
  /** X'X of centred columns, f64[stride][stride]; 0 beyond columns. */
  readonly gram: Block<'f64'>;
  /** X'y, f64[stride]; 0 beyond columns. */
  readonly products: Block<'f64'>;
  /** y'y, of the centred target. */
  readonly squares: number;
}

/** A column in increasing order. */
export interface SortedColumn {
  /** f64[rows] */
  readonly x: Block<'f64'>;
  /** The row that each came from, i32[rows]. */
  readonly order: Block<'i32'>;
  /** The class of each row, not sorted; below 0 for a row to leave out, i32[rows]. */
  readonly codes: Block<'i32'>;
}

/** Numbers in increasing order with the places of each class among them; see assembly/neighbors.ts. */
export interface PlacedClasses {
  /** f64[kept] */
  readonly values: Block<'f64'>;
  /** i32[kept] */
  readonly places: Block<'i32'>;
  /** Where each class begins in places, i32[classes + 1]. */
  readonly bounds: Block<'i32'>;
}

/** Points in strips that follow each other in x, each in the order of y; see assembly/neighbors.ts. */
export interface Strips {
  /** f64[rows] each. */
  readonly stripX: Block<'f64'>;
  readonly stripY: Block<'f64'>;
  /** The coordinates by themselves, in increasing order, f64[rows] each. */
  readonly x: Block<'f64'>;
  readonly y: Block<'f64'>;
  /** What distances in either coordinate are multiplied by. */
  readonly perScaleX: number;
  readonly perScaleY: number;
  /** Points in a strip. */
  readonly width: number;
}

/** Rows with classes; see assembly/softmax.ts. */
export interface LabelledRows {
  /** f64[rows][stride]: the features, a 1, zeros. */
  readonly x: Block<'f64'>;
  /** A multiple of 4. */
  readonly stride: number;
  /** i32[rows], 0 .. classes - 1 */
  readonly labels: Block<'i32'>;
  readonly classes: number;
  /** What each row of a class counts, f64[classes]; null: 1. */
  readonly classWeights: Block<'f64'> | null;
}

/** {@link LabelledRows} in single precision. */
export type SingleRows = Omit<LabelledRows, 'x'> & { readonly x: Block<'f32'> };

const STREAM_WORDS = 92;
/** Counters of six digits of a sort key. */
const SORT_COUNTS = 6 * 2048;
/** Counters of a digit of a rank. */
const FOREST_COUNTS = 256;
const GROUP_WORDS = 5;
/** Cells that countJoint computes at a time. */
const COUNT_SCRATCH = 1024;
/** Deviations that deviationQuantiles has at a time: 4 MB. */
const DEVIATIONS = 1 << 19;
/** Places of its sample. */
const DEVIATION_SAMPLE = 128;
/** Rows that addProducts centres at a time. */
const PRODUCT_ROWS = 64;
/** Rows that the kernels of softmax.ts work on at a time. */
const SOFTMAX_ROWS = 32;
/** Rows that those of softmax-single.ts do. */
const SINGLE_ROWS = 64;
/** Rows that its Gram matrices are made of at a time. */
const GRAM_ROWS = 32;
/** Latents of this size do not fit a second-level cache, and reads of their rows are worth starting early. */
const LARGE_BYTES = 8 * 1024 ** 2;
/** Buckets per value: so many that the value at a place is seldom more than a step from the bucket's first. */
const BUCKETS_PER_VALUE = 8;

/** One instance of core.wasm with its own memory. */
export class Core {
  readonly arena: Arena;
  readonly build: Build;
  readonly #wasm: CoreExports;
  #streamState: Block<'u32'>;

  constructor(wasm: CoreExports) {
    this.#wasm = wasm;
    this.build = wasm.isRelaxed() ? 'relaxed' : 'simd';
    this.arena = new Arena(wasm.memory, wasm.heapBase() >>> 0);
    this.#streamState = this.arena.alloc('u32', STREAM_WORDS);
  }

  /** Frees everything, for the next user of the instance. */
  reset(): void {
    this.arena.reset();
    this.#streamState = this.arena.alloc('u32', STREAM_WORDS);
  }

  /** One Philox 4x32-10 block: four words for a counter of four words and a key of two. */
  philoxBlock(counter: ArrayLike<number>, key: ArrayLike<number>): Uint32Array {
    const mark = this.arena.mark();
    const out = this.arena.alloc('u32', 4);
    const counterBlock = this.arena.upload('u32', counter);
    const keyBlock = this.arena.upload('u32', key);
    this.#wasm.philoxBlock(out.pointer, counterBlock.pointer, keyBlock.pointer, this.#streamState.pointer);
    const words = out.array.slice();
    this.arena.release(mark);
    return words;
  }

  /** Fills out with draws below n. */
  uniformBelow(out: Block<'i32'>, n: number, at: Stream): void {
    const [low, high] = seedWords(at.seed);
    this.#wasm.uniformBelow(out.pointer, out.length, n, low, high, at.stream, at.index, this.#streamState.pointer);
  }

  /** Fills out with 0 .. length - 1, its first `count` places a draw without replacement. */
  shuffledRows(out: Block<'i32'>, count: number, at: Stream): void {
    const [low, high] = seedWords(at.seed);
    this.#wasm.shuffledRows(out.pointer, out.length, count, low, high, at.stream, at.index, this.#streamState.pointer);
  }

  /** out[i] = x[rows[i]] for whole rows of a table with `columns` columns. */
  gatherRows<T extends 'f32' | 'f64' | 'i32'>(
    out: Block<T>,
    x: Block<T>,
    rows: Block<'i32'>,
    count: number,
    columns: number,
  ): void {
    const words = x.type === 'f64' ? 2 * columns : columns;
    this.#wasm.gatherRows(out.pointer, x.pointer, rows.pointer, count, words);
  }

  /** out[i] = x[rows[i]] for one column. */
  gatherColumn(out: Block<'i32'>, x: Block<'i32'>, rows: Block<'i32'>, count: number): void {
    this.#wasm.gatherColumn(out.pointer, x.pointer, rows.pointer, count);
  }

  /** Index of the first element of x that is NaN or infinite, -1 if there is none. */
  firstNonFinite(x: RealBlock): number {
    return x.type === 'f32'
      ? this.#wasm.firstNonFiniteF32(x.pointer, x.length)
      : this.#wasm.firstNonFiniteF64(x.pointer, x.length);
  }

  /** Whether one column of x (rows, columns) holds whole numbers only. */
  isIntegral(x: NumberBlock, rows: number, columns: number, column: number): boolean {
    if (x.type === 'i32') return true;
    const test = x.type === 'f32' ? this.#wasm.allIntegralF32 : this.#wasm.allIntegralF64;
    return test(x.pointer, rows, columns, column) !== 0;
  }

  /** Minimum and maximum of each column of x (rows, columns); rows >= 1. */
  columnExtremes(x: NumberBlock, rows: number, columns: number): { minima: Float64Array; maxima: Float64Array } {
    const run = {
      f32: this.#wasm.columnExtremesF32,
      f64: this.#wasm.columnExtremesF64,
      i32: this.#wasm.columnExtremesI32,
    }[x.type];
    const [minima, maxima] = this.#perColumn(run, x, rows, columns);
    return { minima, maxima };
  }

  /** Mean and variance (divided by rows - 1) of each column of x (rows, columns); rows >= 2. */
  columnVariances(x: RealBlock, rows: number, columns: number): { means: Float64Array; variances: Float64Array } {
    const run = x.type === 'f32' ? this.#wasm.columnVariancesF32 : this.#wasm.columnVariancesF64;
    const [means, variances] = this.#perColumn(run, x, rows, columns);
    return { means, variances };
  }

  #perColumn(
    run: CoreExports['columnExtremesF32'],
    x: NumberBlock,
    rows: number,
    columns: number,
  ): [Float64Array, Float64Array] {
    const mark = this.arena.mark();
    const first = this.arena.alloc('f64', columns);
    const second = this.arena.alloc('f64', columns);
    run(first.pointer, second.pointer, x.pointer, rows, columns);
    const results: [Float64Array, Float64Array] = [first.array.slice(), second.array.slice()];
    this.arena.release(mark);
    return results;
  }

  /** Mean less first element of each column of x (rows, columns), into offsets [columns]; rows >= 1. */
  columnOffsets(offsets: Block<'f64'>, x: RealBlock, rows: number, columns: number): void {
    const run = x.type === 'f32' ? this.#wasm.columnOffsetsF32 : this.#wasm.columnOffsetsF64;
    run(offsets.pointer, x.pointer, rows, columns);
  }

  /**
   * Adds the products of deviations of rows [firstRow, lastRow) of x (rows, columns) to sums [stride][stride], on and above
   * the diagonal; stride is a multiple of 4 of at least columns, offsets are those of columnOffsets.
   */
  addProducts(
    sums: Block<'f64'>,
    x: RealBlock,
    offsets: Block<'f64'>,
    columns: number,
    stride: number,
    firstRow: number,
    lastRow: number,
  ): void {
    const run = x.type === 'f32' ? this.#wasm.addProductsF32 : this.#wasm.addProductsF64;
    const mark = this.arena.mark();
    const scratch = this.arena.alloc('f64', PRODUCT_ROWS * stride);
    run(sums.pointer, scratch.pointer, x.pointer, offsets.pointer, columns, stride, firstRow, lastRow);
    this.arena.release(mark);
  }

  /** ln det of a symmetric matrix (n, n); null where a pivot of its Cholesky decomposition is not above `least`. */
  logDeterminant(a: Float64Array, n: number, least: number): number | null {
    const mark = this.arena.mark();
    const block = this.arena.upload('f64', a);
    const result = this.#wasm.logDeterminant(block.pointer, n, least);
    this.arena.release(mark);
    return Number.isNaN(result) ? null : result;
  }

  /** Adds the divergences from the prior of rows [firstRow, lastRow) of posteriors (rows, columns) to sums [columns]. */
  addDivergences(
    sums: Block<'f64'>,
    mu: Block<'f64'>,
    logvar: Block<'f64'>,
    columns: number,
    firstRow: number,
    lastRow: number,
  ): void {
    this.#wasm.addDivergences(sums.pointer, mu.pointer, logvar.pointer, columns, firstRow, lastRow);
  }

  /** Rows by code into order [rows], and where each code begins into bounds [values + 1]; codes are below values. */
  orderByCode(order: Block<'i32'>, bounds: Block<'i32'>, codes: Block<'i32'>, values: number): void {
    this.#wasm.orderByCode(order.pointer, bounds.pointer, codes.pointer, codes.length, values);
  }

  /**
   * The q-quantile of |x - mean| over rows order[first .. last) of every column of x (rows, columns), into out [columns];
   * last > first.
   */
  deviationQuantiles(
    out: Block<'f64'>,
    x: RealBlock,
    order: Block<'i32'>,
    columns: number,
    first: number,
    last: number,
    q: number,
  ): void {
    const run = x.type === 'f32' ? this.#wasm.deviationQuantilesF32 : this.#wasm.deviationQuantilesF64;
    const count = last - first;
    const atOnce = Math.max(1, Math.min(columns, Math.floor(DEVIATIONS / count)));
    const mark = this.arena.mark();
    const scratch = this.arena.alloc('f64', (atOnce + 1) * count + DEVIATION_SAMPLE);
    for (let column = 0; column < columns; column += atOnce) {
      const end = Math.min(column + atOnce, columns);
      const part = out.pointer + column * ELEMENT_BYTES.f64;
      run(part, scratch.pointer, x.pointer, order.pointer, columns, column, end, first, last, q);
    }
    this.arena.release(mark);
  }

  /** Bins rows [firstRow, lastRow) of x (rows, columns) into out [columns][rows]; minima, maxima: [columns]. */
  binColumns(
    out: Block<'u16'>,
    x: RealBlock,
    minima: Block<'f64'>,
    maxima: Block<'f64'>,
    rows: number,
    columns: number,
    bins: number,
    firstRow: number,
    lastRow: number,
  ): void {
    const run = x.type === 'f32' ? this.#wasm.binColumnsF32 : this.#wasm.binColumnsF64;
    run(out.pointer, x.pointer, minima.pointer, maxima.pointer, rows, columns, bins, firstRow, lastRow);
  }

  /**
   * Bins rows [firstRow, lastRow) of one column of x (rows, columns) into out: how many edges, which never decrease, are at
   * most x * scale + shift, less 1.
   */
  binColumnByEdges(
    out: Block<'u16'>,
    x: RealBlock,
    columns: number,
    column: number,
    edges: Block<'f64'>,
    { scale, shift }: { readonly scale: number; readonly shift: number },
    firstRow: number,
    lastRow: number,
  ): void {
    const run = x.type === 'f32' ? this.#wasm.binColumnByEdgesF32 : this.#wasm.binColumnByEdgesF64;
    run(out.pointer, x.pointer, columns, column, edges.pointer, edges.length, scale, shift, firstRow, lastRow);
  }

  /** Codes of the different whole numbers of one column of x (rows, columns), which lie within `range` of minimum; returns how many. */
  denseCodes(
    out: Block<'i32'>,
    x: NumberBlock,
    rows: number,
    columns: number,
    column: number,
    minimum: number,
    range: number,
  ): number {
    const run = { f32: this.#wasm.denseCodesF32, f64: this.#wasm.denseCodesF64, i32: this.#wasm.denseCodesI32 }[x.type];
    const mark = this.arena.mark();
    const table = this.arena.alloc('i32', range);
    const codes = run(out.pointer, table.pointer, x.pointer, rows, columns, column, minimum, range);
    this.arena.release(mark);
    return codes;
  }

  /**
   * Codes value - minimum of every column of x (rows, columns) with a range, into out [columns][rows]; returns for each of
   * them which codes occur, and null for a column whose range is 0.
   */
  offsetCodes(
    out: Block<'i32'>,
    x: Block<'i32'>,
    rows: number,
    columns: number,
    minima: ArrayLike<number>,
    ranges: readonly number[],
  ): Array<Uint8Array | null> {
    const mark = this.arena.mark();
    const minimaBlock = this.arena.upload('i32', minima);
    const marks = ranges.map((range) => (range > 0 ? this.arena.zeros('u8', range) : null));
    const seen = this.arena.upload(
      'u32',
      marks.map((block) => block?.pointer ?? 0),
    );
    this.#wasm.offsetCodesI32(out.pointer, seen.pointer, x.pointer, minimaBlock.pointer, rows, columns);
    const occurring = marks.map((block) => block?.array.slice() ?? null);
    this.arena.release(mark);
    return occurring;
  }

  /** out = out * size + codes, below 2^31. */
  combineCodes(out: Block<'i32'>, codes: Block<'i32'>, size: number): void {
    this.#wasm.combineCodes(out.pointer, codes.pointer, codes.length, size);
  }

  /** out = out * size + codes, below 2^16. */
  groupCodes(out: Block<'u16'>, codes: Block<'i32'>, size: number): void {
    this.#wasm.groupCodes(out.pointer, codes.pointer, codes.length, size);
  }

  /** Adds joint counts of rows [firstRow, lastRow) to counts [copies][bins][values]; cells = bins * values < 2^16; firstRow is a multiple of 8. */
  countJoint(
    counts: Block<'u32'>,
    bins: Block<'u16'>,
    codes: Block<'u16'>,
    values: number,
    cells: number,
    copies: 1 | 4,
    firstRow: number,
    lastRow: number,
  ): void {
    const mark = this.arena.mark();
    const scratch = this.arena.alloc('u16', COUNT_SCRATCH);
    this.#wasm.countJoint(
      counts.pointer,
      bins.pointer,
      codes.pointer,
      values,
      cells,
      copies,
      firstRow,
      lastRow,
      scratch.pointer,
    );
    this.arena.release(mark);
  }

  /** Adds joint counts of rows [firstRow, lastRow) to counts [bins][values], however many cells there are. */
  countJointWide(
    counts: Block<'u32'>,
    bins: Block<'u16'>,
    codes: Block<'i32'>,
    values: number,
    firstRow: number,
    lastRow: number,
  ): void {
    this.#wasm.countJointWide(counts.pointer, bins.pointer, codes.pointer, values, firstRow, lastRow);
  }

  /** Sums counts [copies][bins][outer][values][inner] into out [bins][values]. */
  marginaliseCounts(
    out: Block<'u32'>,
    counts: Block<'u32'>,
    copies: number,
    bins: number,
    outer: number,
    values: number,
    inner: number,
  ): void {
    this.#wasm.marginaliseCounts(out.pointer, counts.pointer, copies, bins, outer, values, inner);
  }

  /**
   * Groups rows by code; where there are codes `varying`, leaves groups out in which these are all the same. The blocks are
   * taken from the arena and stay.
   */
  groupRowsByCode(codes: Block<'i32'>, values: number, varying?: Block<'i32'>): RowGroups {
    const rows = codes.length;
    const order = this.arena.alloc('i32', rows);
    const bounds = this.arena.alloc('i32', values + 1);
    const mark = this.arena.mark();
    const sizes = this.arena.alloc('i32', values);
    let kept = this.#wasm.groupRowsByCode(order.pointer, bounds.pointer, codes.pointer, sizes.pointer, rows, values);
    if (varying) kept = this.#wasm.keepVaryingGroups(order.pointer, bounds.pointer, varying.pointer, kept);
    this.arena.release(mark);
    const drawable = bounds.array[kept];
    // Without rows to draw there are no buckets.
    const shift = kept === 0 ? 0 : Math.max(0, Math.floor(Math.log2(drawable / (BUCKETS_PER_VALUE * kept))));
    const buckets = this.arena.alloc('i32', drawable === 0 ? 0 : ((drawable - 1) >> shift) + 1);
    this.#wasm.fillBuckets(buckets.pointer, bounds.pointer, drawable, shift);
    return { order, bounds, buckets, shift, drawable };
  }

  /** Entropy of counts, in nats. */
  entropyOfCounts(counts: Block<'u32'>, total: number): number {
    return this.#wasm.entropyOfCounts(counts.pointer, counts.length, total);
  }

  /** How many counts are not 0. */
  countOccupied(counts: Block<'u32'>): number {
    return this.#wasm.countOccupied(counts.pointer, counts.length);
  }

  /** Occupied bins plus occupied values minus occupied cells of joint counts [bins][values], minus 1. */
  countOccupiedMargins(joint: Block<'u32'>, bins: number, values: number): number {
    const mark = this.arena.mark();
    const marks = this.arena.alloc('u32', values);
    const count = this.#wasm.countOccupiedMargins(joint.pointer, marks.pointer, bins, values);
    this.arena.release(mark);
    return count;
  }

  /** Mutual information of joint counts [bins][values], in nats, at least 0. */
  mutualInformationOfCounts(joint: Block<'u32'>, bins: number, values: number, total: number): number {
    const mark = this.arena.mark();
    const sums = this.arena.alloc('u32', values);
    const result = this.#wasm.mutualInformationOfCounts(joint.pointer, sums.pointer, bins, values, total);
    this.arena.release(mark);
    return result;
  }

  /** Batches of rows [count][size] that share a factor's value; fixed [count] is the index into groups. */
  drawBatchRows(
    rows: Block<'i32'>,
    fixed: Block<'i32'>,
    groups: readonly RowGroups[],
    count: number,
    size: number,
    at: Stream,
  ): void {
    this.#drawRows(this.#wasm.drawBatchRows, rows, fixed, groups, count, size, at);
  }

  /** Batches of pairs of rows [count][2][size] that share a factor's value; fixed [count] is the index into groups. */
  drawPairRows(
    rows: Block<'i32'>,
    fixed: Block<'i32'>,
    groups: readonly RowGroups[],
    count: number,
    size: number,
    at: Stream,
  ): void {
    this.#drawRows(this.#wasm.drawPairRows, rows, fixed, groups, count, size, at);
  }

  #drawRows(
    run: CoreExports['drawBatchRows'],
    rows: Block<'i32'>,
    fixed: Block<'i32'>,
    groups: readonly RowGroups[],
    count: number,
    size: number,
    at: Stream,
  ): void {
    const [low, high] = seedWords(at.seed);
    const mark = this.arena.mark();
    const table = this.arena.alloc('u32', groups.length * GROUP_WORDS);
    table.array.set(groups.flatMap((g) => [g.order.pointer, g.bounds.pointer, g.buckets.pointer, g.shift, g.drawable]));
    run(
      rows.pointer,
      fixed.pointer,
      table.pointer,
      groups.length,
      count,
      size,
      low,
      high,
      at.stream,
      at.index,
      this.#streamState.pointer,
    );
    this.arena.release(mark);
  }

  /** Mean absolute differences [count][columns] of pairs of rows [count][2][size] of x (rows, columns). */
  pairDifferences(
    out: Block<'f64'>,
    x: RealBlock,
    rows: Block<'i32'>,
    count: number,
    size: number,
    columns: number,
  ): void {
    const run = x.type === 'f32' ? this.#wasm.pairDifferencesF32 : this.#wasm.pairDifferencesF64;
    run(out.pointer, x.pointer, rows.pointer, count, size, columns, isLarge(x));
  }

  /** Variances [count][columns], divided by size - 1, of batches of rows [count][size] of x (rows, columns). */
  batchVariances(
    out: Block<'f64'>,
    x: RealBlock,
    rows: Block<'i32'>,
    count: number,
    size: number,
    columns: number,
  ): void {
    const run = x.type === 'f32' ? this.#wasm.batchVariancesF32 : this.#wasm.batchVariancesF64;
    run(out.pointer, x.pointer, rows.pointer, count, size, columns, isLarge(x));
  }

  /** For each row of variances [count][columns] the latent that varies least and the weight of its vote; global is 0 for a latent left out. */
  chooseLatents(
    chosen: Block<'i32'>,
    weights: Block<'f64'>,
    variances: Block<'f64'>,
    global: Block<'f64'>,
    count: number,
  ): void {
    this.#wasm.chooseLatents(chosen.pointer, weights.pointer, variances.pointer, global.pointer, count, global.length);
  }

  /** For each row of variances [count][columns] the latent that varies most; global is 0 for a latent left out. */
  chooseLargest(chosen: Block<'i32'>, variances: Block<'f64'>, global: Block<'f64'>, count: number): void {
    this.#wasm.chooseLargest(chosen.pointer, variances.pointer, global.pointer, count, global.length);
  }

  /**
   * As batchVariances and chooseLatents (or, with `largest`, chooseLargest, without weights), for a float32 table and batches of at most 256 rows: float32 wherever that decides.
   * Global variances must be 0 (for a latent left out) or between 1e-20 and 1e20.
   */
  chooseLatentsF32(
    chosen: Block<'i32'>,
    weights: Block<'f64'>,
    x: Block<'f32'>,
    rows: Block<'i32'>,
    global: Block<'f64'>,
    count: number,
    size: number,
    largest = false,
  ): void {
    const columns = global.length;
    const mark = this.arena.mark();
    const variances = global.array.slice();
    const padded = columns + 12;
    const kept = (d: number) => d < columns && variances[d] > 0;
    const inverses = Array.from({ length: padded }, (_, d) => (kept(d) ? 1 / ((size - 1) * variances[d]) : 0));
    const inverse = this.arena.upload('f32', inverses);
    const left = this.arena.upload(
      'f32',
      inverses.map((_, d) => (kept(d) ? 0 : Number.POSITIVE_INFINITY)),
    );
    const scratch = this.arena.alloc('f32', padded + 2 * columns);
    this.#wasm.chooseLatentsF32(
      chosen.pointer,
      weights.pointer,
      x.pointer,
      rows.pointer,
      global.pointer,
      inverse.pointer,
      left.pointer,
      scratch.pointer,
      count,
      size,
      columns,
      largest,
      isLarge(x),
    );
    this.arena.release(mark);
  }

  /** ln x, the same on every host. */
  naturalLogarithm(x: number): number {
    return this.#wasm.naturalLogarithm(x);
  }

  /** Residuals of rows [firstRow, lastRow); residuals, raw: [classes][rows], or [1][rows] with two classes. */
  boostingResiduals(
    residuals: Block<'f64'>,
    raw: Block<'f64'>,
    labels: Block<'i32'>,
    rows: number,
    classes: number,
    firstRow: number,
    lastRow: number,
  ): void {
    this.#wasm.boostingResiduals(residuals.pointer, raw.pointer, labels.pointer, rows, classes, firstRow, lastRow);
  }

  /** Grows a tree on residuals [rows]; adds it to raw [rows] and its gains to importances [columns]. scale: of a class's leaves, 0 for squares. */
  growTree(
    tree: Tree,
    raw: Block<'f64'>,
    importances: Block<'f64'>,
    residuals: Block<'f64'>,
    { rows, columns, x, sorted, codes, starts, bins, scratch }: TreeRows,
    scale: number,
    rate: number,
  ): void {
    this.#wasm.growTree(
      tree.columnOf.pointer,
      tree.thresholds.pointer,
      tree.values.pointer,
      raw.pointer,
      importances.pointer,
      residuals.pointer,
      x.pointer,
      sorted.pointer,
      codes.pointer,
      starts.pointer,
      bins.pointer,
      scratch.pairs.pointer,
      scratch.lists.pointer,
      scratch.nodeOf.pointer,
      scratch.histograms.pointer,
      scratch.peaks.pointer,
      scratch.places.pointer,
      scratch.nodes.pointer,
      rows,
      columns,
      tree.depth,
      scale,
      rate,
    );
  }

  /** Adds rate times a tree's value at each row of x (columns, rows) to raw [rows]. */
  addTree(raw: Block<'f64'>, x: Block<'f64'>, tree: Tree, rate: number): void {
    const { columnOf, thresholds, values, depth } = tree;
    this.#wasm.addTree(
      raw.pointer,
      x.pointer,
      columnOf.pointer,
      thresholds.pointer,
      values.pointer,
      raw.length,
      depth,
      rate,
    );
  }

  /**
   * Grows a tree on rows drawn with replacement, or on all rows, and adds its gains to importances [columns]. Between pieces of
   * about `work` rows of columns it comes to the next step of the generator.
   */
  *growForestTree(
    { columnOf, thresholds, links, shareClasses, shares }: ForestTree,
    importances: Block<'f64'>,
    { rows, columns, x, ranks, target, classes }: ForestRows,
    columnsPerSplit: number,
    depth: number,
    isBootstrap: boolean,
    work: number,
    at: Stream,
  ): Generator<void, void> {
    const [low, high] = seedWords(at.seed);
    const mark = this.arena.mark();
    try {
      const state = this.arena.alloc('u32', STREAM_WORDS);
      const weights = this.arena.alloc('u32', rows);
      const order = this.arena.alloc('i32', rows);
      const stack = this.arena.alloc('i32', 4 * (rows + 1));
      const progress = this.arena.alloc('i32', 2);
      const sums = this.arena.zeros('f64', 2 * classes);
      const drawn = this.arena.upload(
        'i32',
        Array.from({ length: columns }, (_, column) => column),
      );
      const chosen = this.arena.alloc('i32', columns);
      const keys = this.arena.alloc('u32', 2 * rows);
      const otherKeys = this.arena.alloc('u32', 2 * rows);
      const counts = this.arena.alloc('u32', FOREST_COUNTS);
      this.#wasm.startForestTree(
        weights.pointer,
        order.pointer,
        stack.pointer,
        progress.pointer,
        rows,
        isBootstrap,
        low,
        high,
        at.stream,
        at.index,
        state.pointer,
      );
      const grow = () =>
        this.#wasm.growForestTree(
          columnOf.pointer,
          thresholds.pointer,
          links.pointer,
          shareClasses.pointer,
          shares.pointer,
          importances.pointer,
          x.pointer,
          ranks.pointer,
          target.pointer,
          target.pointer,
          weights.pointer,
          order.pointer,
          sums.pointer,
          drawn.pointer,
          chosen.pointer,
          keys.pointer,
          otherKeys.pointer,
          counts.pointer,
          stack.pointer,
          progress.pointer,
          rows,
          columns,
          classes,
          columnsPerSplit,
          depth,
          work,
          state.pointer,
        );
      while (!grow()) yield;
    } finally {
      this.arena.release(mark);
    }
  }

  /** Adds a tree's shares at each row of x (columns, rows) to votes [rows][classes]; one class for values. */
  addForestTree(votes: Block<'f64'>, x: Block<'f64'>, tree: ForestTree, rows: number, classes: number): void {
    const { columnOf, thresholds, links, shareClasses, shares } = tree;
    this.#wasm.addForestTree(
      votes.pointer,
      x.pointer,
      columnOf.pointer,
      thresholds.pointer,
      links.pointer,
      shareClasses.pointer,
      shares.pointer,
      rows,
      classes,
    );
  }

  /** sums += gram + weight shift shift', all [stride][stride], on and above the diagonal; shift: [stride]. */
  addGram(sums: Block<'f64'>, gram: Block<'f64'>, shift: Block<'f64'>, weight: number, columns: number): void {
    this.#wasm.addGram(sums.pointer, gram.pointer, shift.pointer, weight, columns, shift.length);
  }

  /** Copies what is above the diagonal of gram [stride][stride] below it. */
  mirrorGram(gram: Block<'f64'>, columns: number, stride: number): void {
    this.#wasm.mirrorGram(gram.pointer, columns, stride);
  }

  /** w' G w; gram: [stride][stride], on both sides of the diagonal, w: [stride], 0 beyond columns. */
  gramSquare(gram: Block<'f64'>, w: Block<'f64'>, columns: number): number {
    return this.#wasm.gramSquare(gram.pointer, w.pointer, columns, w.length);
  }

  /**
   * Improves the weights w [stride] of a lasso until its duality gap is at most `least`, for about `sweeps` sweeps at most;
   * returns the gap. w is 0 beyond columns and where a column has no variance.
   */
  descendLasso(w: Block<'f64'>, of: LassoSums, lambda: number, least: number, sweeps: number): number {
    const { columns, stride, gram, products, squares } = of;
    const mark = this.arena.mark();
    const q = this.arena.alloc('f64', stride);
    const list = this.arena.alloc('i32', columns);
    const gap = this.#wasm.descendLasso(
      w.pointer,
      q.pointer,
      list.pointer,
      gram.pointer,
      products.pointer,
      squares,
      columns,
      stride,
      lambda,
      least,
      sweeps,
    );
    this.arena.release(mark);
    return gap;
  }

  /** Moves w to the best weights of the same signs, or until one is 0; returns whether that could be done. */
  solveLassoWeights(
    w: Block<'f64'>,
    { columns, stride, gram, products }: Omit<LassoSums, 'squares'>,
    lambda: number,
  ): boolean {
    const mark = this.arena.mark();
    const list = this.arena.alloc('i32', columns);
    const factor = this.arena.alloc('f64', columns * columns);
    const right = this.arena.alloc('f64', columns);
    const hasMoved = this.#wasm.solveLassoWeights(
      w.pointer,
      list.pointer,
      factor.pointer,
      right.pointer,
      gram.pointer,
      products.pointer,
      columns,
      stride,
      lambda,
    );
    this.arena.release(mark);
    return hasMoved !== 0;
  }

  /** Loss of rows [firstRow, lastRow); adds to gradient [classes - fixedClasses][stride], writes probabilities [rows][classes]. */
  softmaxLoss(
    gradient: Block<'f64'>,
    probabilities: Block<'f64'>,
    { x, stride, labels, classes, classWeights }: LabelledRows,
    weights: Block<'f64'>,
    fixedClasses: number,
    firstRow: number,
    lastRow: number,
  ): number {
    return this.#wasm.softmaxLoss(
      gradient.pointer,
      probabilities.pointer,
      x.pointer,
      labels.pointer,
      classWeights?.pointer ?? 0,
      weights.pointer,
      classes,
      fixedClasses,
      stride,
      firstRow,
      lastRow,
    );
  }

  /** Adds the weighted Gram matrices of all pairs of classes to grams [pairs][stride][stride]; scratch: [128][stride]. */
  softmaxHessian(
    grams: Block<'f64'>,
    { x, stride, labels, classes, classWeights }: LabelledRows,
    probabilities: Block<'f64'>,
    scratch: Block<'f64'>,
    firstRow: number,
    lastRow: number,
  ): void {
    this.#wasm.softmaxHessian(
      grams.pointer,
      x.pointer,
      labels.pointer,
      classWeights?.pointer ?? 0,
      probabilities.pointer,
      scratch.pointer,
      classes,
      stride,
      firstRow,
      lastRow,
    );
  }

  /**
   * {@link softmaxLoss} for many classes: gradient and weights [stride][width], probabilities [rows][width], width the
   * multiple of 4 from classes. Lowers tally[0] to the least by which the score of a row's class is the largest, adds the loss
   * without class weights to tally[1].
   */
  softmaxWideLoss(
    gradient: Block<'f64'>,
    probabilities: Block<'f64'>,
    tally: Block<'f64'>,
    { x, stride, labels, classes, classWeights }: LabelledRows,
    weights: Block<'f64'>,
    firstRow: number,
    lastRow: number,
  ): number {
    const mark = this.arena.mark();
    const scratch = this.arena.alloc('f64', (SOFTMAX_ROWS * weights.length) / stride);
    const loss = this.#wasm.softmaxWideLoss(
      gradient.pointer,
      probabilities.pointer,
      tally.pointer,
      x.pointer,
      labels.pointer,
      classWeights?.pointer ?? 0,
      weights.pointer,
      scratch.pointer,
      classes,
      stride,
      firstRow,
      lastRow,
    );
    this.arena.release(mark);
    return loss;
  }

  /** Adds the Hessian of rows [firstRow, lastRow) times vector [stride][width] to out; probabilities as of softmaxSingleLoss. */
  softmaxWideProduct(
    out: Block<'f64'>,
    vector: Block<'f64'>,
    probabilities: Block<'f32'>,
    { x, stride, labels, classes, classWeights }: LabelledRows,
    firstRow: number,
    lastRow: number,
  ): void {
    const mark = this.arena.mark();
    const scratch = this.arena.alloc('f64', (SOFTMAX_ROWS * vector.length) / stride);
    this.#wasm.softmaxWideProduct(
      out.pointer,
      vector.pointer,
      probabilities.pointer,
      x.pointer,
      labels.pointer,
      classWeights?.pointer ?? 0,
      scratch.pointer,
      classes,
      stride,
      firstRow,
      lastRow,
    );
    this.arena.release(mark);
  }

  /**
   * {@link softmaxWideLoss} in single precision: gradient f64 and weights f32 [stride][width], x and probabilities f32, width
   * the multiple of 8 from classes.
   */
  softmaxSingleLoss(
    gradient: Block<'f64'>,
    probabilities: Block<'f32'>,
    { x, stride, labels, classes, classWeights }: SingleRows,
    weights: Block<'f32'>,
    firstRow: number,
    lastRow: number,
  ): number {
    const mark = this.arena.mark();
    const scratch = this.arena.alloc('f32', (SINGLE_ROWS * weights.length) / stride);
    const loss = this.#wasm.softmaxSingleLoss(
      gradient.pointer,
      probabilities.pointer,
      x.pointer,
      labels.pointer,
      classWeights?.pointer ?? 0,
      weights.pointer,
      scratch.pointer,
      classes,
      stride,
      firstRow,
      lastRow,
    );
    this.arena.release(mark);
    return loss;
  }

  /** Adds the Hessian of rows [firstRow, lastRow) times vector f32 [stride][width] to out f64 [stride][width]. */
  softmaxSingleProduct(
    out: Block<'f64'>,
    vector: Block<'f32'>,
    probabilities: Block<'f32'>,
    { x, stride, labels, classes, classWeights }: SingleRows,
    firstRow: number,
    lastRow: number,
  ): void {
    const mark = this.arena.mark();
    const scratch = this.arena.alloc('f32', (SINGLE_ROWS * vector.length) / stride);
    this.#wasm.softmaxSingleProduct(
      out.pointer,
      vector.pointer,
      probabilities.pointer,
      x.pointer,
      labels.pointer,
      classWeights?.pointer ?? 0,
      scratch.pointer,
      classes,
      stride,
      firstRow,
      lastRow,
    );
    this.arena.release(mark);
  }

  /**
   * Adds the Gram matrices of all pairs of classes to grams [pairs][size], size being what the upper part of a matrix of the
   * first `unknowns` columns takes, in multiples of 8; of each 32 rows only classes one of them finds as likely as `least`.
   */
  softmaxSingleGrams(
    grams: Block<'f64'>,
    probabilities: Block<'f32'>,
    { x, stride, labels, classes, classWeights }: SingleRows,
    unknowns: number,
    least: number,
    firstRow: number,
    lastRow: number,
  ): void {
    const mark = this.arena.mark();
    const size = Math.ceil((unknowns * (unknowns + 1)) / 16) * 8;
    const line = Math.ceil(classes / 8) * 8 + 4;
    // Of products, likely classes, and their pairs, of 32 rows; the list of those classes; and what nobody asks for.
    const scratch = this.arena.alloc('f32', GRAM_ROWS * (size + 2 * line) + line + 2 * size);
    this.#wasm.softmaxSingleGrams(
      grams.pointer,
      probabilities.pointer,
      x.pointer,
      labels.pointer,
      classWeights?.pointer ?? 0,
      scratch.pointer,
      least,
      classes,
      unknowns,
      stride,
      size,
      firstRow,
      lastRow,
    );
    this.arena.release(mark);
  }

  /** Rounds rows of from [rows][fromWidth], a multiple of 4, to out [rows][width], with zeros beyond. */
  narrowRows(out: Block<'f32'>, from: Block<'f64'>, fromWidth: number, width: number, rows: number): void {
    this.#wasm.narrowRows(out.pointer, from.pointer, fromWidth, width, rows);
  }

  /**
   * Adds the Gram matrices of all pairs of classes to grams [pairs][size], size being what the upper part of a matrix of the
   * first `unknowns` columns takes, in multiples of 4; of each row only classes at least as likely as `least`.
   */
  softmaxWideGrams(
    grams: Block<'f64'>,
    probabilities: Block<'f64'>,
    rows: LabelledRows,
    unknowns: number,
    least: number,
    firstRow: number,
    lastRow: number,
  ): void {
    this.#addCurvature(this.#wasm.softmaxWideGrams, grams, probabilities, rows, unknowns, least, firstRow, lastRow);
  }

  /** Adds the Hessian's blocks on the diagonal to blocks [classes][size]; see {@link softmaxWideGrams}. */
  softmaxWideBlocks(
    blocks: Block<'f64'>,
    probabilities: Block<'f64'>,
    rows: LabelledRows,
    unknowns: number,
    least: number,
    firstRow: number,
    lastRow: number,
  ): void {
    this.#addCurvature(this.#wasm.softmaxWideBlocks, blocks, probabilities, rows, unknowns, least, firstRow, lastRow);
  }

  #addCurvature(
    add: CoreExports['softmaxWideGrams'],
    out: Block<'f64'>,
    probabilities: Block<'f64'>,
    { x, stride, labels, classes, classWeights }: LabelledRows,
    unknowns: number,
    least: number,
    firstRow: number,
    lastRow: number,
  ): void {
    const mark = this.arena.mark();
    // Of the products of a row, and the list of its likely classes.
    const scratch = this.arena.alloc('f64', Math.ceil((unknowns * (unknowns + 1)) / 8) * 4 + classes);
    add(
      out.pointer,
      probabilities.pointer,
      x.pointer,
      labels.pointer,
      classWeights?.pointer ?? 0,
      scratch.pointer,
      least,
      classes,
      unknowns,
      stride,
      firstRow,
      lastRow,
    );
    this.arena.release(mark);
  }

  /** Overwrites the values with their exponentials. */
  exponentials(values: Block<'f64'>): void {
    this.#wasm.exponentials(values.pointer, values.length);
  }

  /** Overwrites the lower part of a [n][stride] with its Cholesky factor; false where a is not positive definite. */
  decomposeCholesky(a: Block<'f64'>, n: number, stride: number): boolean {
    return this.#wasm.decomposeCholesky(a.pointer, n, stride) !== 0;
  }

  /** Overwrites b [n] with the solution by a Cholesky factor. */
  solveCholesky(l: Block<'f64'>, b: Block<'f64'>, n: number, stride: number): void {
    this.#wasm.solveCholesky(l.pointer, b.pointer, n, stride);
  }

  /** Sums of (x - mean) (y - yMean) for each column of x, f64[columns]. */
  columnProducts(
    x: RealBlock,
    means: Float64Array,
    y: Block<'f64'>,
    yMean: number,
    rows: number,
    columns: number,
  ): Float64Array {
    const mark = this.arena.mark();
    const out = this.arena.alloc('f64', columns);
    const centre = this.arena.upload('f64', means);
    const products = x.type === 'f32' ? this.#wasm.columnProductsF32 : this.#wasm.columnProductsF64;
    products(out.pointer, x.pointer, centre.pointer, y.pointer, yMean, rows, columns);
    const result = out.array.slice();
    this.arena.release(mark);
    return result;
  }

  /** Fills out with psi(n) for n = 1, 2 ..; out[0] is 0. */
  digammas(out: Block<'f64'>): void {
    this.#wasm.digammas(out.pointer, out.length);
  }

  /** Fills values and places with the rows of x [rows], in increasing order, whose code is at least 0; bounds says where. */
  placeClasses(
    { values, places, bounds }: PlacedClasses,
    x: Block<'f64'>,
    order: Block<'i32'>,
    codes: Block<'i32'>,
  ): void {
    const mark = this.arena.mark();
    const cursors = this.arena.copy(bounds);
    this.#wasm.placeClasses(
      values.pointer,
      places.pointer,
      x.pointer,
      order.pointer,
      codes.pointer,
      cursors.pointer,
      x.length,
    );
    this.arena.release(mark);
  }

  /** The sum of psi(k_i) - psi(m_i) over the rows of classes [firstClass, lastClass), each of at least two rows. */
  classTerms(
    { values, places, bounds }: PlacedClasses,
    psi: Block<'f64'>,
    neighbours: number,
    firstClass: number,
    lastClass: number,
  ): number {
    return this.#wasm.classTerms(
      values.pointer,
      places.pointer,
      bounds.pointer,
      psi.pointer,
      values.length,
      neighbours,
      firstClass,
      lastClass,
    );
  }

  /** Fills the strips with points whose y is in increasing order; places [rows] says where each is in the order of x. */
  fillStrips({ stripX, stripY, x, y, width }: Strips, places: Block<'i32'>): void {
    const mark = this.arena.mark();
    const cursors = this.arena.alloc('i32', Math.ceil(x.length / width));
    this.#wasm.fillStrips(
      stripX.pointer,
      stripY.pointer,
      x.pointer,
      y.pointer,
      places.pointer,
      cursors.pointer,
      x.length,
      width,
    );
    this.arena.release(mark);
  }

  /** The sum of psi(k_i) - psi(x_i) - psi(y_i) over the points of strips [firstStrip, lastStrip); neighbours < rows. */
  planeTerms(
    { stripX, stripY, x, y, perScaleX, perScaleY, width }: Strips,
    psi: Block<'f64'>,
    neighbours: number,
    firstStrip: number,
    lastStrip: number,
  ): number {
    const mark = this.arena.mark();
    const nearest = this.arena.alloc('f64', neighbours);
    const sum = this.#wasm.planeTerms(
      stripX.pointer,
      stripY.pointer,
      x.pointer,
      y.pointer,
      psi.pointer,
      nearest.pointer,
      perScaleX,
      perScaleY,
      x.length,
      width,
      neighbours,
      firstStrip,
      lastStrip,
    );
    this.arena.release(mark);
    return sum;
  }

  /**
   * out [rows][stride] = (x - first - mean) * perScale, of each column of x (rows, columns); then a 1 and zeros where stride is
   * larger than columns.
   */
  standardiseRows(
    out: Block<'f64'>,
    x: RealBlock,
    { first, mean, perScale }: Record<'first' | 'mean' | 'perScale', Float64Array>,
    stride: number,
    rows: number,
  ): void {
    const run = x.type === 'f32' ? this.#wasm.standardiseRowsF32 : this.#wasm.standardiseRowsF64;
    const mark = this.arena.mark();
    const [a, b, c] = [first, mean, perScale].map((numbers) => this.arena.upload('f64', numbers));
    run(out.pointer, x.pointer, a.pointer, b.pointer, c.pointer, first.length, stride, rows);
    this.arena.release(mark);
  }

  /**
   * Sum over rows of twice the number of own scores, in increasing order, above the row's, and once those equal to it; scores
   * of rows are `stride` elements apart.
   */
  countPairsAbove(own: Block<'f64'>, scores: Block<'f64'>, stride: number, rows: number): number {
    return this.#wasm.countPairsAbove(own.pointer, own.length, scores.pointer, stride, rows);
  }

  /** Sorts keys in increasing order, stably, and moves order along with them. */
  sortRows(keys: Block<'f64'>, order: Block<'i32'>): void {
    const mark = this.arena.mark();
    const otherKeys = this.arena.alloc('f64', keys.length);
    const otherOrder = this.arena.alloc('i32', keys.length);
    const counts = this.arena.alloc('u32', SORT_COUNTS);
    this.#wasm.sortRows(
      keys.pointer,
      order.pointer,
      otherKeys.pointer,
      otherOrder.pointer,
      counts.pointer,
      keys.length,
    );
    this.arena.release(mark);
  }

  /**
   * Groups the sorted x by class, with running sums: values [2 n], sums [2 n + classes + 1][2], where bounds
   * [classes + 2] says; see assembly/svm.ts.
   */
  classSums(
    values: Block<'f64'>,
    sums: Block<'f64'>,
    bounds: Block<'i32'>,
    { x, order, codes }: SortedColumn,
    offset: number,
    perScale: number,
    classes: number,
  ): void {
    const mark = this.arena.mark();
    const cursors = this.arena.alloc('i32', classes + 1);
    this.#wasm.classSums(
      values.pointer,
      sums.pointer,
      cursors.pointer,
      bounds.pointer,
      x.pointer,
      order.pointer,
      codes.pointer,
      offset,
      perScale,
      classes,
      x.length,
    );
    this.arena.release(mark);
  }

  /** How many rows have the class whose line slope * (x - offset) * perScale + intercept is the largest. */
  countLargestLine(
    { x, order, codes }: SortedColumn,
    slopes: Float64Array,
    intercepts: Float64Array,
    offset: number,
    perScale: number,
  ): number {
    const mark = this.arena.mark();
    const a = this.arena.upload('f64', slopes);
    const b = this.arena.upload('f64', intercepts);
    const scratch = this.arena.alloc('f64', slopes.length);
    const hits = this.#wasm.countLargestLine(
      x.pointer,
      order.pointer,
      codes.pointer,
      a.pointer,
      b.pointer,
      scratch.pointer,
      offset,
      perScale,
      slopes.length,
      x.length,
    );
    this.arena.release(mark);
    return hits;
  }
}

function isLarge(x: RealBlock): boolean {
  return x.length * ELEMENT_BYTES[x.type] > LARGE_BYTES;
}

function seedWords(seed: number): [number, number] {
  return [seed >>> 0, Math.floor(seed / 2 ** 32)];
}

/** Instances that wait for their next user. Each computation has one to itself, so that computations can overlap. */
const idle: Core[] = [];
/** An instance whose memory has grown beyond this is dropped instead: memory never shrinks. */
const KEEP_BELOW_BYTES = 256 * 1024 ** 2;

/** Runs `work` with an instance of its own. */
export async function withCore<R>(work: (core: Core) => R | Promise<R>): Promise<R> {
  const compiled = await compile();
  const core = idle.pop() ?? new Core(await instantiate(compiled));
  try {
    return await work(core);
  } finally {
    core.reset();
    if (core.arena.capacityBytes <= KEEP_BELOW_BYTES) idle.push(core);
  }
}
