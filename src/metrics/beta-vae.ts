import { fitLogistic, predictLogistic } from '../learners/logistic.js';
import type { Note } from '../note.js';
import { boolean, integer } from '../options/rule.js';
import { latentVariances } from '../stats/latent-variances.js';
import { drawPairFeatures } from '../stats/pair-features.js';
import { openRowSource } from '../stats/row-source.js';
import type { Table } from '../stats/table.js';
import { defineMetric } from './define-metric.js';
import { toRows } from './matrix-rows.js';
import type { Outcome } from './metric.js';
import {
  describeConstants,
  describeUnfinished,
  NO_FACTOR_VARIES,
  NONE_HELD_FIXED,
  ONE_FACTOR_SCORES_1,
} from './notes.js';
import { rescaleAccuracy } from './rescaled.js';
import { DRAWING, PENALTY, RESCALED } from './shared-options.js';

/** What the beta-VAE score was made of. */
export interface BetaVaeParts {
  /** Share of the training points that the classifier gets right. */
  readonly trainAccuracy: number | null;
  /** The same of the evaluation points: the score. */
  readonly evaluationAccuracy: number | null;
  /**
   * How often each latent had the smallest difference, relative to its standard deviation, while
   * each factor was fixed, over the training points: [latent][factor].
   */
  readonly votes: number[][];
  /** The latents that vary. */
  readonly activeLatents: number[];
  /**
   * Weights of the classifier, [factor][latent], for the factors that can be fixed; with two
   * factors one row, that of the second.
   */
  readonly coefficients: number[][];
  readonly intercepts: number[];
}

const OPTIONS = {
  batch: integer({ default: 64, minimum: 1, maximum: 65536, description: 'pairs per point' }),
  train: integer({ default: 10000, minimum: 1, maximum: 10_000_000, description: 'points the classifier learns from' }),
  evaluation: integer({ default: 5000, minimum: 1, maximum: 10_000_000, description: 'points it is evaluated on' }),
  c: PENALTY,
  standardise: boolean({ default: false, description: 'divide each latent by its standard deviation first' }),
  ...DRAWING,
  withItself: boolean({ default: false, description: 'pair rows with themselves too, as independent draws do' }),
  rescaled: RESCALED,
};

/**
 * beta-VAE score: can a linear classifier tell which factor two samples share from how little their
 * latents differ?
 *
 * A point fixes a factor, draws pairs of samples that share its value, and is the mean over the
 * batch of |z_1 - z_2|. Multinomial logistic regression (penalty 0.5 |w|^2 / c, run to its optimum)
 * learns the factor from such points; the score is its accuracy on fresh ones. 0 to 1, higher is
 * better, 1/K by chance. One factor: 1, which says nothing.
 *
 * Features agree with disentanglement_lib to 1e-9 on the same drawn rows, coefficients with
 * scikit-learn's converged ones.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see I. Higgins et al. 2017, beta-VAE: Learning Basic Visual Concepts with a Constrained
 * Variational Framework, section 3
 */
