import type { Table } from '../stats/table.js';
import { defineMetric } from './define-metric.js';
import { rescaleAccuracy } from './rescaled.js';
import { RESCALED } from './shared-options.js';
import { costOfVotes, scoreVotes, VOTING, type VoteParts } from './voting.js';

/** What the Z-max score was made of. */
export type ZMaxVarianceParts = VoteParts;

const OPTIONS = { ...VOTING, rescaled: RESCALED };

/**
 * Z-max: does the latent that varies most while a single factor varies tell which factor that was?
 *
 * Each vote holds all factors but one at the values of a row, draws a batch among the rows that
 * share them, and goes to the latent with the largest variance relative to its global variance. The
 * classifier says of each latent the factor it was chosen for most often; the score is its accuracy
 * on fresh votes. 0 to 1, higher is better, 1/K by chance.
 *
 * Needs rows that differ in a single factor, as a full grid has them; the notes say how many there
 * are of each factor. A factor without is left out. One factor: 1, which says nothing. No active
 * latent: 0.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see M. Kim, Y. Wang, P. Sahu, V. Pavlovic 2019, Relevance Factor VAE: Learning and Identifying
 * Disentangled Factors
 */
export const zMaxVariance = defineMetric<'z-max-variance', typeof OPTIONS, ZMaxVarianceParts, 'z-max' | 'rf-vae-score'>(
  {
    name: 'z-max-variance',
    aliases: ['z-max', 'rf-vae-score'],
    title: 'Z-max score',
    summary: 'the liveliest latent tells which factor alone varies',
    needs: ['latents', 'factors'],
    range: [0, 1],
    better: 'higher',
    options: OPTIONS,
    presets: {
      paper: {},
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
    source: 'Kim et al. 2019',
    isPlugIn: false,
    cost: costOfVotes,

    async compute(table: Table, options, context) {
      const { outcome, votes } = await scoreVotes(table, 'others', options, context, () => 1);
      return options.rescaled ? rescaleAccuracy(outcome, votes.source.factors.length) : outcome;
    },
  },
);
