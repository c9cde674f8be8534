import { RESCALED } from './shared-options.js';
/** The two scores that are read off the same votes: FactorVAE's, and its weighted form. */

import type { Table } from '../stats/table.js';
import { defineMetric } from './define-metric.js';
import { rescaleAccuracy } from './rescaled.js';
import { costOfVotes, scoreVotes, VOTING, type VoteParts } from './voting.js';

/** What the FactorVAE scores were made of. */
export type FactorVaeParts = VoteParts;

/** As {@link FactorVaeParts}, with the accuracy relative to the weights. */
export interface FactorVaeWeightedParts extends FactorVaeParts {
  /** Mean weight of the evaluation votes, 1 where the smallest variance is always 0. */
  readonly meanWeight: number | null;
  /**
   * Weight of the right evaluation votes over that of all: the accuracy without the penalty for
   * small weights.
   */
  readonly relativeAccuracy: number | null;
}

const OPTIONS = { ...VOTING, rescaled: RESCALED };

/**
 * FactorVAE score: does the latent that varies least while a factor is fixed tell which factor that
 * was?
 *
 * Each vote fixes a factor at a value, draws a batch, and goes to the latent with the smallest
 * variance relative to its global variance. The classifier says of each latent the factor it was
 * chosen for most often; the score is its accuracy on fresh votes. 0 to 1, higher is better, 1/K by
 * chance. No active latent: 0. One factor: 1, which says nothing.
 *
 * Votes and classifier agree exactly with disentanglement_lib on the same drawn rows.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see H. Kim, A. Mnih 2018, Disentangling by Factorising, section 4
 * @example
 * const { value, parts } = await factorVaeScore(latents, factors, { seed: 1 });
 */
export const factorVaeScore = defineMetric<'factor-vae-score', typeof OPTIONS, FactorVaeParts, 'factor-vae'>({
  name: 'factor-vae-score',
  aliases: ['factor-vae'],
  title: 'FactorVAE score',
  summary: 'the steadiest latent tells which factor is fixed',
  needs: ['latents', 'factors'],
  range: [0, 1],
  better: 'higher',
  options: OPTIONS,
  presets: {
    paper: {},
    'disentanglement-lib': {},
    ubisoft: {
      batch: 200,
      train: 800,
      evaluation: 800,
      bins: 10,
      values: 'uniform',
      replacement: false,
      drawConstants: true,
      rescaled: true,
    },
  },
  source: 'Kim & Mnih 2018, section 4',
  isPlugIn: false,
  cost: costOfVotes,

  async compute(table: Table, options, context) {
    const { outcome, votes } = await scoreVotes(table, 'one', options, context, () => 1);
    return options.rescaled ? rescaleAccuracy(outcome, votes.source.factors.length) : outcome;
  },
});

/**
 * Weighted FactorVAE score: as {@link factorVaeScore}, where a vote counts the more the smaller its
 * smallest variance.
 *
 * A vote weighs (sum_d s_d - s_min) / sum_d s_d with s_d the relative standard deviation of the
 * active latents; the score is the weight of the right evaluation votes over their number. 0 to 1,
 * higher is better; 1 only where the fixed factor's latent does not vary at all. One active latent:
 * every weight is 0.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see C. Y. Song 2018, Comparing the VAE and the beta-VAE (MSc thesis, University College London),
 * section 5.2.2
 */
export const factorVaeWeightedScore = defineMetric<
  'factor-vae-weighted-score',
  typeof VOTING,
  FactorVaeWeightedParts,
  'factor-vae-weighted'
>({
  name: 'factor-vae-weighted-score',
  aliases: ['factor-vae-weighted'],
  title: 'FactorVAE score, weighted',
  summary: 'the same, and by how much it is the steadiest',
  needs: ['latents', 'factors'],
  range: [0, 1],
  better: 'higher',
  options: VOTING,
  presets: { paper: {} },
  source: 'Song 2018 (MSc thesis), section 5.2.2',
  isPlugIn: false,
  cost: costOfVotes,

  async compute(table: Table, options, context) {
    const { outcome, votes, isRight } = await scoreVotes(table, 'one', options, context, (all, i) => all.weights[i]);
    let right = 0;
    let whole = 0;
    for (let i = options.train; i < options.train + options.evaluation; i++) {
      whole += votes.weights[i];
      if (isRight(i)) right += votes.weights[i];
    }
    const isCast = outcome.parts.evaluationAccuracy !== null;
    return {
      ...outcome,
      parts: {
        ...outcome.parts,
        meanWeight: isCast ? whole / options.evaluation : null,
        relativeAccuracy: isCast && whole > 0 ? right / whole : null,
      },
    };
  },
});
