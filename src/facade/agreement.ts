/** How far metrics agree on which of many models are better. */

import { metrics as registry } from '../metrics/index.js';
import { type Note, note, writeNotes } from '../note.js';
import { checkOptions } from '../options/check-options.js';
import { FEWEST_PAIRS, type RankCorrelation, rankCorrelation } from '../stats/rank-correlation.js';
import { rankPValue } from '../stats/rank-significance.js';
import type { AgreementMetric, AgreementReport, Report } from '../types.js';
import { version } from '../version.js';
import { AGREEMENT_OPTIONS, type AgreementOptions } from './agreement-options.js';
import { checkReports, describeDifferences } from './check-reports.js';
import { chooseMetrics } from './report-metrics.js';

/**
 * Rank correlations of metrics over models: do metrics agree on which models are better? -1 to 1,
 * in every pair of metrics.
 *
 * Spearman's rho of the scores of two metrics over the models that have both, equal scores sharing
 * their mean rank. Metrics where lower is better are negated first, so that 1 means that both rank
 * the models alike. Fewer than three models in common, or equal scores of all of them: null, and
 * the notes say why.
 *
 * @param reports what `score` returned for each model: the more, the better
 * @throws DataError for what is no report, with its name as the path; TypeError or RangeError for a
 * wrong option
 * @see Locatello et al. 2019, figure 2; agrees with scipy's spearmanr to 1e-12
 * @example
 * const reports = await Promise.all(models.map(({ latents }) => score(latents, factors)));
 * const { metrics, correlations } = agreement(reports);
 */
export function agreement(reports: readonly Report[], options: AgreementOptions = {}): AgreementReport {
  const { metrics: wanted, raw: isRaw, ...values } = checkOptions({ name: 'agreement' }, options, AGREEMENT_OPTIONS);
  const names = checkReports(reports, values.names);
  const columns = chooseMetrics(reports, wanted).map((name) => readColumn(name, reports, isRaw));
  const pairs = columns.map((a) => columns.map((b) => rankCorrelation(a.scores, b.scores)));
  const faces = columns.map(({ face }) => face);
  return {
    schema: 'vaemetrics/agreement@1',
    version,
    models: names,
    metrics: faces,
    correlations: pairs.map((row, i) =>
      row.map(({ value }, j) => (value !== null && faces[i].isNegated !== faces[j].isNegated ? -value || 0 : value)),
    ),
    counts: pairs.map((row) => row.map(({ count }) => count)),
    pValues: mirror(columns.length, (i, j) => {
      const { value, ranks } = pairs[i][j];
      return value === null || i === j ? null : rankPValue(value, ranks);
    }),
    notes: writeNotes([
      ...describeSigns(faces, isRaw),
      ...describeMissing(faces, pairs, reports.length),
      ...describeDifferences(reports, names),
    ]),
  };
}

/** A symmetric matrix of what is computed on and above the diagonal. */
function mirror<T>(size: number, compute: (i: number, j: number) => T): T[][] {
  const upper = Array.from({ length: size }, (_, i) => Array.from({ length: size - i }, (_, k) => compute(i, i + k)));
  return upper.map((_, i) => upper.map((_, j) => upper[Math.min(i, j)][Math.abs(i - j)]));
}

interface Column {
  readonly face: AgreementMetric;
  readonly scores: ReadonlyArray<number | null>;
}

function readColumn(name: string, reports: readonly Report[], isRaw: boolean): Column {
  const scores = reports.map(({ metrics }) => (Object.hasOwn(metrics, name) ? metrics[name].value : null));
  const metric = registry.find((known) => known.name === name);
  const better = metric?.better ?? null;
  const models = scores.filter((score) => score !== null).length;
  const face = { name, title: metric?.title ?? name, better, isNegated: !isRaw && better === 'lower', models };
  return { face, scores };
}

function describeSigns(faces: readonly AgreementMetric[], isRaw: boolean): Note[] {
  const listed = (chosen: readonly AgreementMetric[]) => chosen.map(({ name }) => name).join(', ');
  const lower = faces.filter(({ better }) => better === 'lower');
  const unknown = faces.filter(({ better }) => better === null);
  const taken = isRaw ? 'scores are taken as they are' : 'scores are negated';
  const ofLower = note('lower-is-better', `lower is better, and ${taken}: ${listed(lower)}`, { option: 'raw' });
  const ofUnknown = note(
    'unknown-metrics',
    `not a metric of this version, taken as higher is better: ${listed(unknown)}`,
  );
  return [...(lower.length === 0 ? [] : [ofLower]), ...(unknown.length === 0 ? [] : [ofUnknown])];
}

/** Why there is no correlation: once for a metric that has none with any other, else with which. */
function describeMissing(
  faces: readonly AgreementMetric[],
  pairs: ReadonlyArray<readonly RankCorrelation[]>,
  reports: number,
): Note[] {
  if (reports < FEWEST_PAIRS) {
    const models = reports === 1 ? '1 model' : `${reports} models`;
    return [note('few-models', `no correlations: ${models}, and ${FEWEST_PAIRS} are needed`)];
  }
  const notes: Note[] = [];
  const alone = faces.map(({ name, models }, i) => {
    const { reason } = pairs[i][i];
    if (reason === null) return false;
    const have = `${models} of ${reports} models have a score`;
    notes.push(
      reason === 'too few'
        ? note('few-models', `${name}: no correlations, ${have} and ${FEWEST_PAIRS} are needed`)
        : note('equal-scores', `${name}: no correlations, all ${models} scores are equal`),
    );
    return true;
  });
  faces.forEach(({ name }, i) => {
    if (alone[i]) return;
    const partnersBy = (wanted: (pair: RankCorrelation) => boolean, after: number) =>
      faces.filter((_, j) => j >= after && j !== i && !alone[j] && wanted(pairs[i][j])).map(({ name }) => name);
    const few = partnersBy(({ reason }) => reason === 'too few', i);
    if (few.length > 0) {
      const text = `${name}: fewer than ${FEWEST_PAIRS} models have a score beside one of ${few.join(', ')}`;
      notes.push(note('few-models', text));
    }
    const flat = partnersBy(({ reason }) => reason === 'first constant' || reason === 'both constant', 0);
    if (flat.length > 0) {
      notes.push(note('equal-scores', `${name}: equal in all models that have a score of ${flat.join(', ')}`));
    }
  });
  return notes;
}
