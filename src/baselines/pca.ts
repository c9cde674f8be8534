import type { Baseline } from './baseline.js';
import { fitComponents } from './fit-components.js';
import { linearEncoder } from './linear-encoder.js';
import { BASELINE_OPTIONS } from './options.js';

/** Scores of the principal components, those of the largest variance first. */
export const pca: Baseline = {
  name: 'pca',
  summary: 'principal components',
  options: BASELINE_OPTIONS,
  fit: (dataset, values, pause) =>
    fitComponents(dataset, values, values.iterations, pause, ({ found, notes }) => {
      const { means, components, rank } = found;
      const map = { means, directions: components, mixing: components, rank };
      return { ...linearEncoder(map, values.latents), notes };
    }),
};
