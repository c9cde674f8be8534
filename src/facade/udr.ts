/**
 * Unsupervised Disentanglement Ranking: which of several models, trained alike from different
 * seeds, the others agree with.
 */

import { withCore } from '../../bindings/core.js';
import { DataError, dataRangeError, wrongType, wrongValue } from '../errors.js';
import { type Matrix, type MatrixLike, toMatrix } from '../matrix.js';
import { type Note, note, writeNotes } from '../note.js';
import { checkOptions } from '../options/check-options.js';
import type { Posterior, PosteriorInput } from '../posterior.js';
import { lassoSimilarities } from '../ranking/lasso-similarity.js';
import { rankSimilarities } from '../ranking/rank-similarity.js';
import { relativeStrength } from '../ranking/relative-strength.js';
import { MOST_RANKED_ROWS } from '../stats/column-ranks.js';
import { meanDivergences } from '../stats/divergence.js';
import type { UdrModel, UdrReport } from '../types.js';
import { version } from '../version.js';
import { checkNames } from './common-options.js';
import { makePause } from './jobs/make-pause.js';
import { UDR_OPTIONS, type UdrOptions } from './udr-options.js';

/** A model whose posterior is known, so that latents that stay at the prior can be left out. */
export interface UdrPosterior extends Omit<PosteriorInput, 'z'> {
  /** (N, D): what is compared. Default `mu`. */
  readonly latents?: MatrixLike;
}

const SIMILARITIES = { spearman: rankSimilarities, lasso: lassoSimilarities } as const;

/**
 * Unsupervised Disentanglement Ranking: do models that differ in their seed find the same latents,
 * up to order and sign? 0 to 1, higher is better; no factors are needed.
 *
 * The score of two models is the mean over the informative latents of both of r^2 / (sum of
 * similarities), r being the largest similarity to a latent of the other model; that of a model is
 * the median over the others. Informative are latents that vary and, where mu and logvar are given,
 * diverge from the prior by more than the threshold.
 *
 * @param models latents (N, D), or mu and logvar, of the same N samples in the same order; D may
 * differ
 * @throws RangeError or DataError naming the model, what was expected and what was given
 * @see Duan et al. 2020; agrees with disentanglement_lib to 1e-9 where models have as many
 * informative latents
 * @example
 * const { models } = await udr([muOfSeed0, muOfSeed1, muOfSeed2]);
 */
export async function udr(
  models: ReadonlyArray<MatrixLike | UdrPosterior>,
  options: UdrOptions = {},
): Promise<UdrReport> {
  const { similarity, threshold, ...values } = checkOptions({ name: 'udr' }, options, UDR_OPTIONS);
  if (!Array.isArray(models))
    throw wrongType({ option: 'models', problem: `expected an array of latents, got ${typeof models}` });
  if (models.length < 2) throw wrongValue({ option: 'models', problem: `expected at least 2, got ${models.length}` });
  const names = values.names ?? models.map((_, i) => `model ${i}`);
  checkNames(names, models.length, 'model');
  const given = models.map((model, i) => readModel(model, names[i]));
  const { rows } = given[0].latents;
  given.forEach(({ latents }, i) => {
    checkRows(latents, rows, names[0], names[i]);
  });
  return withCore(async (core) => {
    const pause = makePause('udr', options);
    const faces: Omit<UdrModel, 'score'>[] = [];
    for (const [i, { latents, posterior }] of given.entries()) {
      const divergences = posterior && (await meanDivergences(core, posterior, names[i], pause));
      const informativeLatents = varyingColumns(latents).filter((d) => !divergences || divergences[d] > threshold);
      faces.push({ name: names[i], latents: latents.columns, informativeLatents, divergences });
    }
    const similarities = await SIMILARITIES[similarity](
      core,
      given.map(({ latents }) => latents),
      faces.map(({ informativeLatents }) => informativeLatents),
      pause,
    );
    const pairs = similarities.map((row, i) =>
      row.map((matrix, j) => (i === j ? null : relativeStrength(matrix, faces[j].informativeLatents.length))),
    );
    const scored = faces.map(({ name, ...face }, i) => ({
      name,
      score: medianOf(pairs.map((row) => row[i])),
      ...face,
    }));
    return {
      schema: 'vaemetrics/udr@1',
      version,
      similarity,
      rows,
      threshold,
      models: scored,
      pairs,
      notes: writeNotes(describeModels(scored, given, threshold)),
    };
  });
}

