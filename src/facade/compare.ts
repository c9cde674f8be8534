/** Which of several models is better, and by how much: groups of reports side by side. */

import { nameOfGroup } from '../comparison/group-names.js';
import { correctByHolm } from '../comparison/holm.js';
import { differenceInterval, meanOf, standardDeviation } from '../comparison/moments.js';
import { permutationPValue, smallestPValue } from '../comparison/permutation.js';
import { wrongValue } from '../errors.js';
import { findMetric } from '../metrics/index.js';
import { gatherNotes, type Note, note, refuseGuesses, writeNotes } from '../note.js';
import { checkOptions } from '../options/check-options.js';
import { findNamed } from '../options/find-named.js';
import type { ComparedMetric, ComparedPair, ComparisonReport, Report } from '../types.js';
import { version } from '../version.js';
import { checkReports, describeDifferences } from './check-reports.js';
import { COMPARE_OPTIONS, type CompareOptions } from './compare-options.js';
import { chooseMetrics } from './report-metrics.js';

/** Confidence of the intervals of differences. */
const CONFIDENCE = 0.95;
/** Repetitions in a group, if it is said how many would be enough. */
const MOST_REPETITIONS = 100;

/**
 * Groups of models side by side, metric by metric: mean and standard deviation over the repetitions
 * of a group, and which groups are best.
 *
 * Reports of a group are repetitions of one method, of other seeds. Two groups are compared by the
 * permutation test of the difference of their means, and p-values are corrected by Holm's procedure
 * for all pairs of groups: the best is chosen after looking, so each of them could have been it.
 * The group of the best mean is marked, and with it every group that cannot be told from it. If no
 * p-value can become small enough with so few repetitions, nothing is marked, and a note says how
 * many are needed. With `against` pairs with that group alone are compared.
 *
 * @param reports what `score` returned for each model
 * @throws DataError for what is no report, with its name as the path; TypeError or RangeError for a
 * wrong option
 * @see E. Pitman 1937 (permutation); S. Holm 1979; B. Welch 1947 (intervals)
 * @example
 * const { metrics } = compare(reports, { names: ['vae-1', 'vae-2', 'tcvae-1', 'tcvae-2'] });
 */
export function compare(reports: readonly Report[], options: CompareOptions = {}): ComparisonReport {
  const values = checkOptions({ name: 'compare' }, options, COMPARE_OPTIONS);
  const names = checkReports(reports, values.names);
  const { groupNames, notes: ofGroups } = nameGroups(names, values);
  refuseGuesses(ofGroups, values.strict);
  const groups = [...new Set(groupNames)].map((name) => ({
    name,
    models: [...groupNames.keys()].filter((i) => groupNames[i] === name),
  }));
  const against = values.against === null ? null : findGroup('against', values.against, groups);
  const chosen = chooseMetrics(reports, values.metrics);
  const pairs = pairsOf(groups.length, against);
  const repetitions = groups.map(({ models }) => models.length);
  const smallest = smallestCorrected(repetitions, pairs);
  const metrics = chosen.map((name) => compareMetric(name, reports, groups, pairs, against, values));
  const order = values.sort === null ? [...groups.keys()] : orderBy(values.sort, metrics);
  return {
    schema: 'vaemetrics/comparison@1',
    version,
    models: names.map((name, i) => ({ name, group: groupNames[i] })),
    groups: order.map((g) => groups[g]),
    against: against === null ? null : groups[against].name,
    level: values.level,
    smallestPValue: smallest,
    metrics: metrics.map((metric) => reorder(metric, order)),
    notes: writeNotes([
      ...ofGroups,
      ...describeDesign(groups, pairs, smallest, values.level),
      ...describeMissing(metrics, groups),
      ...describeDifferences(reports, names),
      ...repeatNotes(reports, names),
    ]),
  };
}

type Values = ReturnType<typeof checkOptions<typeof COMPARE_OPTIONS>>;

