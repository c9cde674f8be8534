/**
 * Posteriors q(z|x) of N samples of data, each a diagonal Gaussian of D dimensions: their type, and
 * what is refused of them.
 */
import { DataError, dataRangeError, wrongType } from './errors.js';
import { type Matrix, type MatrixLike, toMatrix } from './matrix.js';

/**
 * Means, log variances and perhaps samples of posteriors: matrices (N, D), or what stands for them.
 */
export interface Posterior<Form = Matrix> {
  /** Means. */
  readonly mu: Form;
  /** Natural logarithms of variances. */
  readonly logvar: Form;
  /** A sample of each; drawn from the seed where there is none. */
  readonly z?: Form;
}

/** A posterior as users give it. */
export type PosteriorInput = Posterior<MatrixLike>;

/** The same in another form. */
export function mapPosterior<A, B>(
  { mu, logvar, z }: Posterior<A>,
  convert: (form: A, name: keyof Posterior) => B,
): Posterior<B> {
  const [newMu, newLogvar] = [convert(mu, 'mu'), convert(logvar, 'logvar')];
  return { mu: newMu, logvar: newLogvar, ...(z !== undefined && { z: convert(z, 'z') }) };
}

/**
 * Checks a posterior as users give it.
 * @param owner what to name in messages
 * @throws TypeError, RangeError or DataError naming the array, what was expected and what was given
 */
export function toPosterior(input: PosteriorInput, owner: string): Posterior {
  if (typeof input !== 'object' || input === null || !('mu' in input) || !('logvar' in input)) {
    throw wrongType({ option: owner, problem: 'expected { mu, logvar }, and z if there is one' });
  }
  const posterior = mapPosterior(input, toMatrix);
  checkPosterior(posterior);
  return posterior;
}

/** Beyond this, squares of deviations divided by the least variance could overflow. */
const LARGEST_MEAN = 1e60;
/** Standard deviations from e^-100 to e^100. */
const LARGEST_LOGVAR = 200;

/**
 * Refuses what has no densities.
 * @throws RangeError or DataError saying which array, row and column, what was expected and what
 * was found
 */
export function checkPosterior({ mu, logvar, z }: Posterior): void {
  if (mu.rows < 2) throw dataRangeError(`mu: expected at least 2 rows, got ${mu.rows}`);
  if (mu.columns < 1) throw dataRangeError(`mu: expected at least 1 column, got ${mu.columns}`);
  checkValues(mu, 'mu', LARGEST_MEAN);
  checkLike(logvar, mu, 'logvar');
  checkValues(logvar, 'logvar', LARGEST_LOGVAR);
  if (z === undefined) return;
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

/** @throws RangeError for a posterior of other rows, or of other latents */
export function checkLikeLatents({ mu }: Posterior, latents: Pick<Matrix, 'rows' | 'columns'>): void {
  if (mu.rows === latents.rows && mu.columns === latents.columns) return;
  throw dataRangeError(
    `posterior: expected mu of ${latents.rows} x ${latents.columns} to match latents, got ${mu.rows} x ${mu.columns}`,
  );
}
