import { type Command, Option } from 'commander';
import { formatCount } from '../report/format-number.js';
import { toJson } from '../report/json.js';
import { printable } from '../report/printable.js';
import { drawGrid } from '../trained/draw-grid.js';
import { reconstruct } from '../trained/reconstruct-images.js';
import type { Context } from './command.js';
import { describeExamples } from './help-text.js';
import {
  type ComputeFlags,
  checkPictures,
  checkShape,
  declareCompute,
  inputsOf,
  scaleOption,
  toModelOptions,
} from './model-flags.js';
import { wholeNumber } from './parse-values.js';
import type { Terminal } from './terminal.js';
import { untilAborted } from './until-aborted.js';
import { checkOutput, writeOutput } from './write-output.js';

interface ReconstructFlags extends ComputeFlags {
  readonly out?: string;
  readonly rows?: number;
  readonly scale?: number;
  readonly json?: boolean;
}

/** `vaemetrics reconstruct`. */
export function define(command: Command, { terminal }: Context): void {
  declareCompute(command)
    .description('Draws images that were held out, and below each what the model makes of it.')
    .option('--out <file.png>', 'the picture')
    .addOption(new Option('--rows <n>', 'how many images (default: 8)').argParser(wholeNumber('--rows', 1, 10_000)))
    .addOption(scaleOption())
    .option('--json', 'print the loss as JSON')
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
    .action((run: string, flags: ReconstructFlags) => runReconstruct(run, flags, terminal));
}

async function runReconstruct(run: string, flags: ReconstructFlags, terminal: Terminal): Promise<void> {
  const { stdout, signal } = terminal;
  const { out, rows, scale } = flags;
  checkPictures(flags, false);
  const path = out as string;
  await checkOutput(path, await inputsOf(run, flags));
  const made = await untilAborted(
    () => reconstruct(run, { ...toModelOptions(flags, terminal), rows, onShape: checkShape(flags) }),
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
