/** Scores of held-out rows while training. */
import type { Dataset } from '../data/index.js';
import type { Encoder } from '../encoder.js';
import { DataError } from '../errors.js';
import { decompose } from '../facade/decompose.js';
import { score } from '../facade/score.js';
import { type Note, note } from '../note.js';
import type { FactorType } from '../types.js';
import { encodeRows } from './encode-rows.js';
import { DivergenceError } from './numbers.js';
import { POINTS } from './objectives/codes.js';
import type { Code } from './objectives/objective.js';
import type { LiveScores } from './progress.js';

/** Samples that total correlation is averaged over. */
const CORRELATION_SAMPLES = 1000;

/** The metrics that are computed while training, the first of which decides which step was best. */
export const LIVE_METRICS = ['mig', 'factor-vae-score'] as const;

/**
 * Those that say something of a data set: none without factors, and of a single one the FactorVAE
 * score is 1 or 0, whatever was learnt.
 */
export function liveMetricsOf({ factors }: Dataset): readonly string[] {
  if (factors.length === 0) return [];
  return factors.length === 1 ? [LIVE_METRICS[0]] : LIVE_METRICS;
}

/** What total correlation is called beside them, and what it would be of independent latents. */
export const TOTAL_CORRELATION = 'totalCorrelation';
export const TOTAL_CORRELATION_FLOOR = 'totalCorrelationFloor';

/** How factors are to be scored: by their kind, not by what some rows of them look like. */
export function factorTypesOf({ factors }: Dataset): FactorType[] {
  return factors.map(({ size }) => (size === null ? 'continuous' : 'discrete'));
}

/**
 * What can be said of a run in advance: metrics need factors, total correlation a posterior, and
 * both rows to look at.
 */
export function planScores(
  { factors }: Dataset,
  code: Code,
  { testRows, scoreRows: rows }: { readonly testRows: number; readonly scoreRows: number },
): { readonly isScorable: boolean; readonly notes: readonly Note[] } {
  const notes: Note[] = [];
  if (rows < LEAST_ROWS) {
    const what = testRows < LEAST_ROWS ? `${countRows(testRows)} held out` : `${countRows(rows)} to be scored`;
    const text = `${what}: nothing is scored, and no checkpoint is kept as the best`;
    notes.push(note('nothing-scored', text, { option: testRows < LEAST_ROWS ? 'testRows' : 'scoreRows' }));
  } else if (factors.length === 0) {
    const rest = code === 'sample' ? ', total correlation is' : '';
    const text = `the images have no factors: ${LIVE_METRICS.join(' and ')} are not computed${rest}; no checkpoint is kept as the best`;
    notes.push(note('no-factors', text));
  }
  if (factors.length === 1 && rows >= LEAST_ROWS) {
    const text = `the images have one factor: ${LIVE_METRICS[1]} is not computed, which would be 1 or 0 whatever was learnt`;
    notes.push(note('one-factor', text));
  }
  if (testRows === 0) {
    const text = 'no posterior of held-out rows is left; encode writes one of other rows';
    notes.push(note('no-held-out-rows', text, { option: 'testRows' }));
  }
  return { isScorable: rows >= LEAST_ROWS && (factors.length > 0 || code === 'sample'), notes };
}

/** Rows that are no sample. */
const LEAST_ROWS = 2;

function countRows(rows: number): string {
  return rows === 0 ? 'no rows are' : 'one row is';
}

/**
 * Scores the means of held-out rows: by metrics where there are factors, and by total correlation
 * where there is a posterior.
 */
export async function scoreRows(
  encoder: Encoder,
  dataset: Dataset,
  rows: Int32Array,
  step: number,
): Promise<LiveScores> {
  const { mu, logvar, factors } = await encodeRows(encoder, dataset, rows);
  const shape = { rows: rows.length, columns: encoder.latents };
  checkPosterior({ mu, ...(logvar && { logvar }) }, step);
  const correlation = logvar ? await correlationOf(mu, logvar, shape) : { value: null, floor: null, reason: POINTS };
  const metrics = liveMetricsOf(dataset).length === 0 ? [] : await scoreMeans(mu, factors, shape, dataset);
  const reasons = [
    ...metrics.flatMap(({ name, value, reason }) => (value === null ? [[name, reason]] : [])),
    ...(correlation.value === null ? [[TOTAL_CORRELATION, correlation.reason]] : []),
  ];
  return {
    step,
    totalCorrelation: correlation.value,
    totalCorrelationFloor: correlation.floor,
    scores: Object.fromEntries(metrics.map(({ name, value }) => [name, value])),
    reasons: Object.fromEntries(reasons),
  };
}

