import { groupByValue, type LatentEntropies, mixtureEntropies } from '../decomposition/mixture-entropies.js';
import { describeUnlikely } from '../decomposition/unlikely-samples.js';
import { type Note, note } from '../note.js';
import { choice, integer, type ValuesOf } from '../options/rule.js';
import { mention, phrase } from '../phrase.js';
import type { Table } from '../stats/table.js';
import { definePosteriorMetric } from './define-metric.js';
import { toRows } from './matrix-rows.js';
import {
  describeConstantFactors,
  describeConstantPosteriors,
  NO_FACTOR_VARIES,
  NO_SECOND_LATENT,
  nameColumns,
} from './notes.js';
import { BINS_OF_FACTORS } from './shared-options.js';
import { findTopTwo } from './top-two.js';

/** What posterior MIG was made of; matrices are [latent][factor], all in nats. */
export interface MigPosteriorParts {
  /** I(z_d; v_k) = H(z_d) - H(z_d | v_k), at least 0, D rows of K; 0 for a constant factor. */
  readonly mutualInformation: number[][];
  /** H(z_d), D. */
  readonly marginalEntropy: number[];
  /** H(z_d | v_k), D rows of K; null for a constant factor. */
  readonly conditionalEntropy: Array<Array<number | null>>;
  /** H(v_k), K. */
  readonly entropy: number[];
  /**
   * What the gap is divided by, and information at most, K: ln of the number of values, or the
   * entropy; null for a constant factor.
   */
  readonly normaliser: Array<number | null>;
  /** (largest - second largest I(.; v_k)) over the normaliser, K; null for a constant factor. */
  readonly gap: Array<number | null>;
  /** The latent with the most information on each factor, K; null for a constant factor. */
  readonly bestLatent: Array<number | null>;
}

const WEIGHTS = ['values', 'rows'] as const;
const NORMALISERS = ['log-size', 'entropy'] as const;

const OPTIONS = {
  normaliser: choice(NORMALISERS, {
    default: 'log-size',
    description: "what gaps are divided by: ln of the factor's number of values, or its entropy",
  }),
  weights: choice(WEIGHTS, {
    default: 'values',
    description: 'of values in H(z_d given v_k): the same for each, or as many as it has rows',
  }),
  samples: integer({
    default: 10_000,
    minimum: 1,
    maximum: 100_000_000,
    description: 'samples of each mixture, at most; mixtures are of all rows',
  }),
  bins: BINS_OF_FACTORS,
};
type MigPosteriorOptions = ValuesOf<typeof OPTIONS>;

/**
 * From here on the commonest value of a factor has so many times the rows of the rarest that the
 * notes say so.
 */
const UNEVEN = 2;
/** Less than this beyond the normaliser is rounding. */
const ROUNDING = 1e-9;

/**
 * Mutual information gap of posteriors: does one latent alone know each factor, by the densities of
 * q(z|x)?
 *
 * Mean over factors of (I(z_1st; v_k) - I(z_2nd; v_k)) / ln(values of v_k), I(z_d; v_k) = H(z_d) -
 * H(z_d | v_k) with entropies of mixtures of posteriors, at samples of them; 0 to 1, higher is
 * better. One latent: the runner-up is 0. Constant factors are left out; latents with one posterior
 * for all rows have 0.
 *
 * Agrees with the authors' disentanglement_metrics to 1e-9 on the same samples.
 *
 * @param posterior mu and logvar (N, D), the natural logarithm of variances; z (N, D), a sample of
 * each, is drawn from the seed where there is none
 * @param factors (N, K)
 * @throws TypeError, RangeError or DataError for shapes that differ, and numbers that are no
 * posterior
 * @see R. T. Q. Chen, X. Li, R. Grosse, D. Duvenaud 2018, Isolating Sources of Disentanglement in
 * VAEs, section 4.1, appendix C
 * @example
 * const { value, parts } = await migPosterior({ mu, logvar }, factors, { seed: 1 });
 */
