import { type Command, Option } from 'commander';
import { BACKEND_NAMES, type BackendName } from '../train/backends/backend.js';
import { warn } from './failure.js';
import { declareFiles, type FileFlags, toFileOptions } from './file-flags.js';
import { wholeNumber, wordList } from './parse-values.js';
import type { Terminal } from './terminal.js';
import { UsageError } from './usage-error.js';

/** Flags of every command that takes the model of a run. */
export interface ModelFlags {
  readonly checkpoint: 'last' | 'best';
  readonly untrained?: boolean;
}

/** And of those that compute with it. */
export interface ComputeFlags extends ModelFlags, FileFlags {
  readonly backend: BackendName | 'auto';
  readonly data?: string;
}

export function declareModel(command: Command): Command {
  return command
    .argument('<run>', 'folder of a run')
    .addOption(
      new Option('--checkpoint <name>', 'the last weights, or those that scored best')
        .choices(['last', 'best'])
        .default('last'),
    )
    .option('--untrained', 'the weights before the first step, to compare with');
}

export function declareCompute(command: Command): Command {
  declareModel(command)
    .option('--data <name|path>', "images: a data set, a file or a folder (default: the run's own)")
    .addOption(
      new Option('--backend <name>', 'what computes')
        .choices(['auto', ...BACKEND_NAMES.filter((name) => name !== 'webgl')])
        .default('auto'),
    );
  return declareFiles(command);
}

/** The flag of the size of a picture. */
export function scaleOption(): Option {
  return new Option(
    '--scale <n>',
    'pixels of the picture for one of an image (default: up to about 64 an image)',
  ).argParser(wholeNumber('--scale', 1, 64));
}

/** The options of the library that the flags stand for. */
export function toModelOptions(flags: ComputeFlags) {
  const { checkpoint, untrained = false, backend, data } = flags;
  return { checkpoint, untrained, backend, ...(data !== undefined && { data }), dataOptions: toFileOptions(flags) };
}

/** Numbers of latents with commas between them. */
export function parseLatents(option: string): (text: string, previous?: readonly number[]) => number[] {
  const words = wordList(option);
  const number = wholeNumber(option, 0);
  return (text, previous = []) => [...previous, ...words(text).map(number)];
}

export function tellWarnings(terminal: Terminal, warnings: readonly string[]): void {
  for (const warning of warnings) warn(terminal, warning);
}

/** What picture-drawing commands need: a name for the picture, or for the animation. */
export function checkPictures(paths: ReadonlyArray<string | undefined>, flags: string): void {
  if (paths.every((path) => path === undefined)) throw new UsageError(`expected ${flags} and a file to write`);
}
