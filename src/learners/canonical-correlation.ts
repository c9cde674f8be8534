import { singularValues } from './singular-values.js';
import { correlateWhitened, type Whitening, whiten } from './whitening.js';

/** Linear functions of the columns of two tables, pair by pair as correlated as can be. */
export interface CanonicalWeights {
  /** As many as the smaller rank. */
  readonly count: number;
  /** Of columns of variance 1, [count][columns] each. */
  readonly left: Float64Array;
  readonly right: Float64Array;
}

/**
 * Canonical correlation analysis from correlations alone; columns that depend on others do no harm.
 *
 * @param ofLeft [columns][columns] of the left table
 * @param ofRight the same of the right one
 * @param across [left columns][right columns]
 * @see H. Hotelling 1936, Relations between Two Sets of Variates
 */
export function canonicalWeights(
  ofLeft: Float64Array,
  ofRight: Float64Array,
  across: Float64Array,
  leftColumns: number,
  rightColumns: number,
): CanonicalWeights {
  const [left, right] = [whiten(ofLeft, leftColumns), whiten(ofRight, rightColumns)];
  const half = transpose(correlateWhitened(left, across), left.rank, rightColumns);
  const both = transpose(correlateWhitened(right, half), right.rank, left.rank);
  const axes = singularValues(both, left.rank, right.rank);
  return {
    count: axes.values.length,
    left: combine(axes.left, left),
    right: combine(axes.right, right),
  };
}

/** Functions of uncorrelated columns as functions of the columns. */
function combine(directions: Float64Array, { columns, rank, weights }: Whitening): Float64Array {
  const count = rank === 0 ? 0 : directions.length / rank;
  const out = new Float64Array(count * columns);
  for (let i = 0; i < count; i++) {
    for (let r = 0; r < rank; r++) {
      const share = directions[i * rank + r];
      for (let j = 0; j < columns; j++) out[i * columns + j] += share * weights[r * columns + j];
    }
  }
  return out;
}

function transpose(a: Float64Array, rows: number, columns: number): Float64Array {
  return Float64Array.from({ length: rows * columns }, (_, at) => a[(at % rows) * columns + Math.floor(at / rows)]);
}
