import { note } from '../note.js';
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

/** What XMIG was made of; matrices are [latent][factor]. */
export type XmigParts = DependencyGapParts;

const NO_SPARE_LATENT = note('no-spare-latent', 'undefined: every latent is meant for a factor');

const KIND: GapKind = {
  name: 'xmig',
  undefinedWhy: ({ latentCount, factorOf }) => (factorOf.size < latentCount ? null : NO_SPARE_LATENT),
  rivalOf({ latentCount, information, factorOf }, _, k) {
    const index = findLargest(
      latentCount,
      (d) => !factorOf.has(d),
      (d) => information(d, k),
    );
    return { index, information: information(index, k), given: null };
  },
};

/**
 * Dependency-blind mutual information gap: does the latent that is meant for a factor know more of
 * it than any latent that is meant for no factor?
 *
 * Mean over factors of (I(z_r(k); v_k) - max I(z_d; v_k)) / H(v_k): r(k) is the latent meant for
 * factor k, d any latent meant for none. Mutual information is that of equal-width bins. -1 to 1,
 * higher is better. Constant factors are left out. No more latents than factors: undefined.
 *
 * Agrees with an independent implementation of the definition to 1e-9.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see K. N. Watcharasupat 2021, Controllable Music: Supervised Learning of Disentangled
 * Representations for Music Generation
 */
export const xmig = defineMetric<'xmig', typeof GAP_OPTIONS, XmigParts, 'dependency-blind-mig'>({
  name: 'xmig',
  aliases: ['dependency-blind-mig'],
  title: 'XMIG',
  summary: 'latents meant for no factor know little of any',
  needs: ['latents', 'factors'],
  range: [-1, 1],
  better: 'higher',
  options: GAP_OPTIONS,
  presets: { paper: {} },
  presetLimits: { paper: LATTE_LIMIT },
  source: 'Watcharasupat 2021',
  isPlugIn: true,
  histograms: (options) => options,

  compute: (table: Table, options, { pause }) => meanDependencyGap(table, options, pause, KIND),
});
