import type { Command } from 'commander';
import { wrongValue } from '../errors.js';
import { openFor } from '../facade/files/read-input.js';
import { READING_OPTIONS } from '../facade/files/reading-options.js';
import { openFileSource } from '../io/file-source.js';
import { type ArrayFile, findColumns, withColumns } from '../io/index.js';
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
};

/** Declares {@link ONE_FILE_OPTIONS}. */
export function declareReading(command: Command): void {
  declareFlags(command, 'How to read the file:', ONE_FILE_OPTIONS);
}

/** Opens a file, or the posterior of a run by its folder, hands it to `use`, and closes it. */
export async function withFile<T>(
  path: string,
  options: ValuesOf<typeof ONE_FILE_OPTIONS>,
  signal: AbortSignal,
  use: (file: ArrayFile) => Promise<T>,
): Promise<T> {
  const source = await untilAborted(async () => openFileSource(await posteriorOf(path)), signal);
  try {
    const names = { columns: 'columns', dtype: 'dtype' };
    const file = await untilAborted(() => openFor('latents', source, options, names), signal);
    return await use(typeof options.columns === 'string' ? takeColumns(file, options.columns) : file);
  } finally {
    await source.close?.();
  }
}

/** A file with these columns of the one table that it holds. */
function takeColumns(file: ArrayFile, columns: string): ArrayFile {
  const [entry, ...others] = file.arrays;
  if (others.length > 0) throw wrongValue({ option: 'columns', problem: `expected only for a file of one table` });
  return { ...file, arrays: [withColumns(entry, findColumns(entry, columns, 'latents'))] };
}
