import { symmetricEigenvalues } from '../learners/symmetric-eigenvalues.js';
import { varyingCovariance } from '../stats/covariance.js';
import type { Table } from '../stats/table.js';
import { defineMetric } from './define-metric.js';
import { toRows } from './matrix-rows.js';
import { describeConstantLatents, describeVanishing, FEWER_THAN_TWO_LATENTS } from './notes.js';

/** What the Wasserstein correlation was made of. */
export interface GaussianWassersteinCorrelationParts {
  /** The score over tr C: 0 to below 2, whatever the scale of the latents; null where undefined. */
  readonly normalised: number | null;
  /** The latents that were compared, M of them. */
  readonly activeLatents: readonly number[];
  /** Covariance of those, divided by N - 1, M rows of M. */
  readonly covarianceBetweenLatents: number[][];
}

/**
 * Gaussian Wasserstein correlation: how far are latents from independent, in the units of their
 * variances?
 *
 * 2 tr C - 2 tr (D^.5 C D^.5)^.5 with C the covariance of the latents that vary and D its diagonal:
 * the squared Wasserstein-2 distance between normal distributions with covariance C and D. 0 where
 * no two latents are correlated, lower is better. Factors are not looked at.
 *
 * Agrees with disentanglement_lib to 1e-7 of tr C, which is as far as theirs is exact.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see F. Locatello et al. 2019, Challenging Common Assumptions in the Unsupervised Learning of
 * Disentangled Representations
 */
export const gaussianWassersteinCorrelation = defineMetric<
  'gaussian-wasserstein-correlation',
  Record<never, never>,
  GaussianWassersteinCorrelationParts,
  'gwc'
>({
  name: 'gaussian-wasserstein-correlation',
  aliases: ['gwc'],
  title: 'Gaussian Wasserstein correlation',
  summary: 'distance of latents from uncorrelated ones',
  needs: ['latents'],
  range: [0, null],
  better: 'lower',
  options: {},
  presets: { paper: {}, 'disentanglement-lib': {} },
  source: 'Locatello et al. 2019',
  isPlugIn: true,
  cost: ({ rows, latents }) => ({
    seconds: (4.5e-10 * rows + 4.5e-9 * latents) * latents ** 2,
    bytes: 24 * latents ** 2,
  }),

  async compute(table: Table, _options, { pause }) {
    const { latents, vanishing, covariance } = await varyingCovariance(table, pause);
    const count = latents.length;
    const variances = latents.map((_, i) => covariance[i * count + i]);
    const largest = variances.reduce((a, b) => Math.max(a, b), 0);
    // In units of the largest variance, so that nothing overflows.
    const units = variances.map((variance) => variance / largest);
    const product = covariance.map((value, at) => {
      const [i, j] = [Math.floor(at / count), at % count];
      return Math.sqrt(units[i]) * (value / largest) * Math.sqrt(units[j]);
    });
    const roots = symmetricEigenvalues(product, count).map((value) => Math.sqrt(Math.max(0, value)));
    const sum = (values: Iterable<number>) => [...values].sort((a, b) => a - b).reduce((a, b) => a + b, 0);
    const trace = sum(units);
    const distance = Math.max(0, 2 * (trace - sum(roots)));
    return {
      value: count < 2 ? null : distance * largest,
      parts: {
        normalised: count < 2 ? null : distance / trace,
        activeLatents: latents,
        covarianceBetweenLatents: toRows(covariance, count, count),
      },
      notes: [
        ...(count < 2 ? [FEWER_THAN_TWO_LATENTS] : []),
        ...describeConstantLatents(table, 'left out'),
        ...describeVanishing(vanishing),
      ],
    };
  },
});
