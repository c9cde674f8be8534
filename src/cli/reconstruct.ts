import type { Command } from 'commander';
import { formatCount } from '../report/format-number.js';
import { toJson } from '../report/json.js';
import { printable } from '../report/printable.js';
import { RECONSTRUCT_OPTIONS } from '../trained/declared-options.js';
import { drawGrid } from '../trained/draw-grid.js';
import { reconstruct } from '../trained/reconstruct-images.js';
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
import type { Terminal } from './terminal.js';
import { untilAborted } from './until-aborted.js';
import { checkOutput, writeOutput } from './write-output.js';

const { out, scale } = PICTURE;
const OPTIONS = {
  ...RECONSTRUCT_OPTIONS,
  out,
  scale,
  json: { ...JSON_OPTION, description: 'print the loss as JSON' },
};

/** `vaemetrics reconstruct`. */
export function define(command: Command, { terminal }: Context): void {
  command.description('Draws images that were held out, and below each what the model makes of it.');
  declareCompute(command);
  declareFlags(command, 'Picture:', OPTIONS);
  command
    .addHelpText(
      'after',
      describeExamples([
        { does: 'eight images', command: 'vaemetrics reconstruct runs/first --out reconstruction.png' },
        {
          does: 'images that the model has never seen the like of',
          command: 'vaemetrics reconstruct runs/first --data sprites --out others.png',
        },
      ]),
    )
    .action((run: string) => runReconstruct(run, command, terminal));
}

async function runReconstruct(run: string, command: Command, terminal: Terminal): Promise<void> {
  const { stdout, signal } = terminal;
  const flags = { ...readModelFlags(command), ...readFlags(command, OPTIONS) };
  const { out, scale } = flags;
  checkPictures(flags, false);
  const path = out as string;
  await checkOutput(path, await inputsOf(run, flags));
  const made = await untilAborted(
    () =>
      reconstruct(run, {
        ...toModelOptions(flags, terminal, command),
        ...readFlags(command, RECONSTRUCT_OPTIONS),
        onShape: checkShape(flags),
      }),
    signal,
  );
  await writeOutput(path, [await drawGrid(made, { scale })]);
  const { loss, lossRows } = made;
  if (flags.json) {
    stdout.write(toJson({ schema: 'vaemetrics/reconstruct@1', run, loss, rows: lossRows, written: [path] }));
    return;
  }
  stdout.write(
    `reconstruction ${loss.toFixed(2)} nats per image, at the posterior means of ${formatCount(lossRows)} rows\nwrote ${printable(path)}\n`,
  );
}
