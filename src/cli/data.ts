import { type Command, Option } from 'commander';
import { countRows, exportNpz, type RowList } from '../data/export-npz.js';
import { type Dataset, openDataset } from '../data/index.js';
import { previewSheet } from '../data/preview.js';
import { procedural } from '../data/procedural.js';
import { pickRows } from '../data/split.js';
import { alignColumns } from '../report/align-columns.js';
import { formatCount, formatNumber } from '../report/format-number.js';
import { toJson } from '../report/json.js';
import { printable } from '../report/printable.js';
import { createStyle, type Style } from '../report/style.js';
import { checkEnding } from './check-ending.js';
import type { Context } from './command.js';
import {
  declareFiles,
  type FileFlags,
  filesNamed,
  listFileFlags,
  namingFileFlags,
  toFileOptions,
} from './file-flags.js';
import { describeExamples } from './help-text.js';
import { wholeNumber } from './parse-values.js';
import { wantsColor } from './terminal.js';
import { untilAborted } from './until-aborted.js';
import { UsageError } from './usage-error.js';
import { checkOutput, writeOutput } from './write-output.js';

interface DataFlags extends FileFlags {
  readonly preview?: string;
  readonly export?: string;
  readonly rows?: number;
  readonly seed?: number;
  readonly compress?: boolean;
  readonly json?: boolean;
}

/** `vaemetrics data`. */
export function define(command: Command, context: Context): void {
  command
    .description(
      'Lists the data sets, or shows what one holds; draws a picture of it, or writes its images and factors.',
    )
    .argument('[data]', 'name of a data set, or a file with one')
    .option('--preview <file.png>', 'draw some rows, and each factor on its own')
    .option('--export <file.npz>', 'write images (N, H, W[, C]) and factors (N, K)')
    .addOption(
      new Option(
        '--rows <n>',
        'rows, drawn without replacement (default: 50 in a preview, all in an export)',
      ).argParser(wholeNumber('--rows', 1)),
    )
    .addOption(
      new Option(
        '--seed <n>',
        'seed of images that are drawn, as --data-seed of train, and of the choice of rows (default: 0)',
      ).argParser(wholeNumber('--seed', 0)),
    )
    .option('--compress', 'deflate the arrays of an export')
    .option('--json', 'one JSON document');
  declareFiles(command)
    .addHelpText(
      'after',
      `${describeExamples([
        { does: 'what there is', command: 'vaemetrics data' },
        { does: 'what it looks like', command: 'vaemetrics data shapes-7 --preview shapes.png' },
        { does: 'for other programs', command: 'vaemetrics data sprites --export sprites.npz --rows 10000' },
      ])}\nData sets:\n${nameAll().join('\n')}\n`,
    )
    .action((name: string | undefined, flags: DataFlags) =>
      name === undefined ? listAll(flags, context) : namingFileFlags(() => showOne(name, flags, context)),
    );
}

/** A line for each data set. */
function nameAll(): string[] {
  return alignColumns(
    procedural.map(({ name, summary }) => [`  ${name}`, summary]),
    2,
  );
}

function listAll(flags: DataFlags, { terminal: { stdout, env } }: Context): void {
  if ((flags.preview ?? flags.export ?? flags.rows ?? flags.seed ?? flags.compress) !== undefined) {
    throw new UsageError('--preview, --export, --rows, --seed and --compress need the name of a data set');
  }
  const [ofFiles] = listFileFlags(flags);
  if (ofFiles !== undefined) throw new UsageError(`${ofFiles} needs a file or folder of images`);
  if (flags.json) {
    const datasets = procedural.map(({ name, title, summary, generator: { size, factors } }) => {
      return { name, title, summary, size, factors };
    });
    stdout.write(toJson({ schema: 'vaemetrics/data-list@1', datasets }));
    return;
  }
  const style = createStyle(wantsColor(stdout, env));
  stdout.write(`${[style.dim('Drawn, and nothing to download:'), ...nameAll()].join('\n')}\n`);
}

const PREVIEW_ROWS = 50;

async function showOne(name: string, flags: DataFlags, { terminal }: Context): Promise<void> {
  const { stdout, env, signal } = terminal;
  const { preview, export: archive, rows, seed = 0, compress = false } = flags;
  if (rows !== undefined && preview === undefined && archive === undefined) {
    throw new UsageError('--rows needs --preview or --export');
  }
  if (compress && archive === undefined) throw new UsageError('--compress needs --export');
  checkEnding('--preview', preview, '.png');
  checkEnding('--export', archive, '.npz');
  const inputs = filesNamed(name);
  for (const path of [preview, archive]) if (path !== undefined) await checkOutput(path, inputs);
  const dataset = await untilAborted(() => openDataset(name, { ...toFileOptions(flags), seed }), signal);
  try {
    if (flags.seed !== undefined && rows === undefined && preview === undefined && !('seed' in dataset.identity)) {
      throw new UsageError(
        `--seed: the images of ${dataset.name} do not depend on one; it needs --preview, or --export with --rows`,
      );
    }
    if (rows !== undefined && rows > dataset.size) {
      throw new UsageError(`--rows: expected at most the ${dataset.size} rows of ${dataset.name}, got ${rows}`);
    }
    const written: string[] = [];
    if (preview !== undefined) {
      const count = Math.min(rows ?? PREVIEW_ROWS, dataset.size);
      const sheet = await untilAborted(
        async () => previewSheet(dataset, await pickRows(dataset.size, count, seed)),
        signal,
      );
      await writeOutput(preview, [sheet]);
      written.push(`wrote ${printable(preview)}: a picture of ${formatCount(count)} rows`);
    }
    if (archive !== undefined) {
      const list: RowList = rows === undefined ? 'all' : await pickRows(dataset.size, rows, seed);
      await writeOutput(archive, untilStopped(exportNpz(dataset, list, compress), signal));
      written.push(`wrote ${printable(archive)}: ${formatCount(countRows(dataset, list))} rows`);
    }
    if (flags.json) stdout.write(toJson(describe(dataset)));
    else stdout.write(`${[...render(dataset, createStyle(wantsColor(stdout, env))), ...written].join('\n')}\n`);
  } finally {
    await dataset.close?.();
  }
}

function describe({ name, identity, size, image, isBinary, factors, notes = [] }: Dataset): object {
  return { schema: 'vaemetrics/data@1', name, identity, size, image, isBinary, factors, notes };
}

function render({ name, size, image, isBinary, factors, notes = [] }: Dataset, style: Style): string[] {
  const { height, width, channels } = image;
  const pixels = isBinary ? 'black and white' : channels === 1 ? 'grey' : `${channels} channels`;
  const rows = factors.map((factor) => [`  ${printable(factor.name)}`, describeValues(factor)]);
  return [
    `${style.bold(printable(name))}  ${formatCount(size)} images of ${height} x ${width}, ${pixels}`,
    factors.length === 0 ? 'factors: not known' : 'factors:',
    ...alignColumns(rows, 2),
    ...(notes.length > 0 ? ['notes:', ...notes.map((note) => `  ${printable(note)}`)] : []),
  ];
}

function describeValues({ size, range }: Dataset['factors'][number]): string {
  if (size !== null) return `${size} values`;
  return range === undefined ? 'along a line' : `along a line, ${formatNumber(range[0])} to ${formatNumber(range[1])}`;
}

/** Stops between pieces, so that the half-written file is removed as after any failure. */
async function* untilStopped(pieces: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    signal.throwIfAborted();
    yield piece;
  }
}
