import type { Command } from 'commander';
import { alignColumns } from '../report/align-columns.js';
import { formatCount, formatScore } from '../report/format-number.js';
import { toJson } from '../report/json.js';
import { printable } from '../report/printable.js';
import { createStyle } from '../report/style.js';
import { POINTS } from '../train/objectives/codes.js';
import { TRAVERSE_OPTIONS } from '../trained/declared-options.js';
import { animateGrid, drawGrid } from '../trained/draw-grid.js';
import { type Traversal, traverse } from '../trained/traverse-latents.js';
import type { Context } from './command.js';
import { declareFlags, readFlags } from './flags/declare-flags.js';
import { describeExamples } from './help-text.js';
import {
  checkPictures,
  checkShape,
  declareCompute,
  inputsOf,
  PICTURE,
  readModelFlags,
  toModelOptions,
} from './model-flags.js';
import { JSON_OPTION } from './output-options.js';
import { type Terminal, wantsColor } from './terminal.js';
import { untilAborted } from './until-aborted.js';
import { checkOutput, writeOutput } from './write-output.js';

const { out, gif, scale } = PICTURE;
const OPTIONS = {
  ...TRAVERSE_OPTIONS,
  out,
  gif: { ...gif, description: 'the same as an animation, all latents at once' },
  scale,
  json: { ...JSON_OPTION, description: 'print the order of the latents as JSON' },
};

/** `vaemetrics traverse`. */
export function define(command: Command, { terminal }: Context): void {
  command.description(
    'Draws what each latent does: a line for each, in which it alone goes from -3 to 3, those that carry most first.',
  );
  declareCompute(command);
  declareFlags(command, 'Picture:', OPTIONS);
  command
    .addHelpText(
      'after',
      describeExamples([
        { does: 'all latents', command: 'vaemetrics traverse runs/first --out traversal.png' },
        { does: 'three, moving', command: 'vaemetrics traverse runs/first --latents 0,3,5 --gif traversal.gif' },
      ]),
    )
    .action((run: string) => runTraverse(run, command, terminal));
}

async function runTraverse(run: string, command: Command, terminal: Terminal): Promise<void> {
  const flags = { ...readModelFlags(command), ...readFlags(command, OPTIONS) };
  const { out, gif, scale } = flags;
  checkPictures(flags, true);
  const inputs = await inputsOf(run, flags);
  for (const path of [out, gif]) if (path !== undefined) await checkOutput(path, inputs);
  const given = readFlags(command, TRAVERSE_OPTIONS);
  const options = { ...toModelOptions(flags, terminal, command), ...given, onShape: checkShape(flags) };
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

/** Why there is neither a KL nor a variance. */
const UNRANKED = 'the images that it would be of are gone';

function describe(run: string, traversal: Traversal, written: readonly string[]): object {
  const { latents, orderedBy, values, rows } = traversal;
  const reasons = {
    kl: {},
    variance: { reasons: { kl: POINTS } },
    number: { reasons: { kl: UNRANKED, variance: UNRANKED } },
  }[orderedBy];
  return { schema: 'vaemetrics/traverse@1', run, latents, orderedBy, values, rows, written, ...reasons };
}

function render(
  { latents, orderedBy, values, rows }: Traversal,
  written: readonly string[],
  { stdout, env }: Terminal,
): string {
  const style = createStyle(wantsColor(stdout, env));
  const sizes = { kl: ['KL'], variance: ['variance'], number: [] }[orderedBy];
  const table = alignColumns([
    ['line', 'latent', ...sizes],
    ...latents.map(({ latent, kl, variance }, line) => [
      String(line + 1),
      String(latent),
      ...sizes.map(() => formatScore(kl ?? variance ?? 0)),
    ]),
  ]);
  const [first, last] = [values[0], values[values.length - 1]];
  const what = {
    kl: `KL in nats, over ${formatCount(rows)} rows`,
    variance: `variance of mu (no KL: ${POINTS}), over ${formatCount(rows)} rows`,
    number: `no KL: ${UNRANKED}`,
  }[orderedBy];
  return `${[
    style.dim(table[0]),
    ...table.slice(1),
    style.dim(`${what}; columns from ${first} to ${last}`),
    ...written.map((path) => `wrote ${printable(path)}`),
  ].join('\n')}\n`;
}
