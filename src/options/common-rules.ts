/** Rules of options that many functions share. */
import type { FactorType, Progress } from '../types.js';
import { parseFactorTypes } from './parse-lists.js';
import { boolean, integer, other, ValueProblem } from './rule.js';

/** Of every random draw. */
export const SEED = integer({
  default: 0,
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'seed of every random draw',
});

/** Of threads that compute. */
export const THREADS = integer({
  default: 1,
  minimum: 1,
  maximum: 64,
  description: 'threads; results do not depend on it',
});

/** Of whatever takes long. */
export const SIGNAL = other<AbortSignal>({
  expected: 'an AbortSignal',
  accepts: (value) => typeof (value as AbortSignal)?.throwIfAborted === 'function',
  description: 'cancels the computation',
});

/** Of whatever tells how far it has come. */
export const ON_PROGRESS = other<(progress: Progress) => void>({
  expected: 'a function',
  accepts: (value) => typeof value === 'function',
  description: 'is told how far a long computation has come',
});

/** Of whatever takes factors. */
export const FACTOR_TYPES = other<ReadonlyArray<FactorType | null>>({
  expected: 'an array',
  accepts: Array.isArray,
  parse: parseFactorTypes,
  placeholder: 'list',
  defaultText: 'as the archive says, or by values',
  description: 'd (discrete), c (continuous) or - (by its values) per factor: d,c,-',
});

/** Of whatever reads data, or takes them. */
export const STRICT = boolean({
  default: false,
  description: 'refuse what would be decided about the data unasked, and noted',
});

const HEADERS: Readonly<Record<string, 'auto' | boolean>> = { yes: true, no: false, auto: 'auto' };

/** Of whatever reads text tables. */
export const HEADER = other<'auto' | boolean>({
  expected: "'auto', true or false",
  accepts: (value) => typeof value === 'boolean' || value === 'auto',
  parse(text) {
    if (Object.hasOwn(HEADERS, text)) return HEADERS[text];
    throw new ValueProblem(`expected yes, no or auto, got '${text}'`);
  },
  words: Object.keys(HEADERS),
  placeholder: 'yes|no',
  defaultText: 'auto, which looks',
  description: 'whether the first row of a text table holds names',
});
