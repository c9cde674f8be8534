import { STREAMS } from '../../src/random.js';
import { loadTable } from '../../src/stats/load-table.js';
import { groupRows as groupTableRows } from '../../src/stats/row-groups.js';
import { type Bench, expectClose, expectEqual } from '../contest.js';
import { pairDifferences } from '../plain/batches.js';
import { drawPairs, groupRows } from '../plain/drawing.js';
import { encodeColumns } from '../plain/information.js';

const SIZE = 64;
const COUNT = 1024;
const PER_CALL = 128;
const SEED = 1;

/**
 * Pairs of rows that share a factor's value, and the mean absolute difference of each latent
 * between them.
 */
export const bench: Bench = {
  name: 'pairs',
  async prepare({ core, rows, latents, factors }) {
    const table = loadTable(core, latents, factors, undefined);
    const groups = (await groupTableRows(table, { bins: 20, drawConstants: false })).map((factor) => factor.groups);
    const { latentCount, latents: x } = table;
    const drawn = core.arena.alloc('i32', COUNT * SIZE * 2);
    const fixed = core.arena.alloc('i32', COUNT);
    const differences = core.arena.alloc('f64', COUNT * latentCount);
    const draw = () => {
      for (let i = 0; i < COUNT; i += PER_CALL) {
        const [to, factor] = [drawn.slice(i * SIZE * 2, PER_CALL * SIZE * 2), fixed.slice(i, PER_CALL)];
        core.drawing.drawPairRows(to, factor, groups, PER_CALL, SIZE, { seed: SEED, stream: STREAMS.pairs, index: i });
      }
      return drawn.array[0];
    };
    const differ = () => {
      for (let i = 0; i < COUNT; i += PER_CALL) {
        const to = differences.slice(i * latentCount, PER_CALL * latentCount);
        core.votes.pairDifferences(to, x, drawn.slice(i * SIZE * 2, PER_CALL * SIZE * 2), PER_CALL, SIZE, latentCount);
      }
      return differences.array[0];
    };
    const { codes, sizes } = encodeColumns(factors.data as Int32Array, rows, factors.columns);
    const plainGroups = sizes.map((size, k) => groupRows(codes.subarray(k * rows, (k + 1) * rows), size));
    const expected = drawPairs(plainGroups, COUNT, SIZE, SEED);
    const differPlain = () => pairDifferences(latents.data as Float32Array, expected.rows, COUNT, SIZE, latentCount);
    return [
      {
        name: 'drawing pairs of rows',
        amount: COUNT * SIZE,
        unit: 'pair',
        ours: draw,
        plain: () => drawPairs(plainGroups, COUNT, SIZE, SEED).rows[0],
        check() {
          draw();
          expectEqual('rows', drawn.array, expected.rows);
          expectEqual('factors', fixed.array, expected.fixed);
        },
      },
      {
        name: 'differences of pairs',
        amount: COUNT * SIZE * latentCount,
        unit: 'value',
        ours: differ,
        plain: () => differPlain()[0],
        check() {
          draw();
          differ();
          expectClose('differences', differences.array, differPlain(), 1e-12);
        },
      },
    ];
  },
};
