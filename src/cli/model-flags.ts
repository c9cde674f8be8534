import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { type FileOptions, givenFileOptions } from '../data/index.js';
import { type GivenOf, integer, text } from '../options/rule.js';
import { CONFIG_NAME, parseConfig } from '../train/run/config.js';
import { WEIGHT_OPTIONS } from '../trained/declared-options.js';
import { checkAnimation, checkDrawing } from '../trained/draw-grid.js';
import type { DataOpening } from '../trained/encoder-on-data.js';
import type { GridShape } from '../trained/image-grid.js';
import { checkEnding } from './check-ending.js';
import { warn } from './failure.js';
import { declareFiles, filesNamed, readFileFlags } from './file-flags.js';
import { declareFlags, readFlags } from './flags/declare-flags.js';
import { HOST_BACKENDS } from './host-backends.js';
import { tellNotes } from './tell-notes.js';
import type { Terminal } from './terminal.js';
import { UsageError } from './usage-error.js';

/** And of those that compute with it. */
const COMPUTE_OPTIONS = {
  data: text({
    placeholder: 'name|path',
    defaultText: "the run's own",
    description: 'images: a data set, a file or a folder',
  }),
  backend: HOST_BACKENDS,
};

/** And of those that draw. */
export const PICTURE = {
  out: text({ placeholder: 'file.png', description: 'the picture' }),
  gif: text({ placeholder: 'file.gif', description: 'the same as an animation' }),
  scale: integer({
    minimum: 1,
    maximum: 64,
    defaultText: 'up to about 64 an image',
    unit: 'pixels',
    description: 'pixels of the picture for one of an image',
  }),
};

export type ModelFlags = GivenOf<typeof WEIGHT_OPTIONS>;
export type ComputeFlags = ModelFlags & GivenOf<typeof COMPUTE_OPTIONS> & FileOptions;
export type PictureFlags = GivenOf<typeof PICTURE>;

export function declareModel(command: Command, argument = '<run>'): Command {
  command.argument(argument, 'folder of a run');
  declareFlags(command, 'Model:', WEIGHT_OPTIONS);
  return command;
}

export function declareCompute(command: Command, argument?: string): Command {
  declareModel(command, argument);
  declareFlags(command, 'Images and backend:', COMPUTE_OPTIONS);
  return declareFiles(command);
}

/** What was given of the above. */
export function readModelFlags(command: Command): ComputeFlags {
  return { ...readFlags(command, { ...WEIGHT_OPTIONS, ...COMPUTE_OPTIONS }), ...readFileFlags(command) };
}

/**
 * Which weights the flags stand for.
 */
export function toWeights({ checkpoint, untrained }: ModelFlags, terminal: Terminal) {
  const onWarning = (warning: string) => warn(terminal, warning);
  return { ...(checkpoint !== undefined && { checkpoint }), ...(untrained && { untrained }), onWarning };
}

/**
 * The options of the library that the flags stand for. What was decided when images were opened
 * that the run does not know goes to the error stream; of its own it was said when it was trained.
 */
export function toModelOptions(flags: ComputeFlags, terminal: Terminal, command: Command) {
  const { backend = 'auto', data } = flags;
  const dataOptions = givenFileOptions(flags);
  const onOpened = (opened: DataOpening) => tellNotes(terminal, command, opened);
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

/**
 * What commands that draw need: a name for the picture, which is PNG, or for the animation, which
 * is GIF.
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
