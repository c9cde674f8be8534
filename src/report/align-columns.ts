export type Alignment = 'left' | 'right';

/** Columns are this far apart. */
export const GAP = 2;

/** The widest text of each column. */
export function columnWidths(rows: ReadonlyArray<readonly string[]>): number[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (let i = 0; i < row.length; i++) widths[i] = Math.max(widths[i] ?? 0, row[i].length);
  }
  return widths;
}

/** Pads a text to a width. */
export function pad(text: string, width: number, alignment: Alignment): string {
  return alignment === 'left' ? text.padEnd(width) : text.padStart(width);
}

/** Pads and joins rows into lines, all columns to the right but the first few. */
export function alignColumns(rows: ReadonlyArray<readonly string[]>, leftColumns = 1): string[] {
  const widths = columnWidths(rows);
  return rows.map((row) =>
    row
      .map((text, i) => pad(text, widths[i], i < leftColumns ? 'left' : 'right'))
      .join(' '.repeat(GAP))
      .trimEnd(),
  );
}
