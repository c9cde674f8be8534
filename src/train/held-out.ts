/** Held-out rows: their posteriors, and the scores of those. */
import type { Dataset } from '../data/index.js';
import { decompose } from '../decompose.js';
import { DataError } from '../errors.js';
import { score } from '../score.js';
import type { FactorType } from '../types.js';
import { loadImages } from './batches.js';
import { DivergenceError } from './numbers.js';
import type { LiveScores } from './progress.js';
import { takeTurn } from './take-turn.js';
import type { TensorLibrary } from './tensors.js';
import type { Trainer } from './trainer.js';

/** Rows that are encoded at a time: a batch of training, so that signals wait no longer for their turn than there. */
const CHUNK_ROWS = 64;

/** Posteriors of some rows, row-major: mu and logvar (N, D), factors (N, K). */
export interface EncodedRows {
  readonly mu: Float32Array;
  readonly logvar: Float32Array;
  readonly factors: Float64Array;
}

/** Encodes rows some at a time; `onChunk` is told how many are done, and stops it by throwing. */
export async function encodeRows(
  tf: TensorLibrary,
  trainer: Pick<Trainer, 'encode'>,
  dataset: Dataset,
  rows: Int32Array,
  latents: number,
  onChunk?: (done: number) => void,
): Promise<EncodedRows> {
  const mu = new Float32Array(rows.length * latents);
  const logvar = new Float32Array(rows.length * latents);
  for (let from = 0; from < rows.length; from += CHUNK_ROWS) {
    onChunk?.(from);
    const images = await loadImages(tf, dataset, rows.subarray(from, from + CHUNK_ROWS));
    const posterior = await trainer.encode(images);
    const [means, logvars] = await Promise.all([posterior.mu.data(), posterior.logvar.data()]);
    mu.set(means as Float32Array, from * latents);
    logvar.set(logvars as Float32Array, from * latents);
    tf.dispose([images, posterior]);
    await takeTurn();
  }
  const factors = new Float64Array(rows.length * dataset.factors.length);
  await dataset.readFactors(rows, factors);
  return { mu, logvar, factors };
}

/** Samples that total correlation is averaged over. */
const CORRELATION_SAMPLES = 1000;

/** The metrics that are computed while training, the first of which decides which step was best. */
export const LIVE_METRICS = ['mig', 'factor-vae-score'] as const;

/** How factors are to be scored: by their kind, not by what some rows of them look like. */
export function factorTypesOf({ factors }: Dataset): FactorType[] {
  return factors.map(({ size }) => (size === null ? 'continuous' : 'discrete'));
}

/** Scores the means of held-out rows. */
export async function scoreRows(
  tf: TensorLibrary,
  trainer: Trainer,
  dataset: Dataset,
  rows: Int32Array,
  latents: number,
  step: number,
): Promise<LiveScores> {
  const { mu, logvar, factors } = await encodeRows(tf, trainer, dataset, rows, latents);
  const shape = { rows: rows.length, columns: latents };
  checkPosterior(mu, logvar, step);
  const totalCorrelation = await correlationOf(mu, logvar, shape);
  const report = await score(
    { data: mu, ...shape },
    { data: factors, rows: rows.length, columns: dataset.factors.length },
    { metrics: [...LIVE_METRICS], factorTypes: factorTypesOf(dataset) },
  );
  return {
    step,
    totalCorrelation,
    scores: Object.fromEntries(Object.entries(report.metrics).map(([name, { value }]) => [name, value])),
  };
}

/** @throws DivergenceError where a posterior is none: the weights have run away in the step that was just made */
function checkPosterior(mu: Float32Array, logvar: Float32Array, step: number): void {
  for (const [name, values] of Object.entries({ mu, logvar })) {
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

/** Null for variances beyond what densities can be computed of; autoencoders do not train them. */
async function correlationOf(
  mu: Float32Array,
  logvar: Float32Array,
  shape: { readonly rows: number; readonly columns: number },
): Promise<number | null> {
  try {
    const posterior = { mu: { data: mu, ...shape }, logvar: { data: logvar, ...shape } };
    const { totalCorrelation } = await decompose(posterior, { samples: Math.min(CORRELATION_SAMPLES, shape.rows) });
    return totalCorrelation;
  } catch (error) {
    if (error instanceof DataError) return null;
    throw error;
  }
}
