import { loadTable } from '../../src/stats/load-table.js';
import { type Bench, expectEqual } from '../contest.js';
import { binColumns } from '../plain/information.js';

const BINS = 20;
const ROWS_PER_CALL = 16384;

/** Extremes and bins of all latents. */
export const bench: Bench = {
  name: 'binning',
  prepare({ core, rows, latents, factors }) {
    const { latents: x, latentCount } = loadTable(core, latents, factors, undefined);
    const out = core.arena.alloc('u16', rows * latentCount);
    const ours = () => {
      const { minima, maxima } = core.moments.columnExtremes(x, rows, latentCount);
      const mark = core.arena.mark();
      const low = core.arena.upload('f64', minima);
      const high = core.arena.upload('f64', maxima);
      for (let row = 0; row < rows; row += ROWS_PER_CALL) {
        core.histogram.binColumns(out, x, low, high, rows, latentCount, BINS, row, Math.min(row + ROWS_PER_CALL, rows));
      }
      core.arena.release(mark);
      return out.array[0];
    };
    const plain = () => binColumns(latents.data as Float32Array, rows, latentCount, BINS);
    return [
      {
        name: 'bins of the latents',
        amount: rows * latentCount,
        unit: 'value',
        ours,
        plain: () => plain()[0],
        check() {
          ours();
          expectEqual('bins', out.array, plain());
        },
      },
    ];
  },
};