/** The score that decides which step is the best; null if there is none. */
export function decidingScore({ scores }: LiveScores): number | null {
  return scores[LIVE_METRICS[0]] ?? null;
}

/** Scores as the log has them, with the total correlation in nats, and its floor. */
export function scoresOf(scored: LiveScores): Record<string, number | null> {
  const named: Record<string, number | null> = { ...scored.scores, [TOTAL_CORRELATION]: scored.totalCorrelation };
  if (scored.totalCorrelationFloor !== null) named[TOTAL_CORRELATION_FLOOR] = scored.totalCorrelationFloor;
  return named;
}

/** Why some of them are null, by their place in the line. */
export function reasonsOf({ reasons }: LiveScores): Record<string, string> {
  return Object.fromEntries(Object.entries(reasons).map(([name, reason]) => [`scores.${name}`, reason]));
}

interface LiveScore {
  readonly name: string;
  readonly value: number | null;
  /** Why it is null. */
  readonly reason: string;
}

/**
 * Rows that metrics refuse (few of them, each of its own class) are no reason not to train: the
 * scores are null.
 */
async function scoreMeans(
  mu: Float32Array,
  factors: Float64Array,
  shape: Shape,
  dataset: Dataset,
): Promise<LiveScore[]> {
  try {
    const { metrics } = await score(
      { data: mu, ...shape },
      { data: factors, rows: shape.rows, columns: dataset.factors.length },
      { metrics: [...liveMetricsOf(dataset)], factorTypes: factorTypesOf(dataset) },
    );
    return Object.entries(metrics).map(([name, { value, notes }]) => ({ name, value, reason: notes.join('; ') }));
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return liveMetricsOf(dataset).map((name) => ({ name, value: null, reason: error.message }));
  }
}

/**
 * @throws DivergenceError where a posterior is none: the weights have run away in the step that was
 * just made
 */
function checkPosterior(posterior: Readonly<Record<string, Float32Array>>, step: number): void {
  for (const [name, values] of Object.entries(posterior)) {
    const bad = values.find((value) => !Number.isFinite(value));
    if (bad !== undefined) {
      throw new DivergenceError(
        step - 1,
        `${name} of held-out images`,
        bad,
        'a lower learning rate is the first thing to try',
      );
    }
  }
}

interface Shape {
  readonly rows: number;
  readonly columns: number;
}

interface Correlation {
  readonly value: number | null;
  readonly floor: number | null;
  /** Why it is null. */
  readonly reason: string;
}

/**
 * About the total correlation that independent latents show where q(z) is made of N posteriors in
 * place of all. A sample's own posterior is one of the N, so that the density of the others, q(z),
 * is taken for q(z) + q(z|x) / N: its logarithm is too large by ln(1 + exp(I) / N), with I the sum
 * of the informations of the latents, each of which N rows are enough for.
 * @param informations I(x; z_d) in nats
 */
export function correlationOfIndependent(informations: readonly number[], rows: number): number {
  const excess = informations.reduce((sum, value) => sum + value, 0) - Math.log(rows);
  // ln(1 + e^x), without overflow.
  return Math.max(excess, 0) + Math.log1p(Math.exp(-Math.abs(excess)));
}

/** Null for variances beyond what densities can be computed of. */
async function correlationOf(mu: Float32Array, logvar: Float32Array, shape: Shape): Promise<Correlation> {
  try {
    const posterior = { mu: { data: mu, ...shape }, logvar: { data: logvar, ...shape } };
    const report = await decompose(posterior, { samples: Math.min(CORRELATION_SAMPLES, shape.rows) });
    const floor = correlationOfIndependent(report.mutualInformationPerDimension ?? [], shape.rows);
    return { value: report.totalCorrelation, floor, reason: '' };
  } catch (error) {
    if (error instanceof DataError) return { value: null, floor: null, reason: error.message };
    throw error;
  }
}
