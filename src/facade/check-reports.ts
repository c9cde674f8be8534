/**
 * Reports that come from files: checked before anything is read off them, and compared with each
 * other.
 */

import { DataError, wrongType, wrongValue } from '../errors.js';
import { isMetricName } from '../metrics/metric-name.js';
import { gatherNotes, type Note, note } from '../note.js';
import type { Report } from '../types.js';
import { checkNames } from './common-options.js';

const SCHEMA: Report['schema'] = 'vaemetrics/report@1';

/**
 * Checks each of several reports; returns what to call them: `report 0` and so on without names.
 * @throws TypeError or RangeError if they are no array, or names do not fit; DataError for what is
 * no report
 */
export function checkReports(reports: readonly Report[], given: readonly string[] | null): readonly string[] {
  if (!Array.isArray(reports))
    throw wrongType({ option: 'reports', problem: `expected an array of reports, got ${typeof reports}` });
  if (reports.length === 0) throw wrongValue({ option: 'reports', problem: 'expected at least 1, got none' });
  const names = given ?? reports.map((_, i) => `report ${i}`);
  checkNames(names, reports.length, 'report');
  reports.forEach((report, i) => {
    checkReport(report, names[i]);
  });
  return names;
}

/** @throws DataError with `name` as its path, where `value` is no report with scores */
export function checkReport(value: unknown, name: string): asserts value is Report {
  const place = { path: name };
  if (isDeeperThan(DEEPEST, value)) {
    throw new DataError(`expected a report of score, got values more than ${DEEPEST} levels deep`, place);
  }
  if (!isRecord(value)) {
    throw new DataError(`expected a report of score, got ${describeKind(value)}`, place);
  }
  if (value.schema !== SCHEMA) {
    const got = value.schema === undefined ? 'no schema' : `schema ${JSON.stringify(value.schema)}`;
    throw new DataError(`expected a report of score (schema "${SCHEMA}"), got ${got}`, place);
  }
  if (!isRecord(value.metrics) || Object.keys(value.metrics).length === 0) {
    throw new DataError('expected a report with metrics, got one without', place);
  }
  for (const [metric, score] of Object.entries(value.metrics)) {
    if (!isMetricName(metric)) {
      throw new DataError(`expected names of metrics, got ${JSON.stringify(metric.slice(0, 100))}`, place);
    }
    const found = isRecord(score) ? score.value : undefined;
    if (found !== null && !(typeof found === 'number' && Number.isFinite(found))) {
      throw new DataError(`expected a number or null as the value of ${metric}, got ${describeKind(found)}`, place);
    }
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parts of scores are matrices in lists by factor: ours have six levels. */
const DEEPEST = 50;

/** Whether values are nested more deeply, found without recursion. */
function isDeeperThan(most: number, value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > most) return true;
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
  return false;
}

function describeKind(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'number' || typeof value === 'string') return JSON.stringify(value) ?? String(value);
  return value === undefined ? 'nothing' : typeof value === 'object' ? 'an object' : String(value);
}

/** What sets reports apart that are compared as if only the models differed. */
export function describeDifferences(reports: readonly Report[], names: readonly string[]): Note[] {
  const common: ReadonlyArray<readonly [what: string, (report: Report) => unknown]> = [
    ['seeds', ({ seed }) => seed],
    ['versions of vaemetrics', ({ version }) => version],
    ['numbers of samples', ({ input }) => input?.latents?.rows],
    ['numbers of factors', ({ input }) => input?.factors?.columns],
  ];
  const notes = describeEqual(reports, names);
  for (const [what, read] of common) {
    const text = describeSpread(`the reports have different ${what}`, reports.map(read), names);
    if (text !== null) notes.push(note('different-reports', text));
  }
  return [...notes, ...describeOptions(reports, names)];
}

/** Options of metrics that differ, once for all metrics of which the same is to be said. */
function describeOptions(reports: readonly Report[], names: readonly string[]): Note[] {
  const spreads: Array<readonly [metric: string, texts: readonly string[]]> = [];
  for (const metric of new Set(reports.flatMap((report) => Object.keys(report.metrics)))) {
    const having = names
      .map((name, i) => ({ name, score: reports[i].metrics[metric] }))
      .filter(({ score }) => score !== undefined);
    const options = new Set(having.flatMap(({ score }) => Object.keys(score.options ?? {})));
    for (const option of options) {
      const text = describeSpread(
        `the reports have different ${option}`,
        having.map(({ score }) => score.options?.[option]),
        having.map(({ name }) => name),
      );
      if (text !== null) spreads.push([metric, [text]]);
    }
  }
  return gatherNotes(spreads).map((text) => note('different-options', text));
}

/** Reports that are the same to the letter: most likely one model that was given twice. */
function describeEqual(reports: readonly Report[], names: readonly string[]): Note[] {
  const groups = groupBy(
    reports.map((report) => JSON.stringify(report)),
    names,
  );
  return [...groups.values()]
    .filter((equal) => equal.length > 1)
    .map((equal) => note('equal-reports', `equal reports: ${listNames(equal)}; each counts as a model`));
}

/** `PROBLEM: 20 in a.json and c.json; 10 in b.json`; null where all agree. */
function describeSpread(problem: string, values: readonly unknown[], names: readonly string[]): string | null {
  const groups = groupBy(
    values.map((value) => JSON.stringify(value) ?? 'none'),
    names,
  );
  if (groups.size < 2) return null;
  const parts = [...groups].sort(([, a], [, b]) => b.length - a.length);
  const shown = parts.slice(0, GROUPS_SHOWN).map(([value, having]) => `${value} in ${listNames(having)}`);
  const more = parts.length - shown.length;
  return `${problem}: ${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

const GROUPS_SHOWN = 4;
const NAMES_SHOWN = 3;

function groupBy(keys: readonly string[], names: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  keys.forEach((key, i) => {
    groups.set(key, [...(groups.get(key) ?? []), names[i]]);
  });
  return groups;
}

function listNames(names: readonly string[]): string {
  if (names.length > NAMES_SHOWN) return `${names.length} of them`;
  return names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
