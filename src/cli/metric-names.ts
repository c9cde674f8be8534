import type { Metric } from '../metrics/metric.js';
import { didYouMean } from '../suggest.js';
import type { Facade } from './facade.js';
import { UsageError } from './usage-error.js';

/** The metric a user named, by name or alias in any spelling. */
export function findNamedMetric(name: string, facade: Facade): Metric {
  const metric = facade.findMetric(name);
  if (metric) return metric;
  const spellings = facade.metrics.flatMap((known) => [known.name, ...known.aliases]);
  const hint = didYouMean(name, spellings) || "; 'vaemetrics metrics' lists all";
  throw new UsageError(`unknown metric '${name}'${hint}`);
}
