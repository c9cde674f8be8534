/** What commas and points within the cells of a text table are: before fractions, or thousands. */
import { DataError } from '../errors.js';
import { type Note, note } from '../note.js';
import { quote } from './csv-cells.js';

type Mark = ',' | '.';

const FRACTION: Readonly<Record<Mark, RegExp>> = {
  ',': /^[+-]?\d*,\d+(?:[eE][+-]?\d+)?$/,
  '.': /^[+-]?\d*\.\d+(?:[eE][+-]?\d+)?$/,
};
/** What may be a whole number with a mark between thousands. */
const GROUPED: Readonly<Record<Mark, RegExp>> = {
  ',': /^[+-]?[1-9]\d{0,2}(?:,\d{3})+$/,
  '.': /^[+-]?[1-9]\d{0,2}(?:\.\d{3})+$/,
};
const BELOW_THOUSAND = /^[+-]?\d{1,3}$/;
const FROM_THOUSAND = /^[+-]?\d{4,}$/;

/** Whether a cell looks like a whole number with a mark between thousands. */
export function isGrouped(cell: string): boolean {
  return GROUPED[','].test(cell) || GROUPED['.'].test(cell);
}

/** What stands before fractions, and what was decided about it without being said. */
export interface Separators {
  readonly decimal: Mark;
  readonly notes: readonly Note[];
}

/**
 * Tells what stands before the fractions of numbers that semicolons, tabs or blanks separate.
 * `3,302` is a decimal if another number shows that: `0,5`, `3,3021`, or 3302 in its column.
 *
 * @throws DataError for what looks like thousands: a column that has 37 beside 3,302, or 1,234,567
 */
export function judgeSeparators(rows: ReadonlyArray<readonly string[]>, path: string): Separators {
  const cells = rows.flat();
  const decimal = cells.some((cell) => FRACTION[','].test(cell)) ? ',' : '.';
  const [isFraction, isGroup] = [FRACTION[decimal], GROUPED[decimal]];
  const grouped = cells.find((cell) => isGroup.test(cell));
  if (grouped === undefined || cells.some((cell) => isFraction.test(cell) && !isGroup.test(cell))) {
    return { decimal, notes: [] };
  }
  for (let column = 0; column < rows[0].length; column++) {
    const ofColumn = rows.map((row) => row[column] ?? '');
    const group = ofColumn.find((cell) => isGroup.test(cell));
    if (group === undefined) continue;
    if (ofColumn.some((cell) => FROM_THOUSAND.test(cell))) return { decimal, notes: [] };
    const beside = isFraction.test(group) ? ofColumn.find((cell) => BELOW_THOUSAND.test(cell)) : group;
    if (beside === undefined) continue;
    const problem = `expected numbers without separators between thousands, got ${quote(group)}${beside === group ? '' : ` beside ${quote(beside)}`}; write ${group.replaceAll(decimal, '')}, or decimals of other than three digits`;
    throw new DataError(problem, { path, column });
  }
  if (decimal === '.') return { decimal, notes: [] };
  return {
    decimal,
    notes: [
      note('decimal-commas', `numbers such as ${grouped} are read as decimals, ${grouped.replace(',', '.')}`, {
        suggestion: `unless they are thousands: write ${grouped.replace(',', '')}`,
        isGuess: true,
      }),
    ],
  };
}

/**
 * Notes that each line of two whole numbers may be one with a decimal comma: `0,50`. Only a
 * fraction begins with 0, and has the same number of digits throughout.
 */
export function describePairs(rows: ReadonlyArray<readonly string[]>): Note[] {
  const arePairs = rows.every(([a, b, c]) => c === undefined && /^[+-]?\d+$/.test(a) && /^\d+$/.test(b ?? ''));
  if (!arePairs || rows.length === 0) return [];
  const [[first, second]] = rows;
  const isPadded = rows.some(([, b]) => /^0\d/.test(b));
  const isOfOneWidth = rows.length >= 10 && second.length > 1 && rows.every(([, b]) => b.length === second.length);
  if (!isPadded && !isOfOneWidth) return [];
  return [
    note('decimal-commas', `lines such as ${first},${second} are read as two numbers`, {
      suggestion: `unless they are one with a decimal comma: write ${first}.${second}`,
      isGuess: true,
    }),
  ];
}
