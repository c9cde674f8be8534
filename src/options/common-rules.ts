/** Rules of options that many functions share. */
import type { Progress } from '../types.js';
import { boolean, integer, other } from './rule.js';

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

/** Of whatever reads data, or takes them. */
export const STRICT = boolean({
  default: false,
  description: 'refuse what would be decided about the data unasked, and noted',
});