interface Group {
  readonly name: string;
  /** Numbers of its reports. */
  readonly models: readonly number[];
}

type Pair = readonly [first: number, second: number];

function nameGroups(names: readonly string[], { groups, group, names: given }: Values) {
  if (groups !== null) {
    if (groups.length !== names.length) {
      throw wrongValue({
        option: 'groups',
        problem: `expected one for each of ${names.length} reports, got ${groups.length}`,
      });
    }
    return { groupNames: groups, notes: [] };
  }
  if (group !== null) {
    // Without the flags that keep a place between calls.
    const pattern = new RegExp(group, typeof group === 'string' ? '' : group.flags.replace(/[gy]/g, ''));
    const groupNames = names.map((name) => {
      const match = pattern.exec(name);
      if (match === null) throw wrongValue({ option: 'group', problem: `expected to match every name, got '${name}'` });
      return match[1] ?? match[0];
    });
    return { groupNames, notes: [] };
  }
  const groupNames = given === null ? names : names.map(nameOfGroup);
  if (new Set(groupNames).size === names.length) return { groupNames: names, notes: [] };
  const text = 'models are grouped by their names without the number at their end';
  return { groupNames, notes: [note('groups-by-name', text, { option: 'group', isGuess: true })] };
}

function findGroup(option: string, name: string, groups: readonly Group[]): number {
  const entry = findNamed(
    option,
    name,
    groups.map((group) => ({ name: group.name, aliases: [] })),
  );
  return groups.findIndex((group) => group.name === entry.name);
}

/** All pairs of groups, or those with one of them. */
function pairsOf(count: number, against: number | null): Pair[] {
  const indices = Array.from({ length: count }, (_, g) => g);
  if (against !== null) return indices.filter((g) => g !== against).map((g): Pair => [g, against]);
  return indices.flatMap((first) => indices.slice(first + 1).map((second): Pair => [first, second]));
}

/** The smallest p-value that any pair can have after correction; null without a pair. */
function smallestCorrected(repetitions: readonly number[], pairs: readonly Pair[]): number | null {
  if (pairs.length === 0) return null;
  const least = Math.min(...pairs.map(([a, b]) => smallestPValue(repetitions[a], repetitions[b])));
  return Math.min(1, least * pairs.length);
}

function compareMetric(
  name: string,
  reports: readonly Report[],
  groups: readonly Group[],
  pairs: readonly Pair[],
  against: number | null,
  { level, seed }: Values,
): ComparedMetric {
  const metric = findMetric(name);
  const scores = groups.map(({ models }) =>
    models.map((i) => reports[i].metrics[name]?.value ?? null).filter((value): value is number => value !== null),
  );
  const faces = scores.map((values) => ({
    mean: values.length === 0 ? null : meanOf(values),
    standardDeviation: values.length < 2 ? null : standardDeviation(values),
    values,
  }));
  const pValues = pairs.map(([a, b], index) => {
    const canTest = scores[a].length > 0 && scores[b].length > 0 && scores[a].length + scores[b].length > 2;
    return canTest ? permutationPValue(scores[a], scores[b], seed, index) : null;
  });
  const corrected = correctByHolm(pValues);
  const better = metric?.better ?? 'higher';
  // Of the models that have a score.
  const smallest = smallestCorrected(
    scores.map(({ length }) => length),
    pairs,
  );
  const isTold = smallest !== null && smallest <= level;
  const compared = pairs.map(
    ([a, b], i): ComparedPair => ({
      groups: [groups[a].name, groups[b].name],
      difference: faces[a].mean === null || faces[b].mean === null ? null : faces[a].mean - faces[b].mean,
      interval: against === null ? null : differenceInterval(scores[a], scores[b], CONFIDENCE),
      pValue: pValues[i],
      corrected: corrected[i],
    }),
  );
  return {
    name,
    title: metric?.title ?? name,
    better: metric?.better ?? null,
    groups: faces,
    best: against === null && isTold ? bestOf(faces, pairs, corrected, better, level) : null,
    pairs: compared,
  };
}

