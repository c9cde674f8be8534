/**
 * Mutual information of every latent and factor, once for all metrics that read nothing else of the
 * latents: by blocks of columns, which threads take as they are free, so that nobody has to hold
 * the whole table.
 */
import { findMetric } from '../metrics/index.js';
import type { Latents } from '../sparse-matrix.js';
import { countBlocks, cutColumns } from '../stats/column-blocks.js';
import { type HistogramOptions, informationKey, joinInformation } from '../stats/mutual-information.js';
import type { Table } from '../stats/table.js';
import type { Crew } from './jobs/crew.js';
import type { scoreWork, Task } from './jobs/score-work.js';

/**
 * By kind of histogram: settles when the table keeps it, with the seconds of work that each metric
 * has a share of.
 */
export type Informed = ReadonlyMap<string, Promise<number>>;

/** The histograms that a task reads of the latents; null if it reads the latents themselves. */
export function histogramsOf({ metric, options }: Task): HistogramOptions | null {
  if (findMetric(metric.name) !== metric || metric.histograms === undefined) return null;
  const { bins, edges, millerMadow, limit, zeroBin } = metric.histograms(options);
  return { bins, edges, millerMadow, limit, zeroBin };
}

/** Has the crew count, and the table keep, all histograms of the tasks. */
export function informTable(
  crew: Crew<(typeof scoreWork)['shares']>,
  table: Table,
  latents: Latents,
  tasks: readonly Task[],
): Informed {
  const asked = tasks.flatMap((task) => {
    const histograms = histogramsOf(task);
    return histograms === null ? [] : [{ name: task.metric.name, histograms, key: informationKey(histograms) }];
  });
  const kinds = new Map(asked.map(({ key, histograms }) => [key, histograms]));
  if (kinds.size === 0) return new Map();
  const metric = asked.map(({ name }) => name).join(', ');
  const histograms = [...kinds.values()];
  const requests = function* () {
    for (const block of cutColumns(latents)) yield { metric, block, histograms, of: latents.columns };
  };
  const label = { metric, phase: 'mutual information', total: countBlocks(latents) };
  const counting = crew.askInTurn('information', requests(), label);
  const entries = [...kinds.keys()].map((key, i) => {
    const kept = counting.then((blocks) => {
      const ofKind = blocks.map((block) => block[i]);
      table.keep(key, joinInformation(ofKind.map(({ information }) => information)));
      const users = asked.filter((other) => other.key === key).length;
      return ofKind.reduce((sum, { seconds }) => sum + seconds, 0) / users;
    });
    return [key, kept] as const;
  });
  return new Map(entries);
}
