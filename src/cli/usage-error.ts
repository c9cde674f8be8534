import type { CodedError } from '../errors.js';

/** The command line itself is wrong. */
export class UsageError extends Error implements CodedError {
  override readonly name = 'UsageError';
  readonly code = 'ERR_OPTION';
}