/** The group of the best mean, and those that cannot be told from it. */
function bestOf(
  faces: ReadonlyArray<{ readonly mean: number | null }>,
  pairs: readonly Pair[],
  corrected: ReadonlyArray<number | null>,
  better: 'higher' | 'lower',
  level: number,
): number[] | null {
  const sign = better === 'higher' ? 1 : -1;
  const known = [...faces.keys()].filter((g) => faces[g].mean !== null);
  if (known.length === 0) return null;
  const top = known.reduce((a, b) => (sign * (faces[b].mean ?? 0) > sign * (faces[a].mean ?? 0) ? b : a));
  const isApart = (g: number) =>
    pairs.some(([a, b], i) => (a === g || b === g) && (a === top || b === top) && (corrected[i] ?? 1) <= level);
  return known.filter((g) => g === top || !isApart(g));
}

function orderBy(wanted: string, metrics: readonly ComparedMetric[]): number[] {
  const entries = metrics.map(({ name }) => ({ name, aliases: findMetric(name)?.aliases ?? [] }));
  const { name } = findNamed('sort', wanted, entries);
  const metric = metrics.find((one) => one.name === name) as ComparedMetric;
  const sign = metric.better === 'lower' ? 1 : -1;
  const means = metric.groups.map(({ mean }) => mean);
  const rank = (g: number) => (means[g] === null ? Number.POSITIVE_INFINITY : sign * means[g]);
  return [...means.keys()].sort((a, b) => (rank(a) === rank(b) ? a - b : rank(a) - rank(b)));
}

function reorder(metric: ComparedMetric, order: readonly number[]): ComparedMetric {
  const best = metric.best?.map((g) => order.indexOf(g)).sort((a, b) => a - b) ?? null;
  return { ...metric, groups: order.map((g) => metric.groups[g]), best };
}

/** What the numbers of repetitions allow to be said. */
function describeDesign(
  groups: readonly Group[],
  pairs: readonly Pair[],
  smallest: number | null,
  level: number,
): Note[] {
  if (smallest === null || smallest <= level) return [];
  if (groups.every(({ models }) => models.length === 1)) {
    const text = 'no best is marked: each group has one model, which says nothing of how much its seed matters';
    return [note('single-models', text)];
  }
  let needed = 2;
  while (needed < MOST_REPETITIONS && smallestPValue(needed, needed) * pairs.length > level) needed++;
  const text = `no best is marked: with so few repetitions the smallest p-value is ${round(smallest)} after correction for ${pairs.length} ${pairs.length === 1 ? 'pair' : 'pairs'} of groups; ${needed} in each group allow ${level}`;
  return [note('few-repetitions', text)];
}

function round(value: number): string {
  return value >= 0.1 ? value.toFixed(2) : value.toPrecision(2);
}

/** What is said of the input of each model: a collapsed posterior, a guess about its data. */
function repeatNotes(reports: readonly Report[], names: readonly string[]): Note[] {
  const ofModels = reports.map(({ notes }, i) => {
    const texts = Array.isArray(notes) ? notes.filter((text) => typeof text === 'string') : [];
    return [names[i], texts] as const;
  });
  return gatherNotes(ofModels).map((text) => note('notes-of-models', text));
}

function describeMissing(metrics: readonly ComparedMetric[], groups: readonly Group[]): Note[] {
  return metrics.flatMap(({ name, groups: faces }) => {
    const lacking = groups.filter(({ models }, g) => faces[g].values.length < models.length);
    if (lacking.length === 0) return [];
    const list = lacking.map((group) => {
      const { length } = faces[groups.indexOf(group)].values;
      return `${group.name} (${length} of ${group.models.length})`;
    });
    return [note('missing-scores', `${name}: not every model has a score: ${list.join(', ')}`)];
  });
}
