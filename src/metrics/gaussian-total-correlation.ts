import { note } from '../note.js';
import { varyingCovariance } from '../stats/covariance.js';
import { gaussianTotalCorrelation as gaussianTotalCorrelationOf } from '../stats/gaussian-total-correlation.js';
import type { Table } from '../stats/table.js';
import { defineMetric } from './define-metric.js';
import { toRows } from './matrix-rows.js';
import { describeConstantLatents, describeVanishing, FEWER_THAN_TWO_LATENTS } from './notes.js';

/** What the total correlation was made of. */
export interface GaussianTotalCorrelationParts {
  /** The latents that were compared, M of them. */
  readonly activeLatents: readonly number[];
  /** Covariance of those, divided by N - 1, M rows of M. */
  readonly covarianceBetweenLatents: number[][];
}

/**
 * Gaussian total correlation: how far are latents from independent, as far as their covariance
 * tells?
 *
 * .5 (sum_d ln C_dd - ln det C) nats, C the covariance of the latents that vary: the total
 * correlation of normal variables with this covariance. 0 where no two are correlated, lower is
 * better. Factors are not looked at. Undefined where C is singular.
 *
 * Agrees with disentanglement_lib to 1e-9.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see F. Locatello et al. 2019, Challenging Common Assumptions in the Unsupervised Learning of
 * Disentangled Representations
 */
export const gaussianTotalCorrelation = defineMetric<
  'gaussian-total-correlation',
  Record<never, never>,
  GaussianTotalCorrelationParts,
  'gtc'
>({
  name: 'gaussian-total-correlation',
  aliases: ['gtc'],
  title: 'Gaussian total correlation',
  summary: 'information that latents share, by their covariance',
  needs: ['latents'],
  range: [0, null],
  better: 'lower',
  options: {},
  presets: { paper: {}, 'disentanglement-lib': {} },
  source: 'Locatello et al. 2019',
  isPlugIn: true,
  cost: ({ rows, latents }) => ({
    seconds: (4.5e-10 * rows + 7.6e-10 * latents) * latents ** 2,
    bytes: 24 * latents ** 2,
  }),

  async compute(table: Table, _options, { pause }) {
    const { latents, vanishing, covariance } = await varyingCovariance(table, pause);
    const count = latents.length;
    const value = count < 2 ? null : gaussianTotalCorrelationOf(table.core, covariance, count);
    return {
      value,
      parts: { activeLatents: latents, covarianceBetweenLatents: toRows(covariance, count, count) },
      notes: [
        ...(count < 2 ? [FEWER_THAN_TWO_LATENTS] : []),
        ...(count >= 2 && value === null
          ? [
              note(
                'singular-covariance',
                'undefined: the covariance of the latents is singular, one of them is a linear function of others',
              ),
            ]
          : []),
        ...describeConstantLatents(table, 'left out'),
        ...describeVanishing(vanishing),
      ],
    };
  },
});
