import { dataRangeError, dataTypeError } from '../errors.js';
import type { Baseline } from './baseline.js';

/** The factors as latents: what a metric gives to a representation that is perfect. */
export const groundTruth: Baseline = {
  name: 'ground-truth',
  summary: 'the factors themselves',
  options: {},
  fit({ name, factors }) {
    if (factors.length === 0) throw dataRangeError(`ground-truth: expected data with factors, got ${name} without any`);
    return {
      latents: factors.length,
      notes: [],
      encode(rows) {
        if (rows.factors === undefined) throw dataTypeError('ground-truth: expected rows with factors, got none');
        return { mu: Float32Array.from(rows.factors) };
      },
    };
  },
};
