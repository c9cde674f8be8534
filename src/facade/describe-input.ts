/** What a reader of scores should know of latents and factors, before any is computed. */
import { describeKind } from '../factor-type.js';
import type { Matrix } from '../matrix.js';
import { type Note, note } from '../note.js';
import { findOneHot } from '../one-hot.js';
import { mention, phrase } from '../phrase.js';
import type { Posterior } from '../posterior.js';
import { type Latents, SparseMatrix } from '../sparse-matrix.js';
import type { FactorType } from '../types.js';

/** Notes of the matrices alone; `names` and `types` of the factors where they are known. */
export function describeInput(
  latents: Latents,
  factors: Matrix,
  names: readonly string[] | undefined,
  types: ReadonlyArray<FactorType | null> | undefined,
): Note[] {
  if (latents.rows !== factors.rows || latents.rows < 2) return [];
  const nameOf = (k: number) => (names?.[k] === undefined ? `factor ${k}` : `factor '${names[k]}'`);
  const kinds = Array.from({ length: factors.columns }, (_, k) => {
    return types?.[k] == null ? describeKind(factors, k, nameOf(k)) : [];
  });
  return [...describeSame(latents, factors, nameOf), ...describeOneHot(factors, nameOf), ...kinds.flat()];
}

/** Latents that are the factors themselves score well whatever was learnt. */
function describeSame(latents: Latents, factors: Matrix, nameOf: (k: number) => string): Note[] {
  const isSame = latents instanceof SparseMatrix ? compareSparse(latents, factors) : compareDense(latents, factors);
  const pairs: Array<readonly [number, number]> = [];
  for (let d = 0; d < latents.columns; d++) {
    for (let k = 0; k < factors.columns; k++) if (isSame(d, k)) pairs.push([d, k]);
  }
  const areAll =
    latents.columns === factors.columns &&
    (latents instanceof SparseMatrix
      ? pairs.filter(([d, k]) => d === k).length === latents.columns
      : latents.data.every((value, i) => Object.is(value, factors.data[i])));
  if (areAll) return [note('same-numbers', 'latents and factors are the same numbers')];
  const listed = pairs.map(([d, k]) => `latent ${d} is ${nameOf(k)}`).join(', ');
  return pairs.length === 0 ? [] : [note('same-numbers', `${listed}: the same numbers`)];
}

/** Whether two columns are the same, and not constant. */
type IsSame = (d: number, k: number) => boolean;

function compareDense(a: Matrix, b: Matrix): IsSame {
  return (d, k) => {
    const first = a.data[d];
    let isConstant = true;
    for (let row = 0, i = d, j = k; row < a.rows; row++, i += a.columns, j += b.columns) {
      if (a.data[i] !== b.data[j]) return false;
      if (a.data[i] !== first) isConstant = false;
    }
    return !isConstant;
  };
}

/** Columns with as many zeros are the same if all else is. */
function compareSparse({ rows, values, rowOf, starts }: SparseMatrix, b: Matrix): IsSame {
  const isFilled = (value: number) => value !== 0;
  const filled = Array.from({ length: b.columns }, (_, k) => b.column(k).filter(isFilled).length);
  return (d, k) => {
    const stored = values.subarray(starts[d], starts[d + 1]);
    // Zeros may be stored as well.
    if (stored.length < filled[k] || stored.filter(isFilled).length !== filled[k]) return false;
    let isConstant = filled[k] === 0 || filled[k] === rows;
    for (let i = 0; i < stored.length; i++) {
      if (stored[i] !== b.get(rowOf[starts[d] + i], k)) return false;
      if (stored[i] !== stored[0]) isConstant = false;
    }
    return !isConstant;
  };
}

function describeOneHot(factors: Matrix, nameOf: (k: number) => string): Note[] {
  return findOneHot(factors).map(({ from, to }) =>
    note('one-hot', `${nameOf(from)} to ${nameOf(to - 1)} are one factor, one-hot: each row has one 1 in them`, {
      option: 'oneHot',
      suggestion: phrase`${mention('oneHot')} joins them`,
      isGuess: true,
    }),
  );
}

/** Nats below which a latent says nothing of its sample. */
const COLLAPSED_BELOW = 0.01;

/** A posterior that is the prior has codes of noise, whose means can still be told apart. */
export function describeCollapse({ mu, logvar }: Posterior): Note[] {
  const divergences = new Float64Array(mu.columns);
  for (let row = 0, i = 0; row < mu.rows; row++) {
    for (let d = 0; d < mu.columns; d++, i++) {
      const [mean, log] = [mu.data[i], logvar.data[i]];
      divergences[d] += (mean * mean + Math.exp(log) - 1 - log) / 2;
    }
  }
  const most = Math.max(...divergences) / mu.rows;
  if (!(most < COLLAPSED_BELOW)) return [];
  const text = `the posterior has collapsed: no latent has a KL divergence of ${COLLAPSED_BELOW} nats from the prior, so scores of its means say little`;
  return [note('collapsed-posterior', text)];
}
