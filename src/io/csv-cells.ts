/**
 * Numbers as text: decimal and exponent notation, `nan` and `inf`; spaces around them and quotes
 * are allowed. No hexadecimal, no thousands separators, nothing after the number.
 */

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const INTEGER = /^[+-]?\d+$/;
const NOT_FINITE = /^([+-]?)(nan|inf|infinity)$/i;

const MISSING = /^(?:|na|n\/a|<na>|nan|nil|null|none|missing)$/i;

/** Whether a cell says that its value is missing, as pandas, R and Julia write it. */
export function isMissing(cell: string): boolean {
  return MISSING.test(cell);
}

/** The number a cell holds, or null when it holds none; `decimal` stands before its fraction. */
export function parseCell(written: string, decimal: '.' | ',' = '.'): number | null {
  if (decimal === ',' && written.includes('.')) return null;
  const cell = decimal === ',' ? written.replace(',', '.') : written;
  if (NUMBER.test(cell)) return Number(cell);
  const word = NOT_FINITE.exec(cell);
  if (word === null) return null;
  if (word[2].toLowerCase() === 'nan') return Number.NaN;
  return word[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** Whether the text of a number is that of an integer which int32 holds. Minus zero is none. */
export function isInt32Text(cell: string, value: number): boolean {
  return INTEGER.test(cell) && isInt32(value);
}

/** Whether int32 holds a number. */
export function isInt32(value: number): boolean {
  return value === (value | 0) && !Object.is(value, -0);
}

/**
 * Splits a line into its cells, without quotes and surrounding spaces.
 * @returns the cells, or the problem with the quotes
 */
export function splitLine(line: string, delimiter: string): string[] | { problem: string } {
  if (delimiter === ' ') return splitAtBlanks(line);
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    while (isSpace(line[at], delimiter)) at++;
    if (line[at] === '"') {
      let cell = '';
      for (at++; ; at++) {
        if (at >= line.length) return { problem: 'expected a closing quote, got the end of the line' };
        if (line[at] !== '"') cell += line[at];
        else if (line[at + 1] === '"') cell += line[at++];
        else break;
      }
      at++;
      while (isSpace(line[at], delimiter)) at++;
      if (at < line.length && line[at] !== delimiter) {
        return { problem: `expected the end of the cell after a closing quote, got ${JSON.stringify(line[at])}` };
      }
      cells.push(trimSpaces(cell));
    } else {
      const next = line.indexOf(delimiter, at);
      const end = next === -1 ? line.length : next;
      cells.push(trimSpaces(line.slice(at, end)));
      at = end;
    }
    if (at >= line.length) return cells;
    at++;
  }
}

/** Of blanks any number is one separator, and those around a line are none. */
function splitAtBlanks(line: string): string[] | { problem: string } {
  const cells: string[] = [];
  const cell = /[ \t]*(?:"((?:[^"]|"")*)"|([^" \t]+))(?=[ \t]|$)/y;
  for (let end = 0; /[^ \t]/.test(line.slice(end)); end = cell.lastIndex) {
    const found = cell.exec(line);
    if (found === null)
      return { problem: `expected cells with blanks between, got ${JSON.stringify(line.slice(end))}` };
    cells.push(found[1] === undefined ? found[2] : trimSpaces(found[1].replaceAll('""', '"')));
  }
  return cells.length === 0 ? [''] : cells;
}

/** Only spaces and tabs: what else looks blank in a cell is not meant to be there. */
function trimSpaces(cell: string): string {
  let start = 0;
  let end = cell.length;
  while (start < end && (cell[start] === ' ' || cell[start] === '\t')) start++;
  while (end > start && (cell[end - 1] === ' ' || cell[end - 1] === '\t')) end--;
  return cell.slice(start, end);
}

function isSpace(character: string | undefined, delimiter: string): boolean {
  return character === ' ' || (character === '\t' && delimiter !== '\t');
}

/** A cell in a message: short, and on one line. */
export function quote(cell: string): string {
  if (cell === '') return 'an empty cell';
  return JSON.stringify(cell.length > 40 ? `${cell.slice(0, 40)}...` : cell);
}
