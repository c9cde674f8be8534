import type { OptionRule } from './metric.js';

/** The one option of the metrics that are read off a histogram. */
export const BINNED = {
  defaults: { bins: 20 },
  rules: {
    bins: {
      type: 'integer',
      minimum: 2,
      maximum: 65535,
      description: 'equal-width bins of a latent or continuous factor',
    },
  },
} as const satisfies { defaults: { bins: number }; rules: { bins: OptionRule } };
