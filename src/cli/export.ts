import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { makeFolder } from '../io/make-folder.js';
import { describeWriteFailure, OutputError } from '../io/output-error.js';
import { text } from '../options/rule.js';
import { toJson } from '../report/json.js';
import { printable } from '../report/printable.js';
import { WEIGHT_OPTIONS } from '../trained/declared-options.js';
import { EXPORT_OPTIONS, exportModel } from '../trained/export/export-model.js';
import type { Context } from './command.js';
import { declareFlags, readFlags } from './flags/declare-flags.js';
import { describeExamples } from './help-text.js';
import { declareModel, toWeights } from './model-flags.js';
import { JSON_OPTION } from './output-options.js';
import type { Terminal } from './terminal.js';
import { UsageError } from './usage-error.js';
import { writeOutput } from './write-output.js';

const OPTIONS = {
  ...EXPORT_OPTIONS,
  out: text({ placeholder: 'folder', description: 'where to; files of the same names are replaced' }),
  json: { ...JSON_OPTION, description: 'print what was written as JSON' },
};

/** `vaemetrics export`. */
export function define(command: Command, { terminal }: Context): void {
  command.description('Writes the encoder and the decoder of a run for other programs.');
  declareModel(command);
  declareFlags(command, 'Output:', OPTIONS);
  command
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
    .action((run: string) => runExport(run, command, terminal));
}

async function runExport(run: string, command: Command, terminal: Terminal): Promise<void> {
  const flags = { ...readFlags(command, WEIGHT_OPTIONS), ...readFlags(command, OPTIONS) };
  const { out, format, json } = flags;
  if (format === undefined || out === undefined) throw new UsageError('expected --format and --out');
  const files = await exportModel(run, { format, ...toWeights(flags, terminal) });
  const written: string[] = [];
  for (const { name, chunks } of files) {
    terminal.signal.throwIfAborted();
    const path = join(out, name);
    await makeOutputFolder(dirname(path));
    await writeOutput(path, chunks);
    written.push(path);
    if (!json) terminal.stdout.write(`wrote ${printable(path)}\n`);
  }
  if (json) terminal.stdout.write(toJson({ schema: 'vaemetrics/export@1', run, format, written }));
}

async function makeOutputFolder(path: string): Promise<void> {
  try {
    await makeFolder(path);
  } catch (error) {
    throw new OutputError(path, describeWriteFailure(error, dirname(path)), error);
  }
}
