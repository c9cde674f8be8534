import { withCore } from '../../bindings/core.js';
import { dataTypeError } from '../errors.js';
import { STREAMS } from '../random.js';
import type { Baseline } from './baseline.js';
import { BASELINE_OPTIONS } from './options.js';

const { latents, seed } = BASELINE_OPTIONS;

/** Standard normal noise, which knows nothing of the row but its number. */
export const random: Baseline = {
  name: 'random',
  summary: 'normal noise, whatever the image',
  options: { latents, seed },
  fit: (_, values) => ({
    latents: values.latents,
    notes: [],
    encode: ({ count, numbers }) => {
      if (numbers === undefined) throw dataTypeError('random: expected rows of a data set, got some without numbers');
      return withCore((core) => {
        const noise = core.arena.alloc('f32', count * values.latents);
        for (const [place, index] of numbers.entries()) {
          const row = noise.slice(place * values.latents, values.latents);
          core.random.fillNormals(row, { seed: values.seed, stream: STREAMS.baselineNoise, index });
        }
        return { mu: noise.array.slice() };
      });
    },
  }),
};
