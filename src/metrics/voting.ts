import { type Note, note } from '../note.js';
import { boolean, integer, number } from '../options/rule.js';
import { DRAWING } from './shared-options.js';
/**
 * Scores that are the accuracy of a classifier from the latent a vote goes to, to the factor that
 * was held fixed or varied.
 */

import { fitMajorityVote } from '../learners/majority-vote.js';
import type { Held } from '../stats/row-source.js';
import type { Table } from '../stats/table.js';
import { castVotes, type VoteOptions, type Votes } from '../stats/votes.js';
import { toRows } from './matrix-rows.js';
import type { Cost, MetricContext, Outcome, TableShape } from './metric.js';
import { describeConstants, NO_FACTOR_VARIES, NONE_HELD_FIXED, ONE_FACTOR_SCORES_1 } from './notes.js';

/** What such a score was made of. */
export interface VoteParts {
  /**
   * Share of the training votes that the classifier gets right (weighted by the votes' weights in
   * the weighted score).
   */
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

/** Options that all of them have. */
export const VOTING = {
  batch: integer({ default: 64, minimum: 2, maximum: 65536, description: 'samples per vote' }),
  train: integer({ default: 10000, minimum: 1, maximum: 10_000_000, description: 'votes the classifier is made of' }),
  evaluation: integer({ default: 5000, minimum: 1, maximum: 10_000_000, description: 'votes it is evaluated on' }),
  threshold: number({
    default: 0.05,
    minimum: 0,
    description: 'latents with a smaller standard deviation are left out',
  }),
  ...DRAWING,
  replacement: boolean({
    default: true,
    description: 'draw rows with replacement; without, in shuffled passes over the rows of a value',
  }),
};

/** What the votes take. Of a table of many latents it is the variances of batches. */
export function costOfVotes(
  { latents }: TableShape,
  { batch, train, evaluation }: Pick<VoteOptions, 'batch' | 'train' | 'evaluation'>,
): Cost {
  return { seconds: 1.5e-9 * (train + evaluation) * batch * latents, bytes: 0 };
}

/** Why there are no votes though factors vary. */
const WHY_NONE: Readonly<Record<Held, Note>> = {
  one: NONE_HELD_FIXED,
  others: note('no-fixable-factor', 'undefined: no two rows differ in a single factor'),
};

/**
 * Casts the votes, makes a classifier of the training votes, and rates it on the others; the value
 * is that accuracy.
 */
export async function scoreVotes(
  table: Table,
  held: Held,
  options: VoteOptions,
  { seed, sampler, pause }: MetricContext,
  weightOf: (votes: Votes, vote: number) => number,
): Promise<{ outcome: Outcome<VoteParts>; votes: Votes; isRight: (vote: number) => boolean }> {
  const votes = await castVotes(table, held, options, seed, sampler, pause);
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
  const notes: Note[] = [...source.notes, ...describeConstants(table, 'never voted for')];
  const quiet = table.varyingLatents.filter((d) => !activeLatents.includes(d));
  if (quiet.length > 0) {
    const text = `latents ${quiet.join(', ')}: standard deviation below ${options.threshold}, never voted for`;
    notes.push(note('quiet-latents', text, { option: 'threshold' }));
  }
  if (source.factors.length === 1) notes.push(ONE_FACTOR_SCORES_1);
  const parts = {
    votes: toRows(tally, table.latentCount, factorCount),
    activeLatents: [...activeLatents],
    assignedFactor: [...assigned],
  };
  if (source.factors.length === 0) {
    notes.unshift(table.varyingFactors.length === 0 ? NO_FACTOR_VARIES : WHY_NONE[held]);
  } else if (activeLatents.length === 0) {
    const text = 'no latent varies enough to be voted for: 0 by definition';
    notes.unshift(note('no-active-latent', text, { option: 'threshold' }));
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
