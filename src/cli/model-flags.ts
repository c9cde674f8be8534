import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { type FileOptions, givenFileOptions } from '../data/index.js';
import { BACKEND_NAMES, type BackendName } from '../train/backends/backend.js';
import { CONFIG_NAME, parseConfig } from '../train/run/config.js';
import { checkAnimation, checkDrawing } from '../trained/draw-grid.js';
import type { DataOpening } from '../trained/encoder-on-data.js';
import type { GridShape } from '../trained/image-grid.js';
import { checkEnding } from './check-ending.js';
import { warn } from './failure.js';
import { declareFiles, filesNamed } from './file-flags.js';
import { wholeNumber, wordList } from './parse-values.js';
import { tellNotes } from './tell-notes.js';
import type { Terminal } from './terminal.js';
import { UsageError } from './usage-error.js';

/** Flags of every command that takes the model of a run. */
export interface ModelFlags {
  readonly checkpoint?: 'last' | 'best';
  readonly untrained?: boolean;
}

/** And of those that compute with it. */
export interface ComputeFlags extends ModelFlags, FileOptions {
  readonly backend: BackendName | 'auto';
  readonly data?: string;
}

/** And of those that draw. */
export interface PictureFlags {
  readonly out?: string;
  readonly gif?: string;
  readonly scale?: number;
}

export function declareModel(command: Command): Command {
  return command
    .argument('<run>', 'folder of a run')
    .addOption(
      new Option('--checkpoint <name>', 'the last weights, or those that scored best (default: last)').choices([
        'last',
        'best',
      ]),
    )
    .option('--untrained', 'the weights before the first step, to compare with; in place of --checkpoint');
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

/**
 * Which weights the flags stand for.
 * @throws UsageError where they name two
 */
export function toWeights({ checkpoint, untrained }: ModelFlags, terminal: Terminal) {
  if (untrained && checkpoint !== undefined) throw new UsageError('expected --checkpoint or --untrained, got both');
  const onWarning = (warning: string) => warn(terminal, warning);
  return { ...(checkpoint !== undefined && { checkpoint }), ...(untrained && { untrained }), onWarning };
}

/**
 * The options of the library that the flags stand for. What was decided when images were opened that the run does not know goes to the error stream; of its
 * own it was said when it was trained.
 */
export function toModelOptions(flags: ComputeFlags, terminal: Terminal) {
  const { backend, data } = flags;
  const dataOptions = givenFileOptions(flags);
  const onOpened = (opened: DataOpening) => tellNotes(terminal, opened);
  return { ...toWeights(flags, terminal), backend, ...(data !== undefined && { data, onOpened }), dataOptions };
}

/** The file or folder that images come from: what --data names, or the data of the run. */
export async function inputsOf(run: string, { data }: ComputeFlags): Promise<string[]> {
  if (data !== undefined) return filesNamed(data);
  try {
    const path = join(run, CONFIG_NAME);
    const config = parseConfig(await readFile(path, 'utf8'), path);
    return config.data.path === null ? [] : filesNamed(config.data.path);
  } catch {
    // What opens the run says what is wrong with it.
    return [];
  }
}

/** Refuses pictures that are too large before their images are computed. */
export function checkShape({ out, gif, scale }: PictureFlags): (shape: GridShape) => void {
  return (shape) => {
    if (out !== undefined) checkDrawing(shape, { scale });
    if (gif !== undefined) checkAnimation(shape, { scale });
  };
}

/** Numbers of latents with commas between them. */
export function parseLatents(option: string): (text: string, previous?: readonly number[]) => number[] {
  const words = wordList(option);
  const number = wholeNumber(option, 0);
  return (text, previous = []) => [...previous, ...words(text).map(number)];
}

/**
 * What commands that draw need: a name for the picture, which is PNG, or for the animation, which is GIF.
 * @param isAnimated whether there is a --gif
 */
export function checkPictures({ out, gif }: PictureFlags, isAnimated: boolean): void {
  if (out === undefined && gif === undefined) {
    throw new UsageError(`expected ${isAnimated ? '--out or --gif' : '--out'} and a file to write`);
  }
  const isGif = isAnimated && (out?.toLowerCase().endsWith('.gif') ?? false);
  checkEnding('--out', out, '.png', isGif ? '; --gif writes an animation' : '');
  checkEnding('--gif', gif, '.gif');
}
