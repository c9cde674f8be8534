/** Kernels of assembly/subspace.ts: products of wide tables with a few directions. */
import type { Arena, Block } from '../arena.js';

/** What assembly/subspace.ts exports. */
export interface SubspaceExports {
  addRowsU8(sums: number, x: number, rows: number, columns: number): void;
  addRowsF32(sums: number, x: number, first: number, rows: number, columns: number): void;
  centreRowsU8: CentreRows;
  centreRowsF32: CentreRows;
  projectRows(p: number, b: number, q: number, rows: number, stride: number, width: number): void;
  addProjected(z: number, b: number, p: number, rows: number, stride: number, width: number): void;
}

type CentreRows = (
  b: number,
  x: number,
  means: number,
  rows: number,
  columns: number,
  stride: number,
  scale: number,
) => void;

/** A wide table: bytes of images, or floats. */
export type WideBlock = Block<'u8'> | Block<'f32'>;

/** A wide table (rows, columns) as it is centred: scale (x - means [columns]). */
export interface CentredTable {
  readonly x: WideBlock;
  readonly rows: number;
  readonly columns: number;
  readonly means: Block<'f64'>;
  readonly scale: number;
}

/** Rows that are centred at a time: of 4,096 columns they stay in the second-level cache. */
const ROWS_AT_A_TIME = 32;

/** Directions as kernels take them: a multiple of 8. */
export function directionsOf(count: number): number {
  return Math.ceil(count / 8) * 8;
}

/**
 * Lines of directions of so many columns: never a power of 2, so that centred rows do not push each
 * other out of the cache.
 */
export function directionLines(columns: number): number {
  return Math.ceil(columns / 8) * 8 + 8;
}

/** Products with directions. */
export function bindSubspace(wasm: SubspaceExports, arena: Arena) {
  /** Calls `use` with some centred rows at a time, and with how many lines of 4 they are. */
  function eachBlock(
    { x, rows, columns, means, scale }: CentredTable,
    from: number,
    to: number,
    use: (b: Block<'f32'>, from: number, count: number, lines: number) => void,
  ): void {
    const stride = directionLines(columns);
    const isBytes = x.type === 'u8';
    const centre = isBytes ? wasm.centreRowsU8 : wasm.centreRowsF32;
    const rowBytes = columns * (isBytes ? 1 : 4);
    arena.borrow(() => {
      const centres = isBytes
        ? arena.upload(
            'f32',
            means.array.map((mean) => mean * scale),
          )
        : means;
      const b = arena.zeros('f32', ROWS_AT_A_TIME * stride);
      for (let row = from; row < Math.min(to, rows); row += ROWS_AT_A_TIME) {
        const count = Math.min(ROWS_AT_A_TIME, to - row, rows - row);
        const lines = Math.ceil(count / 4) * 4;
        centre(b.pointer, x.pointer + row * rowBytes, centres.pointer, count, columns, stride, scale);
        if (lines > count) b.array.fill(0, count * stride, lines * stride);
        use(b, row, count, lines);
      }
    });
  }

  return {
    /** Means of the columns of x (rows, columns), into means [columns]; rows from 1 to 2^24. */
    columnMeans(means: Block<'f64'>, x: WideBlock, rows: number, columns: number): void {
      arena.borrow(() => {
        const isBytes = x.type === 'u8';
        const sums = isBytes ? arena.zeros('u32', columns) : arena.zeros('f64', columns);
        if (isBytes) wasm.addRowsU8(sums.pointer, x.pointer, rows, columns);
        else wasm.addRowsF32(sums.pointer, x.pointer, x.pointer, rows, columns);
        const [out, totals, first] = [means.array, sums.array, x.array];
        for (let column = 0; column < columns; column++) {
          out[column] = (isBytes ? 0 : first[column]) + totals[column] / rows;
        }
      });
    },

    /**
     * p (to - from, width) = rows [from, to) of a centred table times q [directionLines][width],
     * whose lines beyond the columns are 0; width is a multiple of 8.
     */
    project(p: Block<'f32'>, table: CentredTable, q: Block<'f32'>, width: number, from: number, to: number): void {
      const stride = directionLines(table.columns);
      arena.borrow(() => {
        const part = arena.alloc('f32', ROWS_AT_A_TIME * width);
        eachBlock(table, from, to, (b, row, count, lines) => {
          wasm.projectRows(part.pointer, b.pointer, q.pointer, lines, stride, width);
          p.array.set(part.array.subarray(0, count * width), (row - from) * width);
        });
      });
    },

    /**
     * z [directionLines][width] += the transpose of rows [from, to) of a centred table times
     * their product with q.
     */
    addSquare(z: Block<'f32'>, table: CentredTable, q: Block<'f32'>, width: number, from: number, to: number): void {
      const stride = directionLines(table.columns);
      arena.borrow(() => {
        const part = arena.alloc('f32', ROWS_AT_A_TIME * width);
        eachBlock(table, from, to, (b, _, __, lines) => {
          wasm.projectRows(part.pointer, b.pointer, q.pointer, lines, stride, width);
          wasm.addProjected(z.pointer, b.pointer, part.pointer, lines, stride, width);
        });
      });
    },
  };
}
