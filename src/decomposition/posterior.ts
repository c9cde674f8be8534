/** The posteriors q(z|x) of a data set, in the memory of the kernels. */
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import type { PosteriorBlocks } from '../../bindings/kernels/posterior.js';
import { DataError, dataRangeError } from '../errors.js';
import type { Matrix } from '../matrix.js';
import type { TablePosterior } from '../stats/table.js';

/** N diagonal Gaussians of D dimensions: mu and logvar are f64[D][N], a latent after the other. */
export type Posterior = PosteriorBlocks;

/** Beyond this, squares of deviations divided by the least variance could overflow. */
const LARGEST_MEAN = 1e60;
/** Standard deviations from e^-100 to e^100. */
const LARGEST_LOGVAR = 200;

/**
 * Refuses what has no densities.
 *
 * @param mu (N, D) means
 * @param logvar (N, D) natural logarithms of variances
 * @param z (N, D) samples, or none
 * @throws RangeError or DataError saying which array, row and column, what was expected and what was found
 */
export function checkPosterior(mu: Matrix, logvar: Matrix, z: Matrix | null): void {
  if (mu.rows < 2) throw dataRangeError(`mu: expected at least 2 rows, got ${mu.rows}`);
  if (mu.columns < 1) throw dataRangeError(`mu: expected at least 1 column, got ${mu.columns}`);
  checkValues(mu, 'mu', LARGEST_MEAN);
  checkLike(logvar, mu, 'logvar');
  checkValues(logvar, 'logvar', LARGEST_LOGVAR);
  if (z === null) return;
  checkLike(z, mu, 'z');
  checkValues(z, 'z', LARGEST_MEAN);
}

function checkLike(matrix: Matrix, mu: Matrix, name: string): void {
  if (matrix.rows === mu.rows && matrix.columns === mu.columns) return;
  throw dataRangeError(
    `${name}: expected ${mu.rows} x ${mu.columns} to match mu, got ${matrix.rows} x ${matrix.columns}`,
  );
}

function checkValues({ data, columns }: Matrix, name: string, largest: number): void {
  const at = data.findIndex((value) => !(Math.abs(value) <= largest));
  if (at < 0) return;
  const what = !Number.isFinite(data[at])
    ? 'a finite number'
    : name === 'logvar'
      ? 'logarithms of variances from -200 to 200'
      : `magnitudes up to ${largest}`;
  throw new DataError(`expected ${what}, got ${data[at]}`, {
    path: name,
    row: Math.floor(at / columns),
    column: at % columns,
  });
}

/** Copies posteriors that have been checked. */
export function loadPosterior(core: Core, mu: Matrix, logvar: Matrix): Posterior {
  return { rows: mu.rows, latents: mu.columns, mu: loadColumns(core, mu), logvar: loadColumns(core, logvar) };
}

/** Posteriors as they came, checked, in one or another form of matrices. */
export interface PosteriorOf<M> {
  /** (N, D) */
  readonly mu: M;
  /** (N, D) */
  readonly logvar: M;
  /** (N, D); null where samples are to be drawn. */
  readonly z: M | null;
}

export type PosteriorMatrices = PosteriorOf<Matrix>;

/** Copies posteriors that have been checked, with their samples. */
export function loadSampledPosterior(core: Core, { mu, logvar, z }: PosteriorMatrices): TablePosterior {
  return { ...loadPosterior(core, mu, logvar), z: z && loadColumns(core, z) };
}

/** Copies a table, a column after the other: f64[columns][rows]. */
export function loadColumns(core: Core, { data, rows, columns }: Matrix): Block<'f64'> {
  const block = core.arena.alloc('f64', rows * columns);
  const out = block.array;
  for (let row = 0, from = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, from++) out[column * rows + row] = data[from];
  }
  return block;
}
