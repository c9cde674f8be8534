import { type Note, note } from '../note.js';
import { choice, number, type ValuesOf } from '../options/rule.js';
import { encodeFactor } from '../stats/binning.js';
import { latentVariances } from '../stats/latent-variances.js';
import { latentEntropies, mutualInformation } from '../stats/mutual-information.js';
import type { Table } from '../stats/table.js';
import { defineMetric } from './define-metric.js';
import { toRows } from './matrix-rows.js';
import { meanOfDefined } from './mean-of-defined.js';
import { describeConstants, NO_FACTOR_VARIES, NO_LATENT_VARIES, NO_SECOND_FACTOR, nameColumns } from './notes.js';
import { BINNED } from './shared-options.js';
import { findTopTwo } from './top-two.js';

/** What MIG-sup was made of; matrices are [latent][factor]. */
export interface MigSupParts {
  /** I(z_d; v_k) in nats, D rows of K. */
  readonly mutualInformation: number[][];
  /** H(z_d) of the bins in nats, D. */
  readonly entropy: number[];
  /** H(v_k) in nats, K. */
  readonly factorEntropy: number[];
  /**
   * Largest - second largest I(z_d; .), each over the normaliser, D; null for a latent that is left
   * out.
   */
  readonly gap: Array<number | null>;
  /** The factor that each latent knows most about, D; null for a latent that is left out. */
  readonly bestFactor: Array<number | null>;
}

const OPTIONS = {
  ...BINNED,
  normaliser: choice(['factor', 'log-size', 'latent'], {
    default: 'factor',
    description:
      'what information is divided by: the entropy of the factor, the logarithm of its number of values (or bins), or the entropy of the latent',
  }),
  active: number({
    default: 0,
    minimum: 0,
    description: 'latents of no larger variance are left out; 0 keeps all that vary',
  }),
};
type Options = ValuesOf<typeof OPTIONS>;

/**
 * MIG-sup: does each latent know one factor alone? The mirror of MIG, with the gap between factors
 * instead of latents.
 *
 * Mean over latents of the difference between the two largest I(z_d; v_k) / H(v_k), with mutual
 * information and entropy of equal-width bins; 0 to 1, higher is better. Constant latents are left
 * out, and those of little variance where `active` says so. One factor: the runner-up is 0.
 *
 * Agrees with the last step of the authors' code to 1e-8 with `normaliser` log-size and `active`
 * 0.01, and with ubisoft's mig_sup to 1e-9 under that preset.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see Z. Li, J. V. Murkute, P. K. Gyawali, L. Wang 2020, Progressive Learning and Disentanglement
 * of Hierarchical Representations
 */
export const migSup = defineMetric<'mig-sup', typeof OPTIONS, MigSupParts, 'mig-sup-score'>({
  name: 'mig-sup',
  aliases: ['mig-sup-score'],
  title: 'MIG-sup',
  summary: 'each latent knows one factor alone',
  needs: ['latents', 'factors'],
  range: [0, 1],
  better: 'higher',
  options: OPTIONS,
  presets: { paper: { active: 0.01 }, ubisoft: { bins: 10, edges: 'unit', normaliser: 'latent' } },
  source: 'Li et al. 2020',
  isPlugIn: true,
  histograms: (options) => options,

  async compute(table: Table, options, { pause }) {
    const { matrix, factorEntropies } = await mutualInformation(table, options, pause);
    const entropy = await latentEntropies(table, options);
    const { latentCount, factorCount, varyingFactors } = table;
    const { active, quiet } = await chooseLatents(table, options.active);
    const ofFactors = options.normaliser === 'log-size' ? await logSizes(table, options) : factorEntropies;
    const gap = new Array<number | null>(latentCount).fill(null);
    const bestFactor = new Array<number | null>(latentCount).fill(null);
    for (const d of varyingFactors.length === 0 ? [] : active) {
      const { first, second, index } = findTopTwo(factorCount, (k) => {
        const most = options.normaliser === 'latent' ? entropy[d] : ofFactors[k];
        // Corrected entropies may be beyond the logarithm of the size.
        return most > 0 ? Math.min(1, matrix[d * factorCount + k] / most) : 0;
      });
      gap[d] = first - second;
      bestFactor[d] = index;
    }
    return {
      value: meanOfDefined(gap),
      parts: {
        mutualInformation: toRows(matrix, latentCount, factorCount),
        entropy: Array.from(entropy),
        factorEntropy: Array.from(factorEntropies),
        gap,
        bestFactor,
      },
      notes: [
        ...(varyingFactors.length === 0 ? [NO_FACTOR_VARIES] : []),
        ...(varyingFactors.length > 0 && active.length === 0 ? [describeNone(quiet, options)] : []),
        ...describeConstants(table, 'left out'),
        ...describeThreshold(quiet, options),
        ...(varyingFactors.length === 1 ? [NO_SECOND_FACTOR] : []),
      ],
    };
  },
});

/** The latents that count, and those that vary too little to. */
async function chooseLatents(table: Table, least: number): Promise<{ active: number[]; quiet: number[] }> {
  if (least === 0) return { active: table.varyingLatents, quiet: [] };
  const { variances } = await latentVariances(table);
  const isActive = (d: number) => variances[d] > least;
  return {
    active: table.varyingLatents.filter(isActive),
    quiet: table.varyingLatents.filter((d) => !isActive(d)),
  };
}

/** ln of the number of values (or bins) of each factor, K; 0 for a constant one. */
async function logSizes(table: Table, { bins, edges }: Options): Promise<Float64Array> {
  const out = new Float64Array(table.factorCount);
  for (const k of table.varyingFactors) {
    const { size } = await encodeFactor(table, k, bins, edges);
    out[k] = table.core.information.naturalLogarithm(size);
  }
  return out;
}

/** Why there is no score though factors vary. */
function describeNone(quiet: readonly number[], { active }: Options): Note {
  if (quiet.length === 0) return NO_LATENT_VARIES;
  return note('no-active-latent', `undefined: no latent has a variance above ${active}`, { option: 'active' });
}

function describeThreshold(quiet: readonly number[], { active }: Options): Note[] {
  if (active === 0) return [];
  const text = `${nameColumns('latent', quiet)}: a variance of ${active} or less, left out`;
  return [
    ...(quiet.length === 0 ? [] : [note('quiet-latents', text, { option: 'active' })]),
    note('absolute-threshold', 'the least variance is absolute: another scale of the latents is another score', {
      option: 'active',
    }),
  ];
}
