/** Kernels of assembly/deviations.ts: deviations from the means of groups of rows. */
import { type Arena, type Block, ELEMENT_BYTES, type RealBlock } from '../arena.js';

/** What assembly/deviations.ts exports. */
export interface DeviationsExports {
  orderByCode(order: number, bounds: number, codes: number, rows: number, values: number): void;
  deviationQuantilesF32: DeviationQuantiles;
  deviationQuantilesF64: DeviationQuantiles;
}

type DeviationQuantiles = (
  out: number,
  scratch: number,
  x: number,
  order: number,
  columns: number,
  firstColumn: number,
  lastColumn: number,
  first: number,
  last: number,
  q: number,
) => void;

/** Deviations that deviationQuantiles has at a time: 4 MB. */
const DEVIATIONS = 1 << 19;
/** Places of its sample. */
const DEVIATION_SAMPLE = 128;

/** Quantiles of deviations. */
export function bindDeviations(wasm: DeviationsExports, arena: Arena) {
  return {
    /**
     * Rows by code into order [rows], and where each code begins into bounds [values + 1]; codes
     * are below values.
     */
    orderByCode(order: Block<'i32'>, bounds: Block<'i32'>, codes: Block<'i32'>, values: number): void {
      wasm.orderByCode(order.pointer, bounds.pointer, codes.pointer, codes.length, values);
    },

    /**
     * The q-quantile of |x - mean| over rows order[first .. last) of every column of x (rows,
     * columns), into out [columns]; last > first.
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
      const run = x.type === 'f32' ? wasm.deviationQuantilesF32 : wasm.deviationQuantilesF64;
      const count = last - first;
      const atOnce = Math.max(1, Math.min(columns, Math.floor(DEVIATIONS / count)));
      arena.borrow(() => {
        const scratch = arena.alloc('f64', (atOnce + 1) * count + DEVIATION_SAMPLE);
        for (let column = 0; column < columns; column += atOnce) {
          const end = Math.min(column + atOnce, columns);
          const part = out.pointer + column * ELEMENT_BYTES.f64;
          run(part, scratch.pointer, x.pointer, order.pointer, columns, column, end, first, last, q);
        }
      });
    },
  };
}
