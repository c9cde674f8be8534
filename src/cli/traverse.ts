import { type Command, Option } from 'commander';
import { alignColumns } from '../report/align-columns.js';
import { formatCount, formatScore } from '../report/format-number.js';
import { toJson } from '../report/json.js';
import { printable } from '../report/printable.js';
import { createStyle } from '../report/style.js';
import { POINTS } from '../train/objectives/codes.js';
import { animateGrid, drawGrid } from '../trained/draw-grid.js';
import { type Traversal, traverse } from '../trained/traverse-latents.js';
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
import { type Terminal, wantsColor } from './terminal.js';
import { untilAborted } from './until-aborted.js';
import { UsageError } from './usage-error.js';
import { checkOutput, writeOutput } from './write-output.js';

interface TraverseFlags extends ComputeFlags {
  readonly out?: string;
  readonly gif?: string;
  readonly from?: 'row' | 'prior';
  readonly row?: number;
  readonly steps?: number;
  readonly range?: number;
  readonly latents?: readonly number[];
  readonly scale?: number;
  readonly json?: boolean;
}

/** `vaemetrics traverse`. */
export function define(command: Command, { terminal }: Context): void {
  declareCompute(command)
    .description(
      'Draws what each latent does: a line for each, in which it alone goes from -3 to 3, those that carry most first.',
    )
    .option('--out <file.png>', 'the picture')
    .option('--gif <file.gif>', 'the same as an animation, all latents at once')
    .addOption(
      new Option('--from <where>', 'around the mean of an image held out, or of the prior (default: row)').choices([
        'row',
        'prior',
      ]),
    )
    .addOption(
      new Option('--row <n>', 'that image, as row of posterior.npz, from 0 (default: 0)').argParser(
        wholeNumber('--row', 0),
      ),
    )
    .addOption(new Option('--steps <n>', 'values of a latent (default: 11)').argParser(wholeNumber('--steps', 2, 1000)))
    .addOption(
      new Option('--range <x>', 'they reach from -x to x (default: 3)').argParser(numberBetween('--range', 0, 1e6)),
    )
    .addOption(
      new Option(
        '--latents <list>',
        'these in this order, as 0,3,5 (default: all by their KL; of ae and dae by the variance of mu)',
      ).argParser(parseLatents('--latents')),
    )
    .addOption(scaleOption())
    .option('--json', 'print the order of the latents as JSON')
    .addHelpText(
      'after',
      describeExamples([
        { does: 'all latents', command: 'vaemetrics traverse runs/first --out traversal.png' },
        { does: 'three, moving', command: 'vaemetrics traverse runs/first --latents 0,3,5 --gif traversal.gif' },
      ]),
    )
    .action((run: string, flags: TraverseFlags) => runTraverse(run, flags, terminal));
}

async function runTraverse(run: string, flags: TraverseFlags, terminal: Terminal): Promise<void> {
  const { out, gif, from, row, steps, range, latents, scale } = flags;
  if (from === 'prior' && row !== undefined) throw new UsageError('expected --row or --from prior, got both');
  checkPictures(flags, true);
  const inputs = await inputsOf(run, flags);
  for (const path of [out, gif]) if (path !== undefined) await checkOutput(path, inputs);
  const options = { ...toModelOptions(flags, terminal), from, row, steps, range, latents, onShape: checkShape(flags) };
  const traversal = await untilAborted(() => traverse(run, options), terminal.signal);
  const written: string[] = [];
  if (out !== undefined) {
    await writeOutput(out, [await drawGrid(traversal, { scale })]);
    written.push(out);
  }
  if (gif !== undefined) {
    await writeOutput(gif, [await animateGrid(traversal, { scale })]);
    written.push(gif);
  }
  terminal.stdout.write(flags.json ? toJson(describe(run, traversal, written)) : render(traversal, written, terminal));
}

function describe(run: string, traversal: Traversal, written: readonly string[]): object {
  const { latents, orderedBy, values, rows } = traversal;
  const reasons = orderedBy === 'kl' ? {} : { reasons: { kl: POINTS } };
  return { schema: 'vaemetrics/traverse@1', run, latents, orderedBy, values, rows, written, ...reasons };
}

function render(
  { latents, orderedBy, values, rows }: Traversal,
  written: readonly string[],
  { stdout, env }: Terminal,
): string {
  const style = createStyle(wantsColor(stdout, env));
  const table = alignColumns([
    ['line', 'latent', orderedBy === 'kl' ? 'KL' : 'variance'],
    ...latents.map(({ latent, kl, variance }, line) => [String(line + 1), String(latent), formatScore(kl ?? variance)]),
  ]);
  const [first, last] = [values[0], values[values.length - 1]];
  const what = orderedBy === 'kl' ? 'KL in nats' : `variance of mu (no KL: ${POINTS})`;
  return `${[
    style.dim(table[0]),
    ...table.slice(1),
    style.dim(`${what}, over ${formatCount(rows)} rows; columns from ${first} to ${last}`),
    ...written.map((path) => `wrote ${printable(path)}`),
  ].join('\n')}\n`;
}
