import { binLatents } from '../../src/stats/binning.js';
import { loadTable } from '../../src/stats/load-table.js';
import { mutualInformation } from '../../src/stats/mutual-information.js';
import { Table } from '../../src/stats/table.js';
import { type Bench, expectClose } from '../contest.js';
import { binColumns, encodeColumns, mutualInformation as plainInformation } from '../plain/information.js';

const BINS = 20;

/** Joint counts of all latents and factors, and their mutual information, from bins and codes. */
export const bench: Bench = {
  name: 'information',
  async prepare({ core, rows, latents, factors }) {
    const table = loadTable(core, latents, factors, undefined);
    await binLatents(table, { bins: BINS });
    const { latentCount, factorCount } = table;
    // A table that knows the bins of another, and nothing else yet.
    const ours = () =>
      mutualInformation(
        new Table(core, rows, latentCount, table.latents, table.factors, null, table),
        { bins: BINS, millerMadow: false },
        () => {},
      );
    const bins = binColumns(latents.data as Float32Array, rows, latentCount, BINS);
    const { codes, sizes } = encodeColumns(factors.data as Int32Array, rows, factorCount);
    const plain = () => plainInformation(bins, codes, rows, latentCount, sizes, BINS);
    return [
      {
        name: 'joint counts and mutual information',
        amount: rows * latentCount * factorCount,
        unit: 'row and pair',
        ours: async () => (await ours()).matrix[0],
        plain: () => plain().matrix[0],
        async check() {
          const [got, expected] = [await ours(), plain()];
          expectClose('mutual information', got.matrix, expected.matrix, 1e-9);
          expectClose('entropy', got.factorEntropies, expected.entropies, 1e-9);
        },
      },
    ];
  },
};
