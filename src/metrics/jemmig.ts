import { boolean, choice } from '../options/rule.js';
import { countBins } from '../stats/binning.js';
import { latentEntropies, mutualInformation } from '../stats/mutual-information.js';
import type { Table } from '../stats/table.js';
import { defineMetric } from './define-metric.js';
import { toRows } from './matrix-rows.js';
import { describeConstants, NO_FACTOR_VARIES, NO_SECOND_LATENT } from './notes.js';
import { BINNED } from './shared-options.js';
import { findTopTwo } from './top-two.js';

/** What JEMMIG was made of; matrices are [latent][factor]. */
export interface JemmigParts {
  /** I(z_d; v_k) in nats, D rows of K. */
  readonly mutualInformation: number[][];
  /** H(v_k, z_best) of each factor with its best latent in nats, K; null for a constant factor. */
  readonly jointEntropy: Array<number | null>;
  /**
   * JEMMIG of each factor, normalised to 0 .. 1 with higher better, K; null for a constant factor.
   */
  readonly score: Array<number | null>;
  /** The latent with the most information on each factor, K; null for a constant factor. */
  readonly bestLatent: Array<number | null>;
}

const OPTIONS = {
  ...BINNED,
  ties: choice(['lowest', 'highest'], { default: 'lowest', description: 'the index that wins where latents tie' }),
  countConstants: boolean({
    default: false,
    description: 'count constant factors, whose best latent is that of a tie, where they would be left out',
  }),
};

/**
 * JEMMIG: MIG that also asks the best latent to hold nothing but its factor.
 *
 * Mean over factors of 1 - (H(v_k, z*) - I(z*; v_k) + I(z_2nd; v_k)) / (H(v_k) + ln bins), with z*
 * the latent with the most information and everything from equal-width bins; 0 to 1, higher is
 * better. Constant factors are left out.
 *
 * Agrees with ubisoft's jemmig to 1e-9 under that preset.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see K. Do, T. Tran 2020, Theory and Evaluation Metrics for Learning Disentangled Representations
 */
export const jemmig = defineMetric<'jemmig', typeof OPTIONS, JemmigParts, 'jemmig-score'>({
  name: 'jemmig',
  aliases: ['jemmig-score'],
  title: 'JEMMIG',
  summary: 'one latent knows each factor and holds nothing else',
  needs: ['latents', 'factors'],
  range: [0, 1],
  better: 'higher',
  options: OPTIONS,
  presets: { paper: { bins: 100 }, ubisoft: { bins: 10, edges: 'unit', ties: 'highest', countConstants: true } },
  source: 'Do & Tran 2020',
  isPlugIn: true,
  histograms: (options) => options,

  async compute(table: Table, options, { pause }) {
    const { matrix, factorEntropies } = await mutualInformation(table, options, pause);
    const entropies = await latentEntropies(table, options);
    const largestLatentEntropy = await logOf(table, countBins(options));
    const { latentCount, factorCount, varyingFactors } = table;
    const jointEntropy = new Array<number | null>(factorCount).fill(null);
    const score = new Array<number | null>(factorCount).fill(null);
    const bestLatent = new Array<number | null>(factorCount).fill(null);
    const counted = options.countConstants && varyingFactors.length > 0 ? factorEntropies.keys() : varyingFactors;
    for (const k of counted) {
      const { first, second, index } = findTopTwo(latentCount, (d) => matrix[d * factorCount + k], options.ties);
      const joint = factorEntropies[k] + entropies[index] - matrix[index * factorCount + k];
      jointEntropy[k] = joint;
      // A corrected entropy can exceed ln bins, and a score then fall short of 0.
      score[k] = Math.max(0, 1 - (joint - first + second) / (factorEntropies[k] + largestLatentEntropy));
      bestLatent[k] = index;
    }
    const defined = score.filter((value) => value !== null);
    return {
      value: defined.length === 0 ? null : defined.reduce((a, b) => a + b, 0) / defined.length,
      parts: { mutualInformation: toRows(matrix, latentCount, factorCount), jointEntropy, score, bestLatent },
      notes: [
        ...(defined.length === 0 ? [NO_FACTOR_VARIES] : []),
        ...describeConstants(table, 'no mutual information', options.countConstants ? 'counted' : 'left out'),
        ...(latentCount === 1 ? [NO_SECOND_LATENT] : []),
      ],
    };
  },
});

/** ln bins, by the kernels' logarithm: the entropy of that many equal counts. */
function logOf({ core }: Table, bins: number): Promise<number> {
  return core.arena.scope(() =>
    core.information.entropyOfCounts(core.arena.upload('u32', new Uint32Array(bins).fill(1)), bins),
  );
}
