import type { Core } from '../../bindings/core.js';
import type { Matrix } from '../matrix.js';
import { rankColumns } from '../stats/column-ranks.js';
import { columnCovariance } from '../stats/covariance.js';
import type { Pause } from '../stats/pause.js';

/**
 * The absolute rank correlations of the latents of any two models: entry [i][j][a][b] is of the
 * a-th informative latent of model i and the b-th of model j. All come from one table of ranks.
 *
 * @param informative the latents to take of each model; they vary
 */
export async function rankSimilarities(
  core: Core,
  models: readonly Matrix[],
  informative: ReadonlyArray<readonly number[]>,
  pause: Pause,
): Promise<Float64Array[][][]> {
  const begins = informative.map((_, i) => informative.slice(0, i).reduce((sum, { length }) => sum + length, 0));
  const columns = informative.flat().length;
  const { rows } = models[0];
  const ranks = core.arena.alloc('f32', rows * columns);
  for (const [i, latents] of models.entries()) {
    await pause('ranks', i, models.length);
    rankColumns(core, ranks, columns, begins[i], latents, informative[i]);
  }
  const covariance = columns === 0 ? new Float64Array(0) : await columnCovariance(core, ranks, rows, columns, pause);
  const variance = (column: number) => covariance[column * columns + column];
  const similarity = (from: number, to: number) =>
    Math.min(1, Math.abs(covariance[from * columns + to]) / Math.sqrt(variance(from) * variance(to)));
  return models.map((_, i) =>
    models.map((_, j) =>
      informative[i].map((_, a) =>
        Float64Array.from(informative[j], (_, b) => similarity(begins[i] + a, begins[j] + b)),
      ),
    ),
  );
}
