import { STREAMS } from '../../src/random.js';
import { loadTable } from '../../src/stats/load-table.js';
import { groupRows as groupTableRows } from '../../src/stats/row-groups.js';
import { type Bench, expectClose, expectEqual } from '../contest.js';
import { batchVariances } from '../plain/batches.js';
import { drawBatches, groupRows } from '../plain/drawing.js';
import { encodeColumns } from '../plain/information.js';

const SIZE = 64;
const COUNT = 2048;
const PER_CALL = 256;
const SEED = 1;

/** Batches that share a factor's value, and the variance of each latent in them. */
export const bench: Bench = {
  name: 'votes',
  async prepare({ core, rows, latents, factors }) {
    const table = loadTable(core, latents, factors, undefined);
    const groups = (await groupTableRows(table, { bins: 20, drawConstants: false })).map((factor) => factor.groups);
    const { latentCount, latents: x } = table;
    const drawn = core.arena.alloc('i32', COUNT * SIZE);
    const fixed = core.arena.alloc('i32', COUNT);
    const variances = core.arena.alloc('f64', COUNT * latentCount);
    const draw = () => {
      for (let i = 0; i < COUNT; i += PER_CALL) {
        const [to, factor] = [drawn.slice(i * SIZE, PER_CALL * SIZE), fixed.slice(i, PER_CALL)];
        core.drawing.drawBatchRows(to, factor, groups, PER_CALL, SIZE, { seed: SEED, stream: STREAMS.votes, index: i });
      }
      return drawn.array[0];
    };
    const vary = () => {
      for (let i = 0; i < COUNT; i += PER_CALL) {
        const to = variances.slice(i * latentCount, PER_CALL * latentCount);
        core.votes.batchVariances(to, x, drawn.slice(i * SIZE, PER_CALL * SIZE), PER_CALL, SIZE, latentCount);
      }
      return variances.array[0];
    };
    const { codes, sizes } = encodeColumns(factors.data as Int32Array, rows, factors.columns);
    const plainGroups = sizes.map((size, k) => groupRows(codes.subarray(k * rows, (k + 1) * rows), size));
    const expected = drawBatches(plainGroups, COUNT, SIZE, SEED);
    const varyPlain = () => batchVariances(latents.data as Float32Array, expected.rows, COUNT, SIZE, latentCount);
    return [
      {
        name: 'drawing batches of rows',
        amount: COUNT * SIZE,
        unit: 'row',
        ours: draw,
        plain: () => drawBatches(plainGroups, COUNT, SIZE, SEED).rows[0],
        check() {
          draw();
          expectEqual('rows', drawn.array, expected.rows);
          expectEqual('factors', fixed.array, expected.fixed);
        },
      },
      {
        name: 'variances of batches',
        amount: COUNT * SIZE * latentCount,
        unit: 'value',
        ours: vary,
        plain: () => varyPlain()[0],
        check() {
          draw();
          vary();
          expectClose('variances', variances.array, varyPlain(), 1e-12);
        },
      },
    ];
  },
};
