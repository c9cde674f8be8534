import type { Table } from '../stats/table.js';
import { defineMetric } from './define-metric.js';
import {
  type DependencyGapParts,
  findLargest,
  GAP_OPTIONS,
  type GapKind,
  LATTE_LIMIT,
  meanDependencyGap,
} from './dependency-gaps.js';
import { describeSingleFactor } from './notes.js';

/** What DLIG was made of; matrices are [latent][factor]. */
export type DligParts = DependencyGapParts;

const KIND: GapKind = {
  name: 'dlig',
  most: 1,
  undefinedWhy: ({ varyingFactors }) => (varyingFactors.length > 1 ? null : describeSingleFactor('DLIG')),
  rivalOf({ varyingFactors, information }, regular, k) {
    const others = varyingFactors.filter((other) => other !== k);
    const index =
      others[
        findLargest(
          others.length,
          () => true,
          (i) => information(regular, others[i]),
        )
      ];
    return { index, information: information(regular, index), given: index };
  },
};

/**
 * Dependency-aware latent information gap: does the latent that is meant for a factor know more of
 * it than of any other factor, if factors depend on each other?
 *
 * Mean over factors of (I(z_r(k); v_k) - I(z_r(k); v_l)) / H(v_k | v_l): r(k) is the latent meant
 * for factor k, and l the other factor that it knows most of. Mutual information is that of
 * equal-width bins. At most 1, higher is better; below 0 if it knows more of another factor.
 * Constant factors, and those that are a function of v_l, are left out. One factor, or fewer
 * latents than factors: undefined.
 *
 * Agrees with an independent implementation of the definition to 1e-9.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see K. N. Watcharasupat, A. Lerch 2021, Evaluation of Latent Space Disentanglement in the
 * Presence of Interdependent Attributes
 */
export const dlig = defineMetric<'dlig', typeof GAP_OPTIONS, DligParts, 'dependency-aware-lig'>({
  name: 'dlig',
  aliases: ['dependency-aware-lig'],
  title: 'DLIG',
  summary: 'the latent meant for a factor knows little of other factors',
  needs: ['latents', 'factors'],
  range: [null, 1],
  better: 'higher',
  options: GAP_OPTIONS,
  presets: { paper: {} },
  presetLimits: { paper: LATTE_LIMIT },
  source: 'Watcharasupat & Lerch 2021',
  isPlugIn: true,
  histograms: (options) => options,

  compute: (table: Table, options, { pause }) => meanDependencyGap(table, options, pause, KIND),
});
