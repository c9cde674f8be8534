import type { Command } from 'commander';
import { rewriteNotes } from '../note.js';
import { printable } from '../report/printable.js';
import type { DataOpening } from '../trained/encoder-on-data.js';
import { nameFlags } from './flags/name-flags.js';
import type { Terminal } from './terminal.js';

/** Says on the error stream what was decided when data were opened, with the flags of a command. */
export function tellNotes({ stderr }: Terminal, command: Command, { data, notes }: DataOpening): void {
  for (const note of rewriteNotes(notes, nameFlags(command))) stderr.write(`${printable(`${data}: ${note}`)}\n`);
}
