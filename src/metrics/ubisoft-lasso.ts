/**
 * DCI by a lasso as ubisoft's library computes it: latents and factor scaled to 0..1, eight
 * penalties to choose from, all rows to learn from and to be judged on, means of its own. Its fits
 * stop early where latents say nearly the same; ours end at the optimum.
 */
import type { Core } from '../../bindings/core.js';
import { fitLasso } from '../learners/lasso.js';
import { scoreImportance } from '../stats/importance.js';
import type { Pause } from '../stats/pause.js';
import type { Table } from '../stats/table.js';
import { factorNumbers } from './factor-rows.js';
import { meanOfDefined } from './mean-of-defined.js';
import { describeUnfinished } from './notes.js';

const ALPHAS = [1e-4, 1e-3, 1e-2, 0.1, 0.2, 0.4, 0.8, 1];
const FOLDS = 10;

/**
 * |w| for factor k, and 1 - 12 mean squared error, at least 0: 1/12 is the variance of what is
 * uniform from 0 to 1.
 */
export async function learnAsUbisoft(table: Table, k: number, pause: Pause) {
  const { core, rows, latentCount: columns } = table;
  const target = unit(factorNumbers(table, k)(Int32Array.from({ length: rows }, (_, row) => row)));
  return core.arena.scope(async () => {
    const features = core.arena.alloc('f64', rows * columns);
    for (let d = 0; d < columns; d++) {
      const scaled = unit(table.latent(d));
      const to = features.array;
      for (let row = 0; row < rows; row++) to[row * columns + d] = scaled[row];
    }
    const fit = await fitLasso(
      core,
      { features, rows, columns, target },
      { folds: FOLDS, alphas: ALPHAS },
      (done, total) => pause(`lasso of factor ${k}`, done, total),
    );
    const x = features.array;
    const error = target.reduce((sum, truth, row) => {
      const told = fit.weights.reduce((part, w, d) => part + w * x[row * columns + d], fit.intercept);
      return sum + (truth - told) ** 2 / rows;
    }, 0);
    const rate = Math.max(0, 1 - 12 * error);
    return {
      importance: Array.from(fit.weights, Math.abs),
      tested: rate,
      trained: rate,
      notes: describeUnfinished(`factor ${k}: the lasso`, fit.converged),
    };
  });
}

/**
 * As {@link scoreImportance}, but completeness is a mean without weights, and disentanglement
 * leaves out what comes after the first latent without a weight.
 */
export function scoreAsUbisoft(
  core: Core,
  importance: Float64Array,
  latentCount: number,
  factorCount: number,
  varyingFactors: readonly number[],
) {
  const { perLatent, perFactor } = scoreImportance(core, importance, latentCount, factorCount, varyingFactors);
  const sums = perLatent.map((_, d) => varyingFactors.reduce((sum, k) => sum + importance[d * factorCount + k], 0));
  const count = sums.includes(0) ? sums.indexOf(0) : latentCount;
  const weights = sums.slice(0, count);
  const total = weights.reduce((a, b) => a + b, 0);
  const weighted = weights.reduce((sum, weight, d) => sum + weight * (perLatent[d] ?? 0), 0);
  return {
    disentanglement: perLatent.includes(null) ? null : total === 0 ? 0 : weighted / total,
    completeness: meanOfDefined(perFactor),
    perLatent,
    perFactor,
  };
}

/** Numbers from 0 to 1; equal ones are 0. */
function unit(values: Float64Array): Float64Array {
  const least = values.reduce((a, b) => Math.min(a, b));
  const range = values.reduce((a, b) => Math.max(a, b)) - least;
  return values.map((value) => (range > 0 ? (value - least) / range : 0));
}