interface Given {
  readonly latents: Matrix;
  readonly posterior: Posterior | null;
}

function readModel(model: MatrixLike | UdrPosterior, name: string): Given {
  // What is no object at all is refused as a matrix.
  if (typeof model !== 'object' || model === null || !('logvar' in model))
    return { latents: checked(model, name), posterior: null };
  const [mu, logvar] = [checked(model.mu, `${name}, mu`), checked(model.logvar, `${name}, logvar`)];
  const latents = model.latents === undefined ? mu : checked(model.latents, name);
  for (const [what, { rows, columns }] of Object.entries({ mu, logvar })) {
    if (rows !== latents.rows || columns !== latents.columns) {
      throw dataRangeError(
        `${name}, ${what}: expected ${latents.rows} x ${latents.columns} to match latents, got ${rows} x ${columns}`,
      );
    }
  }
  return { latents, posterior: { mu, logvar } };
}

/** As in tables: beyond, squares overflow. */
const LARGEST_MAGNITUDE = 1e150;

function checked(input: MatrixLike, name: string): Matrix {
  const matrix = toMatrix(input, name);
  const { data, columns } = matrix;
  for (let i = 0; i < data.length; i++) {
    if (Math.abs(data[i]) <= LARGEST_MAGNITUDE) continue;
    const place = { path: name, row: Math.floor(i / columns), column: i % columns };
    const expected = Number.isFinite(data[i]) ? `magnitudes up to ${LARGEST_MAGNITUDE}` : 'a finite number';
    throw new DataError(`expected ${expected}, got ${data[i]}`, place);
  }
  return matrix;
}

function checkRows({ rows, columns }: Matrix, expected: number, first: string, name: string): void {
  if (rows !== expected) {
    throw new DataError(`expected ${expected} rows, the same samples as ${first}, got ${rows}`, { path: name });
  }
  if (rows < 3 || rows > MOST_RANKED_ROWS) {
    throw new DataError(`expected 3 to ${MOST_RANKED_ROWS} rows, got ${rows}`, { path: name });
  }
  if (columns < 1) throw new DataError('expected at least 1 column, got 0', { path: name });
}

function varyingColumns({ data, rows, columns }: Matrix): number[] {
  return Array.from({ length: columns }, (_, d) => d).filter((d) => {
    for (let row = 1; row < rows; row++) if (data[row * columns + d] !== data[d]) return true;
    return false;
  });
}

function medianOf(values: ReadonlyArray<number | null>): number | null {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
}

function describeModels(models: readonly UdrModel[], given: readonly Given[], threshold: number): Note[] {
  const notes: Note[] = [];
  const without = models.filter(({ divergences }) => divergences === null).length;
  if (without > 0 && without < models.length) {
    const which = `${without} of ${models.length} models have no mu and logvar`;
    notes.push(note('no-posterior', `${which}: latents of theirs count that vary at all`));
  }
  models.forEach(({ name, latents, informativeLatents, divergences, score }, i) => {
    const left = latents - informativeLatents.length;
    if (left === 0) return;
    const varying = new Set(varyingColumns(given[i].latents));
    const constant = latents - varying.size;
    const idle = left - constant;
    const reasons = [
      ...(constant > 0 ? [`${constant} constant`] : []),
      ...(idle > 0 && divergences ? [`${idle} with a divergence of at most ${threshold} nats`] : []),
    ];
    const outcome =
      informativeLatents.length > 0
        ? ''
        : score === null
          ? '; no score, as no model has any'
          : '; it has nothing in common with others';
    const text = `${name}: left out ${left} of ${latents} latents, ${reasons.join(' and ')}${outcome}`;
    notes.push(note('uninformative-latents', text, { option: 'threshold' }));
  });
  return notes;
}
