import { varyingCovariance } from '../stats/covariance.js';
import type { Table } from '../stats/table.js';
import { toRows } from './matrix-rows.js';
import type { Metric } from './metric.js';
import { describeConstantLatents, describeVanishing, FEWER_THAN_TWO_LATENTS } from './notes.js';

/** What the total correlation was made of. */
export interface GaussianTotalCorrelationParts {
  /** The latents that were compared, M of them. */
  readonly activeLatents: readonly number[];
  /** Covariance of those, divided by N - 1, M rows of M. */
  readonly covarianceBetweenLatents: number[][];
}

/** A share of a latent's variance below which it counts as nothing: far above the rounding of a covariance. */
const LEAST_SHARE = 1e-12;

/**
 * Gaussian total correlation: how far are latents from independent, as far as their covariance tells?
 *
 * .5 (sum_d ln C_dd - ln det C) nats, C the covariance of the latents that vary: the total correlation of normal variables with
 * this covariance. 0 where no two are correlated, lower is better. Factors are not looked at. Undefined where C is singular.
 *
 * Agrees with disentanglement_lib to 1e-9.
 *
 * @see F. Locatello et al. 2019, Challenging Common Assumptions in the Unsupervised Learning of Disentangled Representations
 */
export const gaussianTotalCorrelation: Metric<Record<never, never>, GaussianTotalCorrelationParts> = {
  name: 'gaussian-total-correlation',
  aliases: ['gtc'],
  title: 'Gaussian total correlation',
  summary: 'information that latents share, by their covariance',
  needs: ['latents'],
  range: [0, null],
  better: 'lower',
  defaults: {},
  rules: {},
  presets: { paper: {}, 'disentanglement-lib': {} },
  source: 'Locatello et al. 2019',
  isPlugIn: true,

  async compute(table: Table, _options, { pause }) {
    const { latents, vanishing, covariance } = await varyingCovariance(table, pause);
    const count = latents.length;
    // The determinant of the correlations is that of the covariances over the product of the variances, at no risk of overflow.
    const scale = latents.map((_, i) => 1 / Math.sqrt(covariance[i * count + i]));
    const correlation = covariance.map((value, at) => {
      const [i, j] = [Math.floor(at / count), at % count];
      return i === j ? 1 : value * scale[i] * scale[j];
    });
    const logDeterminant = count < 2 ? null : table.core.covariance.logDeterminant(correlation, count, LEAST_SHARE);
    return {
      value: logDeterminant === null ? null : Math.max(0, -0.5 * logDeterminant),
      parts: { activeLatents: latents, covarianceBetweenLatents: toRows(covariance, count, count) },
      notes: [
        ...(count < 2 ? [FEWER_THAN_TWO_LATENTS] : []),
        ...(count >= 2 && logDeterminant === null
          ? ['undefined: the covariance of the latents is singular, one of them is a linear function of others']
          : []),
        ...describeConstantLatents(table, 'left out'),
        ...describeVanishing(vanishing),
      ],
    };
  },
};
