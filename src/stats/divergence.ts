import type { Core } from '../../bindings/core.js';
import { DataError } from '../errors.js';
import type { Posterior } from '../posterior.js';
import type { Pause } from './pause.js';

/** Values per kernel call. */
const VALUES_PER_CALL = 2 ** 18;

/**
 * Mean divergence of each latent's posterior from the standard normal prior, in nats: D numbers.
 * @param name what to call the posterior in messages
 */
export function meanDivergences(core: Core, { mu, logvar }: Posterior, name: string, pause: Pause): Promise<number[]> {
  return core.arena.scope(async () => {
    const { rows, columns } = mu;
    const means = core.arena.upload('f64', mu.data);
    const logarithms = core.arena.upload('f64', logvar.data);
    const sums = core.arena.zeros('f64', columns);
    const step = Math.max(1, Math.floor(VALUES_PER_CALL / columns));
    for (let row = 0; row < rows; row += step) {
      await pause('divergences', row, rows);
      core.divergence.addDivergences(sums, means, logarithms, columns, row, Math.min(row + step, rows));
    }
    return Array.from(sums.array, (sum, column) => {
      if (Number.isFinite(sum)) return sum / rows;
      throw new DataError('expected logarithms of variances, got one whose exponential overflows', {
        path: `${name}, logvar`,
        column,
      });
    });
  });
}
