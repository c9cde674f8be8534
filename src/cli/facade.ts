import type * as everything from '../node.js';

/**
 * The part of the façade that commands use. It is loaded by those that need it, and given in tests.
 */
export type Facade = Pick<
  typeof everything,
  'metrics' | 'findMetric' | 'ready' | 'score' | 'scoreFiles' | 'decomposeFiles' | 'agreement' | 'compare' | 'udr'
> & {
  readonly version: string;
};
