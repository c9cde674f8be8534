/** What makes metrics of this library functions too. */
import type { MatrixLike } from '../matrix.js';
import type { Rules } from '../options/rule.js';
import type { PosteriorInput } from '../posterior.js';
import type { Score } from '../types.js';
import type { Metric, NamedMetric, NamedPosteriorMetric } from './metric.js';

/** Computes one metric of tables, or of posteriors, as users give them. */
export type Compute = (
  metric: Metric,
  input: MatrixLike | PosteriorInput,
  factors: MatrixLike,
  options: object | undefined,
) => Promise<Score<object, object>>;

let compute: Compute = () => {
  throw new Error('metrics: expected the façade to be loaded');
};

/**
 * The façade gives what is above this room, and what metrics are called by: threads, checks of
 * options, reports.
 */
export function callMetricsBy(given: Compute): void {
  compute = given;
}

/** A metric of latents and factors. */
export function defineMetric<Name extends string, R extends Rules, Parts, Alias extends string = never>(
  metric: Metric<R, Parts> & { readonly name: Name; readonly aliases: readonly Alias[] },
): NamedMetric<Name, R, Parts, Alias> {
  return makeCallable(metric) as unknown as NamedMetric<Name, R, Parts, Alias>;
}

/** A metric of posteriors and factors. */
export function definePosteriorMetric<Name extends string, R extends Rules, Parts, Alias extends string = never>(
  metric: Metric<R, Parts> & { readonly name: Name; readonly aliases: readonly Alias[] },
): NamedPosteriorMetric<Name, R, Parts, Alias> {
  return makeCallable(metric) as unknown as NamedPosteriorMetric<Name, R, Parts, Alias>;
}

function makeCallable(metric: object): unknown {
  const call = async (input: MatrixLike | PosteriorInput, factors: MatrixLike, options?: object) =>
    compute(call as unknown as Metric, input, factors, options);
  // A function has a name of its own, which assigning cannot change.
  return Object.defineProperties(call, Object.getOwnPropertyDescriptors(metric));
}
