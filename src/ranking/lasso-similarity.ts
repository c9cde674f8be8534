import type { Core } from '../../bindings/core.js';
import { descend } from '../learners/lasso.js';
import type { Matrix } from '../matrix.js';
import { columnCovariance } from '../stats/covariance.js';
import type { Pause } from '../stats/pause.js';

/** The penalty, on latents of variance 1. */
const ALPHA = 0.1;

/**
 * The absolute weights of lassos between the latents of any two models: entry [i][j][a][b] is the
 * weight of the a-th informative latent of model i where the b-th of model j is predicted from all
 * of i's. All are standardised, so that correlations are all that the lasso needs; they come from
 * one table.
 *
 * @param informative the latents to take of each model; they vary
 */
export async function lassoSimilarities(
  core: Core,
  models: readonly Matrix[],
  informative: ReadonlyArray<readonly number[]>,
  pause: Pause,
): Promise<Float64Array[][][]> {
  const places = informative.map((latents, i) => {
    const before = informative.slice(0, i).reduce((sum, { length }) => sum + length, 0);
    return latents.map((_, a) => before + a);
  });
  const correlation = await correlate(core, models, informative, pause);
  const result: Float64Array[][][] = [];
  for (const [i, features] of places.entries()) {
    result.push(
      await core.arena.scope(() => fitAll(core, correlation, features, places, () => pause('lasso', i, models.length))),
    );
  }
  return result;
}

/** Correlation of any two informative latents, by their places in the common table. */
async function correlate(
  core: Core,
  models: readonly Matrix[],
  informative: ReadonlyArray<readonly number[]>,
  pause: Pause,
): Promise<(a: number, b: number) => number> {
  const columns = informative.flat().length;
  if (columns === 0) return () => 0;
  const { rows } = models[0];
  const covariance = await core.arena.scope(async () => {
    const table = core.arena.alloc('f64', rows * columns);
    let place = 0;
    for (const [i, latents] of models.entries()) {
      await pause('standardising', i, models.length);
      const cells = table.array;
      for (const d of informative[i]) {
        const column = standardise(latents.column(d));
        for (let row = 0; row < rows; row++) cells[row * columns + place] = column[row];
        place++;
      }
    }
    return columnCovariance(core, table, rows, columns, pause);
  });
  const scale = (a: number) => Math.sqrt(covariance[a * columns + a]);
  return (a, b) => covariance[a * columns + b] / (scale(a) * scale(b));
}

/** The weights of one model's latents for those of every model, [model][feature][target]. */
async function fitAll(
  core: Core,
  correlation: (a: number, b: number) => number,
  features: readonly number[],
  targets: ReadonlyArray<readonly number[]>,
  pause: () => void | Promise<void>,
): Promise<Float64Array[][]> {
  const columns = features.length;
  const stride = Math.ceil(columns / 4) * 4;
  const gram = core.arena.zeros('f64', stride * stride);
  features.forEach((a, i) => {
    features.forEach((b, j) => {
      gram.array[i * stride + j] = a === b ? 1 : correlation(a, b);
    });
  });
  const products = core.arena.zeros('f64', stride);
  const w = core.arena.zeros('f64', stride);
  const sums = { columns, stride, gram, products, squares: 1 };
  const weights: Float64Array[][] = [];
  for (const latents of targets) {
    const fits: Float64Array[] = [];
    for (const target of latents) {
      w.array.fill(0);
      products.array.set(features.map((feature) => correlation(feature, target)));
      await descend(core, w, sums, ALPHA, pause);
      fits.push(w.array.map(Math.abs));
    }
    weights.push(features.map((_, a) => Float64Array.from(fits, (fit) => fit[a])));
  }
  return weights;
}

/** Less the mean, by the standard deviation (divided by N); the column varies. */
function standardise(column: Float64Array): Float64Array {
  const { length } = column;
  const mean = column.reduce((sum, value) => sum + (value - column[0]), 0) / length + column[0];
  const deviations = column.map((value) => value - mean);
  // By the largest first: squares of tiny numbers would vanish.
  const largest = deviations.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const variance = deviations.reduce((sum, value) => sum + (value / largest) ** 2, 0) / length;
  return deviations.map((value) => value / largest / Math.sqrt(variance));
}
