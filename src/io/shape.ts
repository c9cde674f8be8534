import { DataError, type Place } from '../errors.js';

/** A shape as Python prints it: `(500, 10)`, `(500,)`, `()`. */
export function formatShape(shape: readonly number[]): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
}

// An array without elements takes no bytes, so that nothing else bounds its other lengths.
const MOST_OF_NOTHING = 1 << 20;

/**
 * The number of elements of a shape; refuses one whose bytes cannot be counted exactly, and one of
 * no elements whose other lengths are beyond what any table has.
 */
export function countElements(shape: readonly number[], itemBytes: number, place: Place): number {
  // A zero makes the product zero whatever the others are, but only after they were multiplied.
  const others = shape.reduce((product, length) => product * (length || 1), 1);
  if (!Number.isSafeInteger(others * itemBytes)) {
    throw new DataError(`shape ${formatShape(shape)} is beyond what can be addressed`, place);
  }
  if (!shape.includes(0)) return others;
  if (others <= MOST_OF_NOTHING) return 0;
  throw new DataError(`expected at least one element in an array this wide, got shape ${formatShape(shape)}`, place);
}

/** Why an array of this shape is no table of samples by columns, or null when it is one. */
export function refusalOfShape(shape: readonly number[]): string | null {
  if (shape.length === 0) return 'expected rows and columns, got a single number of shape ()';
  const table = dropAxes(shape);
  if (table.length > 2) {
    const got = `${shape.length} dimensions of shape ${formatShape(shape)}`;
    const wayOut = `x.reshape(${shape[0]}, -1) makes a row of each, x.reshape(-1, ${shape.at(-1)}) joins batches of rows`;
    return `expected rows and columns, got ${got}; ${wayOut}`;
  }
  if (table[0] > 0 && table[1] === 0) return `expected at least one column, got shape ${formatShape(shape)}`;
  return null;
}

/**
 * A shape of more than two axes without those of length 1: rows stay the first axis, unless only
 * without it there are two.
 */
export function dropAxes(shape: readonly number[]): readonly number[] {
  if (shape.length <= 2) return shape;
  const [rows, ...rest] = shape;
  const columns = rest.filter((length) => length !== 1);
  if (columns.length > 1 && rows === 1) return columns;
  return columns.length === 0 ? [rows, 1] : [rows, ...columns];
}

/** The rows and columns of a shape that `refusalOfShape` has let pass. */
export function rowsAndColumns(shape: readonly number[]): { rows: number; columns: number } {
  const [rows, columns = 1] = dropAxes(shape);
  return { rows, columns };
}
