import type { Command } from 'commander';
import { checkOptions } from '../options/check-options.js';
import { boolean, type GivenOf } from '../options/rule.js';
import { toJson } from '../report/json.js';
import { printable } from '../report/printable.js';
import { INTERPOLATE_OPTIONS, MANIFOLD_OPTIONS } from '../trained/declared-options.js';
import { type Manifold, manifold } from '../trained/decode-manifold.js';
import { animateGrid, drawGrid } from '../trained/draw-grid.js';
import type { ImageGrid } from '../trained/image-grid.js';
import { type Interpolation, interpolate } from '../trained/interpolate-images.js';
import type { Context } from './command.js';
import { declareFlags, readFlags } from './flags/declare-flags.js';
import { describeExamples } from './help-text.js';
import {
  type ComputeFlags,
  checkPictures,
  checkShape,
  declareCompute,
  inputsOf,
  PICTURE,
  readModelFlags,
  toModelOptions,
} from './model-flags.js';
import { JSON_OPTION } from './output-options.js';
import type { Terminal } from './terminal.js';
import { untilAborted } from './until-aborted.js';
import { UsageError } from './usage-error.js';
import { checkOutput, writeOutput } from './write-output.js';

const { out, gif, scale } = PICTURE;
const { from, to, steps } = INTERPOLATE_OPTIONS;
const { latents, range, row } = MANIFOLD_OPTIONS;
const ofPlane = { needs: { option: 'manifold' } };
const OPTIONS = {
  from: { ...from, excludes: ['manifold'] },
  to: { ...to, excludes: ['manifold'] },
  steps: { ...steps, defaultText: '11, or 15', description: 'images on the way, or along each side' },
  manifold: boolean({ description: 'a plane in place of a line: one latent to the right, one upwards' }),
  latents: { ...latents, ...ofPlane },
  range: { ...range, ...ofPlane },
  row: { ...row, ...ofPlane },
  out,
  gif: { ...gif, description: 'the way as an animation' },
  scale,
  json: { ...JSON_OPTION, description: 'print what was drawn as JSON' },
};

type InterpolateFlags = ComputeFlags & GivenOf<typeof OPTIONS>;

/** `vaemetrics interpolate`. */
export function define(command: Command, { terminal }: Context): void {
  command.description(
    'Draws the way from one image to another through the latents, or the images of a plane of latents.',
  );
  declareCompute(command);
  declareFlags(command, 'Picture:', OPTIONS);
  command
    .addHelpText(
      'after',
      describeExamples([
        {
          does: 'from one image to another',
          command: 'vaemetrics interpolate runs/first --from 0 --to 1 --out way.png',
        },
        { does: 'a plane of two latents', command: 'vaemetrics interpolate runs/first --manifold --out manifold.png' },
      ]),
    )
    .action((run: string) => runInterpolate(run, command, terminal));
}

function check({ manifold: isPlane, from, to, gif, latents, row, data }: InterpolateFlags): void {
  if (isPlane) {
    if (gif !== undefined) throw new UsageError('--gif: a plane is drawn as --out alone');
    if (data !== undefined && latents !== undefined && row === undefined) {
      throw new UsageError('--data: nothing is asked of the images where --latents names both and there is no --row');
    }
    return;
  }
  if (from === undefined || to === undefined) throw new UsageError('expected --from and --to, or --manifold');
}

async function runInterpolate(run: string, command: Command, terminal: Terminal): Promise<void> {
  const own = readFlags(command, OPTIONS);
  checkOptions({ name: 'interpolate' }, own, OPTIONS);
  const flags: InterpolateFlags = { ...readModelFlags(command), ...own };
  const { out, gif, from, to, steps, latents, range, row, scale } = flags;
  check(flags);
  checkPictures(flags, !flags.manifold);
  const inputs = await inputsOf(run, flags);
  for (const path of [out, gif]) if (path !== undefined) await checkOutput(path, inputs);
  const options = { ...toModelOptions(flags, terminal, command), steps, onShape: checkShape(flags) };
  const grid: ImageGrid & Partial<Manifold & Interpolation> = await untilAborted<ImageGrid>(
    () =>
      flags.manifold
        ? manifold(run, { ...options, latents, range, row })
        : interpolate(run, { ...options, from: from as number, to: to as number }),
    terminal.signal,
  );
  const written: string[] = [];
  if (out !== undefined) {
    await writeOutput(out, [await drawGrid(grid, { scale })]);
    written.push(out);
  }
  if (gif !== undefined) {
    // The images themselves would jump.
    const decoded = { ...grid, images: grid.decoded as Uint8Array, columns: grid.columns - 2 };
    await writeOutput(gif, [await animateGrid(decoded, { scale })]);
    written.push(gif);
  }
  terminal.stdout.write(flags.json ? toJson(describe(run, flags, grid, written)) : render(grid, written));
}

function describe(
  run: string,
  { from, to }: InterpolateFlags,
  { lines, columns, latents, values }: ImageGrid & Partial<Manifold>,
  written: readonly string[],
): object {
  const plane = latents === undefined ? { from, to } : { latents, values };
  return { schema: 'vaemetrics/interpolate@1', run, lines, columns, ...plane, written };
}

function render({ latents, values }: Partial<Manifold>, written: readonly string[]): string {
  const lines = written.map((path) => `wrote ${printable(path)}`);
  if (latents !== undefined && values !== undefined) {
    const [first, last] = [values[0], values[values.length - 1]];
    lines.unshift(`latent ${latents[0]} to the right, latent ${latents[1]} upwards, from ${first} to ${last}`);
  }
  return `${lines.join('\n')}\n`;
}
