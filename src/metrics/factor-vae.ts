/** The two scores that are read off the same votes: FactorVAE's, and its weighted form. */

import { fitMajorityVote } from '../learners/majority-vote.js';
import type { Table } from '../stats/table.js';
import { castVotes, type VoteOptions, type Votes } from '../stats/votes.js';
import { toRows } from './matrix-rows.js';
import type { Metric, MetricContext, OptionRule, Outcome } from './metric.js';
import { describeConstants, NO_FACTOR_VARIES } from './notes.js';

/** What the FactorVAE scores were made of. */
export interface FactorVaeParts {
  /** Share of the training votes that the classifier gets right (weighted by the votes' weights in the weighted score). */
  readonly trainAccuracy: number | null;
  /** The same of the evaluation votes: the score. */
  readonly evaluationAccuracy: number | null;
  /** Training votes, [latent][factor]; sums of weights in the weighted score. */
  readonly votes: number[][];
  /** The latents that vary enough to be voted for. */
  readonly activeLatents: number[];
  /** The factor that the classifier assigns to each latent; null for one without votes. */
  readonly assignedFactor: Array<number | null>;
}

/** As {@link FactorVaeParts}, with the accuracy relative to the weights. */
export interface FactorVaeWeightedParts extends FactorVaeParts {
  /** Mean weight of the evaluation votes, 1 where the smallest variance is always 0. */
  readonly meanWeight: number | null;
  /** Weight of the right evaluation votes over that of all: the accuracy without the penalty for small weights. */
  readonly relativeAccuracy: number | null;
}

const DEFAULTS = { batch: 64, train: 10000, evaluation: 5000, threshold: 0.05, bins: 20 };

const RULES: Readonly<Record<keyof typeof DEFAULTS, OptionRule>> = {
  batch: { type: 'integer', minimum: 2, maximum: 65536, description: 'samples per vote' },
  train: { type: 'integer', minimum: 1, maximum: 10_000_000, description: 'votes the classifier is made of' },
  evaluation: { type: 'integer', minimum: 1, maximum: 10_000_000, description: 'votes it is evaluated on' },
  threshold: { type: 'number', minimum: 0, description: 'latents with a smaller standard deviation are left out' },
  bins: { type: 'integer', minimum: 2, maximum: 65535, description: 'equal-width bins of a continuous factor' },
};

/**
 * FactorVAE score: does the latent that varies least while a factor is fixed tell which factor that was?
 *
 * Each vote fixes a factor at a value, draws a batch, and goes to the latent with the smallest variance relative to its
 * global variance. The classifier says of each latent the factor it was chosen for most often; the score is its accuracy
 * on fresh votes. 0 to 1, higher is better, 1/K by chance. No active latent: 0. One factor: 1, which says nothing.
 *
 * Votes and classifier agree exactly with disentanglement_lib on the same drawn rows.
 *
 * @see H. Kim, A. Mnih 2018, Disentangling by Factorising, section 4
 */
export const factorVaeScore: Metric<typeof DEFAULTS, FactorVaeParts> = {
  name: 'factor-vae-score',
  aliases: ['factor-vae'],
  title: 'FactorVAE score',
  summary: 'the steadiest latent tells which factor is fixed',
  needs: ['latents', 'factors'],
  range: [0, 1],
  better: 'higher',
  defaults: DEFAULTS,
  rules: RULES,
  source: 'Kim & Mnih 2018, section 4',
  isPlugIn: false,

  async compute(table: Table, options, context) {
    const { outcome } = await scoreVotes(table, options, context, () => 1);
    return outcome;
  },
};

/**
 * Weighted FactorVAE score: as {@link factorVaeScore}, where a vote counts the more the smaller its smallest variance.
 *
 * A vote weighs (sum_d s_d - s_min) / sum_d s_d with s_d the relative standard deviation of the active latents; the score
 * is the weight of the right evaluation votes over their number. 0 to 1, higher is better; 1 only where the fixed factor's
 * latent does not vary at all. One active latent: every weight is 0.
 *
 * @see C. Y. Song 2018, Comparing the VAE and the beta-VAE (MSc thesis, University College London), section 5.2.2
 */
export const factorVaeWeightedScore: Metric<typeof DEFAULTS, FactorVaeWeightedParts> = {
  name: 'factor-vae-weighted-score',
  aliases: ['factor-vae-weighted'],
  title: 'FactorVAE score, weighted',
  summary: 'the same, and by how much it is the steadiest',
  needs: ['latents', 'factors'],
  range: [0, 1],
  better: 'higher',
  defaults: DEFAULTS,
  rules: RULES,
  source: 'Song 2018 (MSc thesis), section 5.2.2',
  isPlugIn: false,

  async compute(table: Table, options, context) {
    const { outcome, votes, isRight } = await scoreVotes(table, options, context, (all, i) => all.weights[i]);
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
};

async function scoreVotes(
  table: Table,
  options: VoteOptions,
  { seed, sampler, pause }: MetricContext,
  weightOf: (votes: Votes, vote: number) => number,
): Promise<{ outcome: Outcome<FactorVaeParts>; votes: Votes; isRight: (vote: number) => boolean }> {
  const votes = await castVotes(table, options, seed, sampler, pause);
  const { source, activeLatents, chosen, factors } = votes;
  const factorCount = source.factorCount;
  const total = options.train + options.evaluation;
  const isCast = source.factors.length > 0 && activeLatents.length > 0;

  const trained = isCast ? options.train : 0;
  const { tally, classes: assigned } = fitMajorityVote(
    chosen.subarray(0, trained),
    factors.subarray(0, trained),
    table.latentCount,
    factorCount,
    (i) => weightOf(votes, i),
  );
  // A latent without training votes stands for the first factor, as argmax over zeros does.
  const isRight = (i: number) => factors[i] === (assigned[chosen[i]] ?? source.factors[0]);
  const accuracy = (from: number, to: number) => {
    let right = 0;
    for (let i = from; i < to; i++) if (isRight(i)) right += weightOf(votes, i);
    return right / (to - from);
  };
  const notes = [...source.notes, ...describeConstants(table, 'never voted for')];
  const quiet = table.varyingLatents.filter((d) => !activeLatents.includes(d));
  if (quiet.length > 0) {
    notes.push(`latents ${quiet.join(', ')}: standard deviation below ${options.threshold}, never voted for`);
  }
  if (source.factors.length === 1) notes.push('one factor: any representation scores 1');
  const parts = {
    votes: toRows(tally, table.latentCount, factorCount),
    activeLatents: [...activeLatents],
    assignedFactor: [...assigned],
  };
  if (source.factors.length === 0) {
    notes.unshift(table.varyingFactors.length === 0 ? NO_FACTOR_VARIES : 'undefined: no factor can be held fixed');
  } else if (activeLatents.length === 0) {
    notes.unshift('no latent varies enough to be voted for: 0 by definition');
  }
  if (!isCast) {
    return {
      outcome: {
        value: source.factors.length === 0 ? null : 0,
        parts: { trainAccuracy: null, evaluationAccuracy: null, ...parts },
        notes,
      },
      votes,
      isRight,
    };
  }
  const evaluationAccuracy = accuracy(options.train, total);
  return {
    outcome: {
      value: evaluationAccuracy,
      parts: { trainAccuracy: accuracy(0, options.train), evaluationAccuracy, ...parts },
      notes,
    },
    votes,
    isRight,
  };
}