export const betaVaeScore = defineMetric<'beta-vae-score', typeof OPTIONS, BetaVaeParts, 'beta-vae'>({
  name: 'beta-vae-score',
  aliases: ['beta-vae'],
  title: 'beta-VAE score',
  summary: 'a linear classifier tells which factor two samples share',
  needs: ['latents', 'factors'],
  range: [0, 1],
  better: 'higher',
  options: OPTIONS,
  presets: {
    paper: {},
    'disentanglement-lib': { withItself: true },
    ubisoft: { batch: 200, bins: 10, values: 'uniform', drawConstants: true, rescaled: true },
  },
  source: 'Higgins et al. 2017, section 3',
  isPlugIn: false,
  // Differences of pairs, and some hundred steps of the classifier over all points.
  cost: ({ latents }, { train, evaluation }) => ({
    seconds: 6.6e-7 * (train + evaluation) * latents,
    bytes: 8 * (train + evaluation) * latents,
  }),

  async compute(table: Table, options, { seed, sampler, pause }) {
    const { core, latentCount, varyingLatents } = table;
    const source = await openRowSource(table, { ...options, replacement: true }, seed, sampler);
    const { variances } = await latentVariances(table);
    const notes: Note[] = [...source.notes, ...describeConstants(table, 'no difference')];
    if (source.factors.length === 0) {
      notes.unshift(table.varyingFactors.length === 0 ? NO_FACTOR_VARIES : NONE_HELD_FIXED);
      const parts = {
        trainAccuracy: null,
        evaluationAccuracy: null,
        votes: toRows([], latentCount, 0),
        activeLatents: varyingLatents,
        coefficients: [],
        intercepts: [],
      };
      return { value: null, parts, notes };
    }
    const outcome = await core.arena.scope(async (): Promise<Outcome<BetaVaeParts>> => {
      const points = options.train + options.evaluation;
      const { features, labels } = await drawPairFeatures(table, source, points, options.batch, pause);
      const scale = options.standardise
        ? variances.map((variance, d) => (varyingLatents.includes(d) ? 1 / Math.sqrt(variance) : 0))
        : null;
      if (scale) scaleColumns(features.array, scale);
      const truth = labels.array.slice();
      const votes = countSteadiest(features.array, truth, options.train, source.factors, source.factorCount, {
        latentCount,
        active: varyingLatents,
        unit: scale ? scale.map(() => 1) : variances.map((variance) => Math.sqrt(variance)),
      });
      const parts = { votes: toRows(votes, latentCount, source.factorCount), activeLatents: varyingLatents };
      if (source.factors.length === 1) {
        notes.push(ONE_FACTOR_SCORES_1);
        const trivial = { trainAccuracy: 1, evaluationAccuracy: 1, coefficients: [], intercepts: [] };
        return { value: 1, parts: { ...trivial, ...parts }, notes };
      }
      const model = await fitLogistic(
        core,
        { features, labels, rows: options.train, columns: latentCount, classes: source.factors.length, c: options.c },
        (iteration, most) => pause('classifier', iteration, most),
      );
      notes.push(...describeUnfinished('the classifier', model.converged));
      const predicted = predictLogistic(model, features.array, points);
      const accuracy = (from: number, to: number) => {
        let right = 0;
        for (let i = from; i < to; i++) if (predicted[i] === truth[i]) right++;
        return right / (to - from);
      };
      const evaluationAccuracy = accuracy(options.train, points);
      return {
        value: evaluationAccuracy,
        parts: {
          trainAccuracy: accuracy(0, options.train),
          evaluationAccuracy,
          ...parts,
          coefficients: model.coefficients.map((row) => Array.from(row)),
          intercepts: Array.from(model.intercepts),
        },
        notes,
      };
    });
    return options.rescaled ? rescaleAccuracy(outcome, source.factors.length) : outcome;
  },
});

function scaleColumns(data: Float64Array, scale: Float64Array): void {
  for (let i = 0; i < data.length; i++) data[i] *= scale[i % scale.length];
}

/**
 * Votes [latent][factor] of the first `points` points for the active latent with the smallest
 * difference in its own unit.
 */
function countSteadiest(
  features: Float64Array,
  truth: Int32Array,
  points: number,
  factors: readonly number[],
  factorCount: number,
  latents: { latentCount: number; active: readonly number[]; unit: Float64Array },
): Float64Array {
  const { latentCount, active, unit } = latents;
  const votes = new Float64Array(latentCount * factorCount);
  if (active.length === 0) return votes;
  const perUnit = Float64Array.from(active, (d) => 1 / unit[d]);
  const relative = new Float64Array(active.length);
  for (let i = 0; i < points; i++) {
    let smallest = Number.POSITIVE_INFINITY;
    for (let a = 0; a < active.length; a++) {
      relative[a] = features[i * latentCount + active[a]] * perUnit[a];
      if (relative[a] < smallest) smallest = relative[a];
    }
    let winner = 0;
    while (relative[winner] > smallest + 1e-12) winner++;
    votes[active[winner] * factorCount + factors[truth[i]]]++;
  }
  return votes;
}
