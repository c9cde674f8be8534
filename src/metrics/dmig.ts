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
import { NO_SECOND_LATENT } from './notes.js';

/** What DMIG was made of; matrices are [latent][factor]. */
export type DmigParts = DependencyGapParts;

const KIND: GapKind = {
  name: 'dmig',
  undefinedWhy: () => null,
  rivalOf({ latentCount, information, factorOf }, regular, k) {
    if (latentCount === 1) return { index: null, information: 0, given: null };
    const index = findLargest(
      latentCount,
      (d) => d !== regular,
      (d) => information(d, k),
    );
    return { index, information: information(index, k), given: factorOf.get(index) ?? null };
  },
  notes: ({ latentCount }) => (latentCount === 1 ? [NO_SECOND_LATENT] : []),
};

/**
 * Dependency-aware mutual information gap: does the latent that is meant for a factor know more of
 * it than any other latent does, if factors depend on each other?
 *
 * Mean over factors of (I(z_r(k); v_k) - I(z_n; v_k)) / H(v_k | v_l): r(k) is the latent meant for
 * factor k, n the other latent that knows most of it, and l the factor that n is meant for; H(v_k)
 * if it is meant for none. Mutual information is that of equal-width bins. Higher is better; below
 * 0 if another latent knows more. One latent: the runner-up is 0. Constant factors, and those that
 * are a function of v_l, are left out. Fewer latents than factors: undefined.
 *
 * Agrees with an independent implementation of the definition to 1e-9.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see K. N. Watcharasupat, A. Lerch 2021, Evaluation of Latent Space Disentanglement in the
 * Presence of Interdependent Attributes
 */
export const dmig = defineMetric<'dmig', typeof GAP_OPTIONS, DmigParts, 'dependency-aware-mig'>({
  name: 'dmig',
  aliases: ['dependency-aware-mig'],
  title: 'DMIG',
  summary: 'MIG between the latents meant for factors that depend on each other',
  needs: ['latents', 'factors'],
  range: [null, null],
  better: 'higher',
  options: GAP_OPTIONS,
  presets: { paper: {} },
  presetLimits: { paper: LATTE_LIMIT },
  source: 'Watcharasupat & Lerch 2021',
  isPlugIn: true,
  histograms: (options) => options,

  compute: (table: Table, options, { pause }) => meanDependencyGap(table, options, pause, KIND),
});
