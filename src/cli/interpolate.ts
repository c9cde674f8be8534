import { type Command, Option } from 'commander';
import { toJson } from '../report/json.js';
import { printable } from '../report/printable.js';
import { type Manifold, manifold } from '../trained/decode-manifold.js';
import { animateGrid, drawGrid } from '../trained/draw-grid.js';
import type { ImageGrid } from '../trained/image-grid.js';
import { type Interpolation, interpolate } from '../trained/interpolate-images.js';
import type { Context } from './command.js';
import { describeExamples } from './help-text.js';
import {
  type ComputeFlags,
  checkPictures,
  checkShape,
  declareCompute,
  inputsOf,
  parseLatents,
  scaleOption,
  toModelOptions,
} from './model-flags.js';
import { numberBetween, wholeNumber } from './parse-values.js';
import type { Terminal } from './terminal.js';
import { untilAborted } from './until-aborted.js';
import { UsageError } from './usage-error.js';
import { checkOutput, writeOutput } from './write-output.js';

interface InterpolateFlags extends ComputeFlags {
  readonly out?: string;
  readonly gif?: string;
  readonly from?: number;
  readonly to?: number;
  readonly steps?: number;
  readonly manifold?: boolean;
  readonly latents?: readonly number[];
  readonly range?: number;
  readonly row?: number;
  readonly scale?: number;
  readonly json?: boolean;
}

/** `vaemetrics interpolate`. */
export function define(command: Command, { terminal }: Context): void {
  const place = (flag: string, text: string) => new Option(`${flag} <n>`, text).argParser(wholeNumber(flag, 0));
  declareCompute(command)
    .description('Draws the way from one image to another through the latents, or the images of a plane of latents.')
    .option('--out <file.png>', 'the picture')
    .option('--gif <file.gif>', 'the way as an animation')
    .addOption(place('--from', 'an image held out, as row of posterior.npz, from 0'))
    .addOption(place('--to', 'another'))
    .addOption(
      new Option('--steps <n>', 'images on the way, or along each side (default: 11, or 15)').argParser(
        wholeNumber('--steps', 2, 1000),
      ),
    )
    .option('--manifold', 'a plane in place of a line: one latent to the right, one upwards')
    .addOption(
      new Option(
        '--latents <list>',
        'those two, as 0,3 (default: those of the largest KL; of ae and dae of the largest variance)',
      ).argParser(parseLatents('--latents')),
    )
    .addOption(
      new Option('--range <x>', 'they reach from -x to x (default: 3)').argParser(numberBetween('--range', 0, 1e6)),
    )
    .addOption(place('--row', 'the image whose means the other latents keep (default: none, they are 0)'))
    .addOption(scaleOption())
    .option('--json', 'print what was drawn as JSON')
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
    .action((run: string, flags: InterpolateFlags) => runInterpolate(run, flags, terminal));
}

function check({ manifold: isPlane, from, to, gif, latents, range, row, data }: InterpolateFlags): void {
  if (isPlane) {
    if (gif !== undefined) throw new UsageError('--gif: a plane is drawn as --out alone');
    if ((from ?? to) !== undefined) throw new UsageError('expected --manifold, or --from and --to, got both');
    if (data !== undefined && latents !== undefined && row === undefined) {
      throw new UsageError('--data: nothing is asked of the images where --latents names both and there is no --row');
    }
    return;
  }
  if (from === undefined || to === undefined) throw new UsageError('expected --from and --to, or --manifold');
  if ((latents ?? range ?? row) !== undefined) throw new UsageError('--latents, --range and --row need --manifold');
}

async function runInterpolate(run: string, flags: InterpolateFlags, terminal: Terminal): Promise<void> {
  const { out, gif, from, to, steps, latents, range, row, scale } = flags;
  check(flags);
  checkPictures(flags, !flags.manifold);
  const inputs = await inputsOf(run, flags);
  for (const path of [out, gif]) if (path !== undefined) await checkOutput(path, inputs);
  const options = { ...toModelOptions(flags, terminal), steps, onShape: checkShape(flags) };
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
