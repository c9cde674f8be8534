/** Which metrics of several reports are compared. */
import { wrongValue } from '../errors.js';
import { findMetric, metrics as registry } from '../metrics/index.js';
import { findNamed } from '../options/find-named.js';
import { isSameName } from '../suggest.js';
import type { Report } from '../types.js';

/** The names of metrics: those of the registry in its order, then others as they came. */
export function chooseMetrics(reports: readonly Report[], wanted: readonly string[] | null): string[] {
  if (wanted?.length === 0) throw wrongValue({ option: 'metrics', problem: 'expected at least one name, got none' });
  const present = [...new Set(reports.flatMap(({ metrics }) => Object.keys(metrics)))];
  const isAll = wanted === null || wanted.some((name) => isSameName(name, 'all'));
  const entries = present.map((name) => ({ name, aliases: findMetric(name)?.aliases ?? [] }));
  const choose = (name: string) => {
    const known = findMetric(name);
    if (known === undefined || present.includes(known.name)) return findNamed('metrics', name, entries).name;
    throw wrongValue({
      option: 'metrics',
      problem: `expected metrics that the reports have, got '${name}'`,
      suggestion: `they have ${present.join(', ')}`,
    });
  };
  const chosen = new Set(isAll ? present : wanted.map(choose));
  const known = registry.map(({ name }) => name).filter((name) => chosen.has(name));
  return [...known, ...present.filter((name) => chosen.has(name) && !known.includes(name))];
}
