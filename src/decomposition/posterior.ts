/** The posteriors q(z|x) of a data set, in the memory of the kernels. */
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import type { PosteriorBlocks } from '../../bindings/kernels/posterior.js';
import { DataError, dataRangeError } from '../errors.js';
import type { Matrix } from '../matrix.js';

/** N diagonal Gaussians of D dimensions: mu and logvar are f64[D][N], a latent after the other. */
export type Posterior = PosteriorBlocks;

/** Beyond this, squares of deviations divided by the least variance could overflow. */
const LARGEST_MEAN = 1e60;
/** Standard deviations from e^-100 to e^100. */
const LARGEST_LOGVAR = 200;

/**
 * Copies the posteriors of N rows, checked.
 *
 * @param mu (N, D) means
 * @param logvar (N, D) natural logarithms of variances
 * @throws RangeError or DataError saying which array, row and column, what was expected and what was found
 */
export function loadPosterior(core: Core, mu: Matrix, logvar: Matrix): Posterior {
  checkPosteriorShapes(mu, logvar);
  return {
    rows: mu.rows,
    latents: mu.columns,
    mu: loadColumns(core, mu, 'mu', LARGEST_MEAN),
    logvar: loadColumns(core, logvar, 'logvar', LARGEST_LOGVAR),
  };
}

/** @throws RangeError where mu and logvar are not of one shape, of at least 2 rows and 1 column */
export function checkPosteriorShapes(mu: Matrix, logvar: Matrix): void {
  if (mu.rows < 2) throw dataRangeError(`mu: expected at least 2 rows, got ${mu.rows}`);
  if (mu.columns < 1) throw dataRangeError(`mu: expected at least 1 column, got ${mu.columns}`);
  checkSameShape(logvar, mu, 'logvar');
}

/** @throws RangeError where `matrix` is not of the shape of mu */
export function checkSameShape(matrix: Matrix, mu: Matrix, name: string): void {
  if (matrix.rows === mu.rows && matrix.columns === mu.columns) return;
  throw dataRangeError(
    `${name}: expected ${mu.rows} x ${mu.columns} to match mu, got ${matrix.rows} x ${matrix.columns}`,
  );
}

/** Copies samples (N, D), as f64[D][N], checked. */
export function loadSamples(core: Core, z: Matrix): Block<'f64'> {
  return loadColumns(core, z, 'z', LARGEST_MEAN);
}

function loadColumns(core: Core, matrix: Matrix, name: string, largest: number): Block<'f64'> {
  const { data, rows, columns } = matrix;
  const block = core.arena.alloc('f64', rows * columns);
  const out = block.array;
  for (let row = 0, from = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, from++) {
      const value = data[from];
      if (!(Math.abs(value) <= largest)) throw refuse(value, { path: name, row, column }, largest);
      out[column * rows + row] = value;
    }
  }
  return block;
}

function refuse(value: number, place: { path: string; row: number; column: number }, largest: number): DataError {
  if (!Number.isFinite(value)) return new DataError(`expected a finite number, got ${value}`, place);
  const what = place.path === 'logvar' ? 'logarithms of variances from -200 to 200' : `magnitudes up to ${largest}`;
  return new DataError(`expected ${what}, got ${value}`, place);
}
