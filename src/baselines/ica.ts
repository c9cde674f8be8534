import { independentComponents } from '../learners/independent-components.js';
import { note } from '../note.js';
import { mention, phrase } from '../phrase.js';
import { STREAMS } from '../random.js';
import type { Baseline } from './baseline.js';
import { fitComponents } from './fit-components.js';
import { linearEncoder } from './linear-encoder.js';
import { BASELINE_OPTIONS, MOST_STEPS } from './options.js';

/**
 * Independent components of the principal ones, by FastICA: of variance 1, those that move the
 * images most first.
 */
export const ica: Baseline = {
  name: 'ica',
  summary: 'independent components of the principal ones',
  options: BASELINE_OPTIONS,
  fit: (dataset, values, pause) =>
    fitComponents(dataset, values, null, pause, async ({ core, found, rows, scores, notes }) => {
      const { means, components } = found;
      const random = { seed: values.seed, stream: STREAMS.baselineFits, index: 1 };
      const iterations = values.iterations ?? MOST_STEPS;
      const sources = await independentComponents(core, scores(), rows, found.rank, { iterations, random, pause });
      const { rank, unmixing, mixing, isConverged, steps, change } = sources;
      // Scores have mean 0, but for rounding.
      const inPixels = (lines: Float64Array) => multiply(lines, components, rank, found.rank, means.length);
      const map = { means, directions: inPixels(unmixing), mixing: inPixels(mixing), rank };
      const text = phrase`FastICA has not converged within ${mention('iterations', steps)}: the last step has changed a component by ${change.toPrecision(2)}`;
      const warning = isConverged ? [] : [note('unconverged-components', text, { option: 'iterations' })];
      return { ...linearEncoder(map, values.latents), notes: [...notes, ...warning] };
    }),
};

/** (rows, inner) times (inner, columns). */
function multiply(a: Float64Array, b: Float64Array, rows: number, inner: number, columns: number): Float64Array {
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < inner; k++) {
      const weight = a[i * inner + k];
      for (let j = 0; j < columns; j++) out[i * columns + j] += weight * b[k * columns + j];
    }
  }
  return out;
}
