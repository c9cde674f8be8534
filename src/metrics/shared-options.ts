/** Rules of options that several metrics have. */
import { boolean, choice, integer, number, type ValuesOf } from '../options/rule.js';

/** Of a histogram. */
export const BINS = integer({
  default: 20,
  minimum: 2,
  maximum: 65535,
  description: 'equal-width bins of a latent or continuous factor',
});

/** Of metrics that take latents as they are. */
export const BINS_OF_FACTORS = { ...BINS, description: 'equal-width bins of a continuous factor' };

/** How edges between bins are computed, in every metric that follows more than one code in it. */
export const EDGES = choice(['float64', 'float32', 'unit'], {
  default: 'float64',
  description: 'edges between bins: exact, rounded to float32 if latents are, or of latents scaled to 0 .. 1',
});

/** Whether entropies are corrected, in every metric that can. */
export const MILLER_MADOW = boolean({
  default: false,
  description: 'correct entropies for finitely many rows (Miller 1955)',
});

/** Whether constant columns count, in the metrics whose authors' code counts them. */
export const COUNT_CONSTANTS = boolean({
  default: false,
  description: 'count constant latents and factors, as 0, where they would be left out',
});

/**
 * The same if authors' code counts constant latents alone, and does by default: a latent more
 * that completeness compares raises it, although it says nothing.
 */
export const COUNT_CONSTANT_LATENTS = boolean({
  default: true,
  description: 'count constant latents among those that completeness compares',
});

/** Whether zeros of latents are told from small values, in every metric of histograms. */
export const ZERO_BIN = boolean({
  default: false,
  description: 'give exact zeros of a latent a bin of their own, beside those of its other values',
});

/** What metrics that are read off a histogram have in common. */
export const BINNED = { bins: BINS, edges: EDGES, millerMadow: MILLER_MADOW, zeroBin: ZERO_BIN };

/** The same with the number of bins that minimality and sufficiency are defined with. */
export const BINNED_BY_15 = { ...BINNED, bins: { ...BINS, default: 15 } };

/** Options of those metrics. */
export type BinnedOptions = ValuesOf<typeof BINNED>;

/** Of metrics that learn from some rows and are judged on others. */
export const TEST_SHARE = number({
  default: 1 / 3,
  defaultText: '1/3',
  minimum: 0.01,
  maximum: 0.99,
  description: 'share of the rows to be judged on',
});

/** Of linear classifiers. */
export const PENALTY = number({
  default: 1,
  minimum: 1e-9,
  maximum: 1e9,
  description: 'inverse strength of the penalty on the weights',
});

/** Of scores that hold a factor at a value and draw rows that have it. */
export const DRAWING = {
  bins: BINS_OF_FACTORS,
  values: choice(['by-row', 'uniform'], {
    default: 'by-row',
    description: 'which value a factor is held at: that of a random row, or any alike',
  }),
  drawConstants: boolean({
    default: false,
    description: 'hold constant factors too, and draw rows that are alike in every factor',
  }),
};

/** Whether an accuracy is stretched so that chance is 0. */
export const RESCALED = boolean({
  default: false,
  description: '(accuracy - 1/K) / (1 - 1/K) in place of the accuracy: 0 is chance',
});
