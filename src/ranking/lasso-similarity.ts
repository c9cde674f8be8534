import type { Core } from '../../bindings/core.js';
import { prepareLasso } from '../learners/lasso.js';
import type { Matrix } from '../matrix.js';
import type { Pause } from '../stats/pause.js';

/** The penalty, on latents of variance 1. */
const ALPHA = 0.1;
/** The learner chooses among penalties by folds; of one there is nothing to choose. */
const FEWEST_FOLDS = 2;

/**
 * The absolute weights of lassos between the latents of any two models: entry [i][j][a][b] is the weight of the a-th informative
 * latent of model i where the b-th of model j is predicted from all of i's. All are standardised first.
 *
 * @param informative the latents to take of each model; they vary
 */
export async function lassoSimilarities(
  core: Core,
  models: readonly Matrix[],
  informative: ReadonlyArray<readonly number[]>,
  pause: Pause,
): Promise<Float64Array[][][]> {
  const columns = models.map((latents, i) => informative[i].map((d) => standardise(latents.column(d))));
  const result: Float64Array[][][] = [];
  for (const [i, features] of columns.entries()) {
    const fits = await core.arena.scope(() =>
      fitAll(core, features, columns, (done) => pause('lasso', i + done, models.length)),
    );
    result.push(fits);
  }
  return result;
}

/** The weights of one model's latents for those of every model, [model][feature][target]. */
async function fitAll(
  core: Core,
  features: readonly Float64Array[],
  targets: ReadonlyArray<readonly Float64Array[]>,
  pause: (done: number) => void | Promise<void>,
): Promise<Float64Array[][]> {
  if (features.length === 0) return targets.map(() => []);
  const rows = features[0].length;
  const table = core.arena.alloc('f64', rows * features.length);
  const cells = table.array;
  features.forEach((column, a) => {
    for (let row = 0; row < rows; row++) cells[row * features.length + a] = column[row];
  });
  const shape = { features: table, rows, columns: features.length };
  const lasso = await prepareLasso(core, shape, FEWEST_FOLDS, () => pause(0));
  const weights: Float64Array[][] = [];
  for (const [j, ofModel] of targets.entries()) {
    const fits: Float64Array[] = [];
    for (const target of ofModel) {
      const { weights } = await lasso.fit(target, { alphas: [ALPHA] }, () => pause(j / targets.length));
      fits.push(weights);
    }
    weights.push(features.map((_, a) => Float64Array.from(fits, (fit) => Math.abs(fit[a]))));
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
