import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Command, Option } from 'commander';
import { describeWriteFailure, OutputError } from '../io/output-error.js';
import { toJson } from '../report/json.js';
import { printable } from '../report/printable.js';
import { EXPORT_FORMATS, type ExportFormat, exportModel } from '../trained/export/export-model.js';
import type { Context } from './command.js';
import { describeExamples } from './help-text.js';
import { declareModel, type ModelFlags, toWeights } from './model-flags.js';
import type { Terminal } from './terminal.js';
import { writeOutput } from './write-output.js';

interface ExportFlags extends ModelFlags {
  readonly format: ExportFormat;
  readonly out: string;
  readonly json?: boolean;
}

/** `vaemetrics export`. */
export function define(command: Command, { terminal }: Context): void {
  declareModel(command)
    .description('Writes the encoder and the decoder of a run for other programs.')
    .addOption(
      new Option('--format <name>', 'for tf.loadLayersModel, or for PyTorch')
        .choices(EXPORT_FORMATS)
        .makeOptionMandatory(),
    )
    .requiredOption('--out <folder>', 'where to; files of the same names are replaced')
    .option('--json', 'print what was written as JSON')
    .addHelpText(
      'after',
      describeExamples([
        { does: 'for a web page with tfjs', command: 'vaemetrics export runs/first --format tfjs --out model' },
        {
          does: 'for PyTorch: python -i pytorch/load_in_pytorch.py',
          command: 'vaemetrics export runs/first --format safetensors --out pytorch',
        },
      ]),
    )
    .action((run: string, flags: ExportFlags) => runExport(run, flags, terminal));
}

async function runExport(run: string, flags: ExportFlags, terminal: Terminal): Promise<void> {
  const { out, format, json } = flags;
  const files = await exportModel(run, { format, ...toWeights(flags, terminal) });
  const written: string[] = [];
  for (const { name, chunks } of files) {
    terminal.signal.throwIfAborted();
    const path = join(out, name);
    await makeFolder(dirname(path));
    await writeOutput(path, chunks);
    written.push(path);
    if (!json) terminal.stdout.write(`wrote ${printable(path)}\n`);
  }
  if (json) terminal.stdout.write(toJson({ schema: 'vaemetrics/export@1', run, format, written }));
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw new OutputError(path, describeWriteFailure(error, dirname(path)), error);
  }
}
