import { printable } from '../report/printable.js';
import type { DataOpening } from '../trained/encoder-on-data.js';
import type { Terminal } from './terminal.js';

/** Says on the error stream what was decided when data were opened. */
export function tellNotes({ stderr }: Terminal, { data, notes }: DataOpening): void {
  for (const note of notes) stderr.write(`${printable(`${data}: ${note}`)}\n`);
}
