import { columnCovariance } from '../../src/stats/covariance.js';
import { loadTable } from '../../src/stats/load-table.js';
import { type Bench, expectClose } from '../contest.js';
import { covariance } from '../plain/linear-algebra.js';

/** Products of deviations of all pairs of latents. */
export const bench: Bench = {
  name: 'covariance',
  prepare({ core, rows, latents, factors }) {
    const { latents: x, latentCount } = loadTable(core, latents, factors, undefined);
    const ours = () => columnCovariance(core, x, rows, latentCount, () => {});
    const plain = () => covariance(latents.data as Float32Array, rows, latentCount);
    return [
      {
        name: 'covariance of the latents',
        amount: (rows * latentCount * (latentCount + 1)) / 2,
        unit: 'product',
        ours: async () => (await ours())[0],
        plain: () => plain()[0],
        check: async () => expectClose('covariance', await ours(), plain(), 1e-11),
      },
    ];
  },
};