export const migPosterior = definePosteriorMetric<'mig-posterior', typeof OPTIONS, MigPosteriorParts, 'posterior-mig'>({
  name: 'mig-posterior',
  aliases: ['posterior-mig'],
  title: 'MIG of posteriors',
  summary: 'MIG by densities of q(z|x), without bins of latents',
  needs: ['posterior', 'factors'],
  range: [0, 1],
  better: 'higher',
  options: OPTIONS,
  presets: { paper: { normaliser: 'entropy' } },
  source: 'Chen et al. 2018, section 4.1',
  isPlugIn: true,

  pieces: {
    count: (table: Table) => table.latentCount,
    compute: (table: Table, { samples, bins }, { seed, pause }, d): Promise<LatentEntropies> =>
      mixtureEntropies(table, d, { samples, bins, seed }, pause),
  },

  async compute(table: Table, options, { seed, pieces }) {
    const latents = await pieces<LatentEntropies>();
    const { rows, latentCount, factorCount, varyingFactors } = table;
    const { naturalLogarithm } = table.core.information;
    const information = new Float64Array(latentCount * factorCount);
    const conditional = new Array<number | null>(latentCount * factorCount).fill(null);
    const entropy = new Array<number>(factorCount).fill(0);
    const ofFactors = () => new Array<number | null>(factorCount).fill(null);
    const [normaliser, gap, bestLatent] = [ofFactors(), ofFactors(), ofFactors()];
    const [uneven, beyond]: [number[], number[]] = [[], []];
    for (const [i, k] of varyingFactors.entries()) {
      const { counts } = await groupByValue(table, k, { ...options, seed });
      entropy[k] = entropyOfCounts(table, counts);
      const limit = options.normaliser === 'entropy' ? entropy[k] : naturalLogarithm(counts.length);
      latents.forEach((latent, d) => {
        const within = latent.conditional?.[i];
        const mean = within ? meanOver(within, counts, options.weights) : latent.marginal;
        conditional[d * factorCount + k] = mean;
        information[d * factorCount + k] = Math.max(0, latent.marginal - mean);
      });
      // No latent knows more of a factor than there is to know, whatever samples say.
      const knownAt = (d: number) => Math.min(limit, information[d * factorCount + k]);
      const { first, second, index } = findTopTwo(latentCount, knownAt);
      [normaliser[k], gap[k], bestLatent[k]] = [limit, (first - second) / limit, index];
      if (options.weights === 'values' && isUneven(counts)) uneven.push(k);
      if (latents.some((_, d) => information[d * factorCount + k] > limit + ROUNDING)) beyond.push(k);
    }
    const gaps = varyingFactors.map((k) => gap[k] as number);
    const value = gaps.length === 0 ? null : gaps.reduce((sum, one) => sum + one, 0) / gaps.length;
    const meanSquares = latents.map(({ meanSquare }) => meanSquare).filter((one) => one !== null);
    const constant = latents.flatMap((latent, d) => (latent.conditional === null ? [d] : []));
    return {
      value,
      parts: {
        mutualInformation: toRows(information, latentCount, factorCount),
        marginalEntropy: latents.map(({ marginal }) => marginal),
        conditionalEntropy: toRows(conditional, latentCount, factorCount),
        entropy,
        normaliser,
        gap,
        bestLatent,
      },
      notes: [
        ...(value === null ? [NO_FACTOR_VARIES] : []),
        ...(meanSquares.length > 0 ? describeUnlikely(table.core, meanSquares, rows) : []),
        ...describeConstantPosteriors(constant),
        ...describeConstantFactors(table),
        ...(latentCount === 1 ? [NO_SECOND_LATENT] : []),
        ...(rows > options.samples
          ? [
              note(
                'sampled-entropies',
                `entropies are at ${options.samples} samples of each mixture at most, which is of all its rows`,
                { option: 'samples' },
              ),
            ]
          : []),
        ...describeUneven(uneven),
        ...describeBeyond(beyond),
      ],
    };
  },
});

/** H(z_d | v_k) from the entropies of each value. */
function meanOver(entropies: readonly number[], counts: Int32Array, weights: MigPosteriorOptions['weights']): number {
  const weightOf = (v: number) => (weights === 'rows' ? counts[v] : 1);
  const total = entropies.reduce((sum, _, v) => sum + weightOf(v), 0);
  return entropies.reduce((sum, entropy, v) => sum + weightOf(v) * entropy, 0) / total;
}

function entropyOfCounts({ core, rows }: Table, counts: Int32Array): number {
  return core.arena.borrow(() => core.information.entropyOfCounts(core.arena.upload('u32', counts), rows));
}

function isUneven(counts: Int32Array): boolean {
  const [least, most] = [counts.reduce((a, b) => Math.min(a, b)), counts.reduce((a, b) => Math.max(a, b))];
  return most >= UNEVEN * least;
}

function describeUneven(factors: readonly number[]): Note[] {
  if (factors.length === 0) return [];
  const text = `${nameColumns('factor', factors)}: values of different frequency count the same`;
  const suggestion = phrase`unless ${mention('weights', 'rows', 'mig-posterior')}`;
  return [note('uneven-values', text, { option: 'weights', suggestion })];
}

function describeBeyond(factors: readonly number[]): Note[] {
  if (factors.length === 0) return [];
  const text = `${nameColumns('factor', factors)}: estimates of information beyond all there is, counted as that`;
  return [note('bounded-information', text)];
}
