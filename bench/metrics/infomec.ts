import { loadTable } from '../../src/stats/load-table.js';
import { neighbourInformation as estimate } from '../../src/stats/neighbour-information.js';
import { Table } from '../../src/stats/table.js';
import { type Bench, expectClose } from '../contest.js';
import { encodeColumns } from '../plain/information.js';
import { digammas, neighbourInformation } from '../plain/neighbours.js';
import { firstRows } from './first-rows.js';

const MOST_ROWS = 10_000;
const NEIGHBOURS = 10;

/**
 * The information that InfoM and InfoC are read off; InfoE is a softmax regression, for which see
 * wide-softmax.ts.
 */
export const bench: Bench = {
  name: 'infomec',
  isFixedSize: true,
  prepare(ground) {
    const { core } = ground;
    const { rows, latents: z, factors: v } = firstRows(ground, MOST_ROWS, ground.factors.columns);
    const loaded = loadTable(core, z, v);
    // A table that knows nothing yet, each time.
    const ours = async () => {
      const table = new Table(core, rows, loaded.latentCount, loaded.latents, loaded.factors);
      return (await estimate(table, NEIGHBOURS, () => {})).matrix;
    };
    const { codes, sizes } = encodeColumns(v.data as Int32Array, rows, v.columns);
    const psi = digammas(rows);
    const plain = () =>
      Float64Array.from({ length: z.columns * v.columns }, (_, i) => {
        const [d, k] = [Math.floor(i / v.columns), i % v.columns];
        const x = Float64Array.from({ length: rows }, (_, row) => z.data[row * z.columns + d]);
        const isConstant = x.every((value) => value === x[0]);
        const own = codes.subarray(k * rows, (k + 1) * rows);
        return isConstant ? 0 : neighbourInformation(x, own, sizes[k], NEIGHBOURS, psi);
      });
    return [
      {
        name: `infomec, its information of ${rows} rows`,
        amount: rows,
        unit: 'row',
        ours: async () => (await ours())[0],
        plain: () => plain()[0],
        async check() {
          expectClose('information', await ours(), plain(), 1e-9);
        },
      },
    ];
  },
};
