import { loadTable } from '../../src/stats/load-table.js';
import { type Bench, expectClose, expectEqual } from '../contest.js';
import { columnExtremes, columnVariances, firstNonFinite } from '../plain/batches.js';

/**
 * What is asked of every table that is loaded: finite numbers, extremes and variances of columns.
 */
export const bench: Bench = {
  name: 'moments',
  prepare({ core, rows, latents, factors }) {
    const { latents: x, latentCount } = loadTable(core, latents, factors, undefined);
    const data = latents.data as Float32Array;
    const values = { amount: rows * latentCount, unit: 'value' };
    return [
      {
        name: 'search for a number that is not finite',
        ...values,
        ours: () => core.moments.firstNonFinite(x),
        plain: () => firstNonFinite(data),
        check: () => expectEqual('place', [core.moments.firstNonFinite(x)], [firstNonFinite(data)]),
      },
      {
        name: 'extremes of columns',
        ...values,
        ours: () => core.moments.columnExtremes(x, rows, latentCount).minima[0],
        plain: () => columnExtremes(data, latentCount).minima[0],
        check() {
          const [got, expected] = [
            core.moments.columnExtremes(x, rows, latentCount),
            columnExtremes(data, latentCount),
          ];
          expectEqual('minima', got.minima, expected.minima);
          expectEqual('maxima', got.maxima, expected.maxima);
        },
      },
      {
        name: 'variances of columns',
        ...values,
        ours: () => core.moments.columnVariances(x, rows, latentCount).variances[0],
        plain: () => columnVariances(data, rows, latentCount)[0],
        check() {
          const got = core.moments.columnVariances(x, rows, latentCount).variances;
          expectClose('variances', got, columnVariances(data, rows, latentCount), 1e-11);
        },
      },
    ];
  },
};
