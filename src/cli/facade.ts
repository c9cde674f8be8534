import type * as everything from '../index.js';

/** The part of the façade that commands use. It is loaded by those that need it, and given in tests. */
export type Facade = Pick<
  typeof everything,
  'metrics' | 'findMetric' | 'checkCapacity' | 'ready' | 'score' | 'decompose' | 'agreement' | 'udr'
> & {
  readonly version: string;
};
