/** The options of baselines, each declared once. */
import { SEED } from '../options/common-rules.js';
import { integer } from '../options/rule.js';

/** Rows that are fitted to, if nothing else is said. */
export const FITTED_ROWS = 10_000;
/** Of each kind, if nothing else is said. */
export const MOST_PRODUCTS = 40;
export const MOST_STEPS = 200;

export const BASELINE_OPTIONS = {
  /** D. Default 10. */
  latents: integer({ default: 10, minimum: 1, maximum: 1000, description: 'latents of a baseline' }),
  /** Seed of noise, weights, the rows that are fitted to, and where fits begin. Default 0. */
  seed: SEED,
  /** Rows that components are fitted to, drawn by the seed. Default: 10,000 at most. */
  fitRows: integer({
    minimum: 1,
    maximum: 2 ** 24,
    defaultText: `${FITTED_ROWS} at most`,
    unit: 'rows',
    description: 'rows that components are fitted to, drawn by the seed',
  }),
  /** Passes over those rows, or steps of FastICA, at most. Default: 40, of ica 200. */
  iterations: integer({
    minimum: 1,
    defaultText: `${MOST_PRODUCTS}; of ica ${MOST_STEPS}`,
    description: 'iterations of a fit at most',
  }),
};
