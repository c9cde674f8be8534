import { type Command, Option } from 'commander';
import { DataError } from '../errors.js';
import { openFileSource } from '../io/file-source.js';
import { type ArrayFile, openArrays } from '../io/index.js';
import type { Dtype } from '../matrix.js';
import { posteriorOf } from './find-run.js';
import { dtypeName, wholeNumber } from './parse-values.js';
import { untilAborted } from './until-aborted.js';
import { UsageError } from './usage-error.js';

/** What the options below come to. */
export interface ReadingFlags {
  readonly member?: string;
  readonly columns?: number;
  readonly dtype?: Dtype;
  readonly header?: boolean;
}

/** Declares how the one file of a command is read. */
export function declareReading(command: Command): void {
  const options = [
    new Option('--member <name>', 'only this array of an archive'),
    new Option('--columns <n>', 'columns of bare values').argParser(wholeNumber('--columns', 1)),
    new Option('--dtype <dtype>', 'type of bare values (default: float32)').argParser(dtypeName('--dtype')),
    new Option('--header', 'the first row of a CSV holds names (default: looks)'),
    new Option('--no-header', 'the first row of a CSV holds numbers'),
  ];
  for (const option of options) command.addOption(option.helpGroup('How to read the file:'));
}

/** Opens a file, or the posterior of a run by its folder, hands it to `use`, and closes it. */
export async function withFile<T>(
  path: string,
  flags: ReadingFlags,
  signal: AbortSignal,
  use: (file: ArrayFile) => Promise<T>,
): Promise<T> {
  const source = await untilAborted(async () => openFileSource(await posteriorOf(path)), signal);
  try {
    const { columns, dtype, header = 'auto' } = flags;
    const file = await untilAborted(() => openArrays(source, { raw: { columns, dtype }, header }), signal);
    if (file.format !== 'raw' && (columns !== undefined || dtype !== undefined)) {
      throw new UsageError(`--columns and --dtype are for bare values, and ${path} is ${file.format}`);
    }
    return await use(file);
  } catch (error) {
    throw renameOption(error);
  } finally {
    await source.close?.();
  }
}

/** Readers name the options of `score`, where there are two files. */
function renameOption(error: unknown): unknown {
  if (!(error instanceof DataError) || !error.problem.includes('--latent-columns')) return error;
  const { path, member, row, column, byte } = error;
  return new DataError(error.problem.replace('--latent-columns', '--columns'), { path, member, row, column, byte });
}
