/** Rules of options that many functions share. */
import { integer } from './rule.js';

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
