import { loadTable } from '../../src/stats/load-table.js';
import { type Bench, expectEqual } from '../contest.js';
import { groupRows } from '../plain/drawing.js';
import { encodeColumns } from '../plain/information.js';

/** Codes of discrete factors, and rows grouped by them. */
export const bench: Bench = {
  name: 'factors',
  prepare({ core, rows, latents, factors }) {
    const table = loadTable(core, latents, factors, undefined);
    const values = factors.data as Int32Array;
    const columns = factors.columns;
    const x = core.arena.upload('i32', values);
    const codes = Array.from({ length: columns }, () => core.arena.alloc('i32', rows));
    const encode = () => {
      const { minima, maxima } = core.moments.columnExtremes(x, rows, columns);
      return codes.map((out, k) =>
        core.histogram.denseCodes(out, x, rows, columns, k, minima[k], maxima[k] - minima[k] + 1),
      );
    };
    const sizes = encode();
    const group = (k: number) => {
      const mark = core.arena.mark();
      const groups = core.drawing.groupRowsByCode(codes[k], sizes[k]);
      core.arena.release(mark);
      return groups;
    };
    const every = Array.from({ length: columns }, (_, k) => k);
    const plainCodes = encodeColumns(values, rows, columns).codes;
    const groupPlain = (k: number) => groupRows(plainCodes.subarray(k * rows, (k + 1) * rows), sizes[k]);
    return [
      {
        name: 'codes of the factors',
        amount: rows * columns,
        unit: 'value',
        ours: () => encode()[0] + codes[0].array[0],
        plain: () => encodeColumns(values, rows, columns).codes[0],
        check() {
          expectEqual('values per factor', encode(), encodeColumns(values, rows, columns).sizes);
          for (const k of every) {
            expectEqual('codes', codes[k].array, plainCodes.subarray(k * rows, (k + 1) * rows));
            expectEqual('codes of the table', codes[k].array, table.factors[k].codes?.array ?? []);
          }
        },
      },
      {
        name: 'rows grouped by factor',
        amount: rows * columns,
        unit: 'value',
        ours: () => every.reduce((sum, k) => sum + group(k).order.array[0], 0),
        plain: () => every.reduce((sum, k) => sum + groupPlain(k).order[0], 0),
        check() {
          for (const k of every) expectEqual('order', group(k).order.array, groupPlain(k).order);
        },
      },
    ];
  },
};
