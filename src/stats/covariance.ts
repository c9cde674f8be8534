import type { RealBlock } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import type { Pause } from './pause.js';
import type { Table } from './table.js';

/** Multiplications per kernel call. */
const PRODUCTS_PER_CALL = 2 ** 24;

/** Covariance of the latents, divided by N - 1, f64[D][D]. */
function latentCovariance(table: Table, pause: Pause): Promise<Float64Array> {
  return table.memoOfLatents('latent covariance', () =>
    columnCovariance(table.core, table.latents, table.rows, table.latentCount, pause),
  );
}

/** Covariance of the columns of x (rows, columns), divided by rows - 1, f64[columns][columns]. */
export function columnCovariance(
  core: Core,
  x: RealBlock,
  rows: number,
  columns: number,
  pause: Pause,
): Promise<Float64Array> {
  return core.arena.scope(async () => {
    const stride = Math.ceil(columns / 4) * 4;
    const offsets = core.arena.alloc('f64', columns);
    core.covariance.columnOffsets(offsets, x, rows, columns);
    const sums = core.arena.zeros('f64', stride * stride);
    const step = Math.max(64, Math.floor(PRODUCTS_PER_CALL / stride ** 2 / 64) * 64);
    for (let row = 0; row < rows; row += step) {
      await pause('covariance', row, rows);
      core.covariance.addProducts(sums, x, offsets, columns, stride, row, Math.min(row + step, rows));
    }
    const upper = sums.array;
    return Float64Array.from({ length: columns ** 2 }, (_, i) => {
      const d = Math.floor(i / columns);
      const e = i % columns;
      return upper[Math.min(d, e) * stride + Math.max(d, e)] / (rows - 1);
    });
  });
}

/** The covariance of the latents that vary. */
export interface VaryingCovariance {
  /** Latents that vary by more than float64 can square, M of them. */
  readonly latents: readonly number[];
  /** Latents that vary, but so little that their variance is 0. */
  readonly vanishing: readonly number[];
  /** f64[M][M]. */
  readonly covariance: Float64Array;
}

/** The rows and columns of the covariance that have a variance. */
export async function varyingCovariance(table: Table, pause: Pause): Promise<VaryingCovariance> {
  const whole = await latentCovariance(table, pause);
  const { latentCount, varyingLatents } = table;
  const isPositive = (d: number) => whole[d * latentCount + d] >= SMALLEST_VARIANCE;
  const latents = varyingLatents.filter(isPositive);
  return {
    latents,
    vanishing: varyingLatents.filter((d) => !isPositive(d)),
    covariance: Float64Array.from(latents.flatMap((d) => latents.map((e) => whole[d * latentCount + e]))),
  };
}

/** Below this, products of deviations lose digits at the least number there is. */
const SMALLEST_VARIANCE = 1e-290;
