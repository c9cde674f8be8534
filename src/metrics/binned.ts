import type { OptionRule } from './metric.js';

/** Options of the metrics that are read off a histogram. */
export type BinnedOptions = { bins: number; millerMadow: boolean };

/** Whether entropies are corrected, in every metric that can. */
export const MILLER_MADOW: OptionRule = {
  type: 'boolean',
  description: 'correct entropies for finitely many rows (Miller 1955)',
};

/** What those metrics have in common. */
export const BINNED: {
  readonly defaults: BinnedOptions;
  readonly rules: Readonly<Record<keyof BinnedOptions, OptionRule>>;
} = {
  defaults: { bins: 20, millerMadow: false },
  rules: {
    bins: {
      type: 'integer',
      minimum: 2,
      maximum: 65535,
      description: 'equal-width bins of a latent or continuous factor',
    },
    millerMadow: MILLER_MADOW,
  },
};
