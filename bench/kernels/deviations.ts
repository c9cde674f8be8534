import type { Block } from '../../bindings/arena.js';
import { loadTable } from '../../src/stats/load-table.js';
import { type Bench, expectClose, expectEqual } from '../contest.js';
import { deviationQuantiles, orderByCode } from '../plain/deviations.js';

const FACTOR = 2;
const QUANTILE = 0.99;

/**
 * Rows by the value of a factor, and the 99th percentile of how far each latent strays within each.
 */
export const bench: Bench = {
  name: 'deviations',
  prepare({ core, rows, latents, factors }) {
    const table = loadTable(core, latents, factors, undefined);
    const { latents: x, latentCount } = table;
    const codes = table.factors[FACTOR].codes as Block<'i32'>;
    const size = table.factors[FACTOR].size as number;
    const order = core.arena.alloc('i32', rows);
    const bounds = core.arena.alloc('i32', size + 1);
    const quantiles = core.arena.alloc('f64', size * latentCount);
    const arrange = () => {
      core.deviations.orderByCode(order, bounds, codes, size);
      return order.array[0];
    };
    const stray = () => {
      for (let value = 0; value < size; value++) {
        const to = quantiles.slice(value * latentCount, latentCount);
        const [first, last] = bounds.array.subarray(value, value + 2);
        core.deviations.deviationQuantiles(to, x, order, latentCount, first, last, QUANTILE);
      }
      return quantiles.array[0];
    };
    const plainCodes = codes.array.slice();
    const data = latents.data as Float32Array;
    const grouped = orderByCode(plainCodes, size);
    const out = new Float64Array(size * latentCount);
    const strayPlain = () => {
      for (let value = 0; value < size; value++) {
        const to = out.subarray(value * latentCount, (value + 1) * latentCount);
        deviationQuantiles(to, data, grouped.order, grouped.bounds[value], grouped.bounds[value + 1], QUANTILE);
      }
      return out[0];
    };
    arrange();
    return [
      {
        name: 'rows by the value of a factor',
        amount: rows,
        unit: 'row',
        ours: arrange,
        plain: () => orderByCode(plainCodes, size).order[0],
        check() {
          arrange();
          expectEqual('order', order.array, grouped.order);
          expectEqual('bounds', bounds.array, grouped.bounds);
        },
      },
      {
        name: 'quantiles of deviations',
        amount: rows * latentCount,
        unit: 'value',
        ours: stray,
        plain: strayPlain,
        check() {
          stray();
          strayPlain();
          expectClose('quantiles', quantiles.array, out, 1e-12);
        },
      },
    ];
  },
};
