import { DataError, type Place } from '../errors.js';

/** A shape as Python prints it: `(500, 10)`, `(500,)`, `()`. */
export function formatShape(shape: readonly number[]): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
}

/** The number of elements of a shape; refuses one whose bytes cannot be counted exactly. */
export function countElements(shape: readonly number[], itemBytes: number, place: Place): number {
  let count = 1;
  // A zero makes the product zero whatever the others are, but only after they were multiplied.
  for (const length of shape) {
    count *= length;
    if (!Number.isSafeInteger(count * itemBytes)) {
      throw new DataError(`shape ${formatShape(shape)} is beyond what can be addressed`, place);
    }
  }
  return count;
}

/** Why an array of this shape is no table of samples by columns, or null when it is one. */
export function refusalOfShape(shape: readonly number[]): string | null {
  if (shape.length === 0) return 'expected rows and columns, got a single number of shape ()';
  const table = dropAxes(shape);
  if (table.length > 2) {
    return `expected rows and columns, got ${shape.length} dimensions of shape ${formatShape(shape)}`;
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
