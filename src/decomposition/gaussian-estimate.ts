/** Total correlation as far as a covariance tells. */
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import { columnCovariance } from '../stats/covariance.js';
import { gaussianTotalCorrelation } from '../stats/gaussian-total-correlation.js';
import type { Pause } from '../stats/pause.js';

/**
 * Gaussian total correlation of the columns of x, f64[D][N], a column after the other: null where
 * the covariance of those that vary is singular.
 */
export function gaussianEstimate(
  core: Core,
  x: Block<'f64'>,
  rows: number,
  columns: number,
  pause: Pause,
): Promise<number | null> {
  return core.arena.scope(async () => {
    const rowMajor = core.arena.alloc('f64', rows * columns);
    const [from, to] = [x.array, rowMajor.array];
    for (let column = 0, at = 0; column < columns; column++) {
      for (let row = 0; row < rows; row++, at++) to[row * columns + column] = from[at];
    }
    const covariance = await columnCovariance(core, rowMajor, rows, columns, pause);
    const varying = Array.from({ length: columns }, (_, d) => d).filter((d) => covariance[d * columns + d] > 0);
    if (varying.length === 0) return 0;
    const kept = Float64Array.from(varying.flatMap((d) => varying.map((e) => covariance[d * columns + e])));
    return gaussianTotalCorrelation(core, kept, varying.length);
  });
}
