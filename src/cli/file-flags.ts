import { type Command, Option } from 'commander';
import { FILE_OPTIONS, type FileOptions, givenFileOptions } from '../data/files/options.js';
import { procedural } from '../data/procedural.js';
import { DataError, isCodedError } from '../errors.js';
import { wholeNumber } from './parse-values.js';
import { UsageError } from './usage-error.js';

/** What the flags below come to: the options of the library, by their names. */
export type FileFlags = FileOptions;

/** Declares what a file of images does not say itself, for every command that opens one. */
export function declareFiles(command: Command): Command {
  const whole = (flag: string, most: number) => wholeNumber(flag, 1, most);
  const options = [
    new Option('--size <n>', 'edge that pictures, cars and smallNORB are resized to (default: 64)').argParser(
      whole('--size', 4096),
    ),
    new Option('--crop <n>', 'edge of the centred square that is cut out of pictures first (default: all)').argParser(
      whole('--crop', 65_535),
    ),
    new Option('--channels <n>', 'of pictures: 1 or 3 (default: as the first)').argParser(parseChannels),
    new Option('--maximum <n>', 'what is white in whole numbers (default: 255, or the largest up to 16)').argParser(
      whole('--maximum', 255),
    ),
    new Option('--unpack-to <file.npy>', 'write images that cannot be read in pieces there once'),
  ];
  for (const option of options) command.addOption(option.helpGroup('Files of images:'));
  return command;
}

function parseChannels(text: string): number {
  if (text === '1' || text === '3') return Number(text);
  throw new UsageError(`--channels: expected 1 or 3, got '${text}'`);
}

/** The options of the library that the flags stand for. */
export function toFileOptions(flags: FileFlags): FileOptions {
  return givenFileOptions(flags);
}

/** The flags that were given, as they are written. */
export function listFileFlags(flags: FileFlags): string[] {
  return Object.keys(givenFileOptions(flags)).map(flagOf);
}

/** The file or folder that data are named by; none for a data set that is drawn. */
export function filesNamed(data: string): string[] {
  return procedural.some(({ name }) => name === data) ? [] : [data];
}

function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Advice of readers, who name the options of the library. */
const ADVICE: ReadonlyArray<readonly [by: RegExp, flag: string]> = [
  [/\bsay unpackTo,/, 'say --unpack-to,'],
  [/\bsay the maximum$/, 'say --maximum'],
  [/\bsay channels: 3$/, 'say --channels 3'],
];

/** Options of the commands that open images, but for those of files; their flags have the same names. */
const OPTIONS = [
  ...[
    'data',
    'dataSeed',
    'architecture',
    'latents',
    'likelihood',
    'steps',
    'batchSize',
    'learningRate',
    'seed',
    'backend',
  ],
  ...['threads', 'testRows', 'scoreRows', 'logEvery', 'scoreEvery', 'checkpointEvery'],
  ...['checkpoint', 'rows', 'split', 'row', 'range', 'from', 'to'],
];

/** The library knows options by the names that programs use; on a command line they are flags. */
export function nameFileFlags(error: unknown): unknown {
  if (error instanceof DataError) {
    const { path, member, row, column, byte } = error;
    const problem = ADVICE.reduce((text, [by, flag]) => text.replace(by, flag), error.problem);
    return problem === error.problem ? error : new DataError(problem, { path, member, row, column, byte });
  }
  if (!isCodedError(error) || error.code !== 'ERR_OPTION') return error;
  const [name] = error.message.split(': ', 1);
  if (!(FILE_OPTIONS as readonly string[]).includes(name) && !OPTIONS.includes(name)) return error;
  return new UsageError(flagOf(name) + error.message.slice(name.length));
}

/** Runs what opens data, with such errors named. */
export async function namingFileFlags<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw nameFileFlags(error);
  }
}
