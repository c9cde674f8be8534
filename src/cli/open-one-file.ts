import type { Command } from 'commander';
import { wrongValue } from '../errors.js';
import { findArray } from '../facade/files/find-array.js';
import { openFor } from '../facade/files/read-input.js';
import { READING_OPTIONS } from '../facade/files/reading-options.js';
import { openFileSource } from '../io/file-source.js';
import type { ArrayFile } from '../io/index.js';
import { type Note, refuseGuesses } from '../note.js';
import { STRICT } from '../options/common-rules.js';
import type { ValuesOf } from '../options/rule.js';
import { posteriorOf } from './find-run.js';
import { declareFlags } from './flags/declare-flags.js';
import { untilAborted } from './until-aborted.js';

const { latentsMember, latentColumns, latentsDtype, header } = READING_OPTIONS;

/** How the one file of a command is read. */
export const ONE_FILE_OPTIONS = {
  member: { ...latentsMember, defaultText: 'all', description: 'only this array of an archive' },
  columns: {
    ...latentColumns,
    description: 'columns of a table by name, as a,b,z* or 0:3; of bare values their number',
  },
  dtype: { ...latentsDtype, description: 'type of bare values' },
  header,
  strict: STRICT,
};

/** Declares {@link ONE_FILE_OPTIONS}. */
export function declareReading(command: Command): void {
  declareFlags(command, 'How to read the file:', ONE_FILE_OPTIONS);
}

/** A file that is open. */
export interface OpenedFile {
  readonly file: ArrayFile;
  /** The same with what is taken of a table: the columns asked for, or all but names of rows. */
  readonly taken: ArrayFile;
  /** What was decided without being said. */
  readonly notes: readonly Note[];
}

/** Opens a file, or the posterior of a run by its folder, hands it to `use`, and closes it. */
export async function withFile<T>(
  path: string,
  options: ValuesOf<typeof ONE_FILE_OPTIONS>,
  signal: AbortSignal,
  use: (opened: OpenedFile) => Promise<T>,
): Promise<T> {
  const source = await untilAborted(async () => openFileSource(await posteriorOf(path)), signal);
  try {
    const names = { columns: 'columns', dtype: 'dtype' };
    const file = await untilAborted(() => openFor('latents', source, options, names), signal);
    const opened = await takeTable(file, options);
    refuseGuesses(opened.notes, options.strict);
    return await use(opened);
  } finally {
    await source.close?.();
  }
}

async function takeTable(file: ArrayFile, { columns, member }: ValuesOf<typeof ONE_FILE_OPTIONS>): Promise<OpenedFile> {
  const [table, ...others] = file.arrays;
  if (others.length > 0 && typeof columns === 'string') {
    throw wrongValue({ option: 'columns', problem: `expected only for a file of one table` });
  }
  if (table?.name !== null || table.refusal !== null) {
    const chosen = file.arrays.filter(({ name }) => member === null || name === member);
    return { file, taken: file, notes: [file, ...chosen].flatMap(({ notes = [] }) => notes) };
  }
  const nameNotes = (notes: readonly Note[]) => notes;
  const { entry, notes } = await findArray(file, 'factors', { member: null, columns, nameNotes });
  return { file, taken: { ...file, arrays: [entry] }, notes };
}
