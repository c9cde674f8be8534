/** What `udr` can be asked for. */
import { ON_PROGRESS, SIGNAL } from '../options/common-rules.js';
import { choice, number, other, type Rule } from '../options/rule.js';
import type { CommonOptions, UdrReport } from '../types.js';

/** Options of `udr`. */
export interface UdrOptions extends Pick<CommonOptions, 'signal' | 'onProgress'> {
  /**
   * How alike two latents are: `spearman` (the default), the absolute rank correlation; `lasso`,
   * the absolute weight of the one in the lasso that predicts the other from all latents of its
   * model, standardised, with the penalty 0.1.
   */
  readonly similarity?: UdrReport['similarity'];
  /**
   * A latent whose mean divergence from the prior is not above this, in nats, is not informative.
   * Default 0.01.
   */
  readonly threshold?: number;
  /** What to call the models, in messages too; `model 0` and so on unless told. */
  readonly names?: readonly string[];
}

/** Every option of `udr`. */
export const UDR_OPTIONS = {
  similarity: choice(['spearman', 'lasso'], {
    default: 'spearman',
    description: 'similarity of two latents: of their ranks, or by what the lasso predicts of one from the other',
  }),
  threshold: number({
    default: 0.01,
    minimum: 0,
    unit: 'nats',
    description: 'divergence of an informative latent from the prior, in nats',
  }),
  names: other<readonly string[]>({
    expected: 'an array of strings',
    accepts: Array.isArray,
    defaultText: 'model 0, model 1 ...',
    description: 'what to call the models',
  }),
  signal: SIGNAL,
  onProgress: ON_PROGRESS,
} satisfies Record<keyof UdrOptions, Rule>;
