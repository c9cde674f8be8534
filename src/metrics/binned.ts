import type { Edges } from '../stats/binning.js';
import type { OptionRule } from './metric.js';

/** Options of the metrics that are read off a histogram. */
export type BinnedOptions = { bins: number; edges: Edges; millerMadow: boolean };

/** Whether entropies are corrected, in every metric that can. */
export const MILLER_MADOW: OptionRule = {
  type: 'boolean',
  description: 'correct entropies for finitely many rows (Miller 1955)',
};

/** How edges between bins are computed, in every metric that follows more than one code in it. */
export const EDGES: OptionRule = {
  type: 'choice',
  choices: ['float64', 'float32', 'unit'],
  description: 'edges between bins: exact, rounded to float32 if latents are, or of latents scaled to 0 .. 1',
};

/** Whether constant columns count, in the metrics whose authors' code counts them. */
export const COUNT_CONSTANTS: OptionRule = {
  type: 'boolean',
  description: 'count constant latents and factors, as 0, where they would be left out',
};

/** What those metrics have in common. */
export const BINNED: {
  readonly defaults: BinnedOptions;
  readonly rules: Readonly<Record<keyof BinnedOptions, OptionRule>>;
} = {
  defaults: { bins: 20, edges: 'float64', millerMadow: false },
  rules: {
    bins: {
      type: 'integer',
      minimum: 2,
      maximum: 65535,
      description: 'equal-width bins of a latent or continuous factor',
    },
    edges: EDGES,
    millerMadow: MILLER_MADOW,
  },
};
