import type { Command } from 'commander';
import { countRows, exportNpz, type RowList } from '../data/export-npz.js';
import { type Dataset, openDataset } from '../data/index.js';
import { previewSheet } from '../data/preview.js';
import { procedural } from '../data/procedural.js';
import { pickRows } from '../data/split.js';
import { wrongValue } from '../errors.js';
import { rewriteNotes } from '../note.js';
import { checkOptions } from '../options/check-options.js';
import { SEED } from '../options/common-rules.js';
import { boolean, type GivenOf, integer, text } from '../options/rule.js';
import { mention, type NameOption, phrase } from '../phrase.js';
import { alignColumns } from '../report/align-columns.js';
import { formatCount, formatNumber } from '../report/format-number.js';
import { toJson } from '../report/json.js';
import { printable } from '../report/printable.js';
import { createStyle, type Style } from '../report/style.js';
import { hasEnding } from './check-ending.js';
import type { Context } from './command.js';
import { declareFiles, filesNamed, readFileFlags } from './file-flags.js';
import { declareFlags, readFlags } from './flags/declare-flags.js';
import { nameFlags } from './flags/name-flags.js';
import { describeExamples } from './help-text.js';
import { wantsColor, whileHeld } from './terminal.js';
import { untilAborted, untilStopped } from './until-aborted.js';
import { checkOutput, writeOutput } from './write-output.js';

const OPTIONS = {
  out: text({
    placeholder: 'file',
    description: 'a picture of some rows and of each factor (.png), or images and factors (.npz)',
  }),
  rows: integer({
    minimum: 1,
    defaultText: '50 in a picture, all in an archive',
    description: 'rows, drawn without replacement',
    needs: { option: 'out' },
  }),
  seed: { ...SEED, description: 'seed of images that are drawn, as dataSeed of training, and of the choice of rows' },
  compress: boolean({ description: 'deflate the arrays of an archive', needs: { option: 'out' } }),
  json: boolean({ description: 'one JSON document' }),
};

type DataFlags = GivenOf<typeof OPTIONS>;

/** `vaemetrics data`. */
export function define(command: Command, context: Context): void {
  command
    .description(
      'Lists the data sets, or shows what one holds; draws a picture of it, or writes its images and factors.',
    )
    .argument('[data]', 'name of a data set, or a file with one');
  declareFlags(command, 'Options:', OPTIONS);
  declareFiles(command)
    .addHelpText(
      'after',
      `${describeExamples([
        { does: 'what there is', command: 'vaemetrics data' },
        { does: 'what it looks like', command: 'vaemetrics data shapes-7 -o shapes.png' },
        { does: 'for other programs', command: 'vaemetrics data sprites -o sprites.npz --rows 10000' },
      ])}\nData sets:\n${nameAll().join('\n')}\n`,
    )
    .action((name: string | undefined) =>
      name === undefined ? listAll(command, context) : showOne(name, command, context),
    );
}

/** A line for each data set. */
function nameAll(): string[] {
  return alignColumns(
    procedural.map(({ name, summary }) => [`  ${name}`, summary]),
    2,
  );
}

function listAll(command: Command, { terminal: { stdout, env } }: Context): void {
  const { json, ...ofOne } = readFlags(command, OPTIONS);
  const [given] = Object.keys({ ...ofOne, ...readFileFlags(command) });
  if (given !== undefined) throw wrongValue({ option: given, problem: 'has no effect without the name of a data set' });
  if (json) {
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

async function showOne(name: string, command: Command, { terminal }: Context): Promise<void> {
  const { stdout, env, signal } = terminal;
  const flags = readFlags(command, OPTIONS);
  const { seed, compress, ...values } = checkOptions({ name: 'data' }, flags, OPTIONS);
  const { rows, out } = values;
  const isPicture = out !== null && hasEnding(out, '.png');
  if (out !== null) {
    if (!isPicture && !hasEnding(out, '.npz')) {
      throw wrongValue({ option: 'out', problem: `expected a name that ends in .png or .npz, got '${out}'` });
    }
    if (compress && isPicture) throw wrongValue({ option: 'compress', problem: 'has no effect on a picture' });
    await checkOutput(out, filesNamed(name));
  }
  const dataset = await untilAborted(() => openDataset(name, { ...readFileFlags(command), seed }), signal);
  try {
    checkChoice(flags, dataset, isPicture);
    const written = out === null ? [] : [await write(out, isPicture ? drawSheet : writeArchive)];
    if (flags.json) stdout.write(toJson(describe(dataset)));
    else
      stdout.write(
        `${[...render(dataset, createStyle(wantsColor(stdout, env)), nameFlags(command)), ...written].join('\n')}\n`,
      );
  } finally {
    await dataset.close?.();
  }

  async function write(path: string, writeRows: (path: string) => Promise<string>): Promise<string> {
    return `wrote ${printable(path)}: ${await writeRows(path)}`;
  }

  async function drawSheet(path: string): Promise<string> {
    const count = Math.min(rows ?? PREVIEW_ROWS, dataset.size);
    const draw = async () => previewSheet(dataset, await pickRows(dataset.size, count, seed));
    await writeOutput(path, [await untilAborted(draw, signal)]);
    return `a picture of ${formatCount(count)} rows`;
  }

  async function writeArchive(path: string): Promise<string> {
    const list: RowList = rows === null ? 'all' : await pickRows(dataset.size, rows, seed);
    const pieces = untilStopped(exportNpz(dataset, list, compress ?? false), signal);
    await whileHeld(terminal, () => writeOutput(path, pieces));
    return `${formatCount(countRows(dataset, list))} rows`;
  }
}

/** Refuses a choice of rows that cannot be, or that changes nothing. */
function checkChoice({ seed, rows }: DataFlags, { name, size, identity }: Dataset, isPicture: boolean): void {
  if (seed !== undefined && rows === undefined && !isPicture && !('seed' in identity)) {
    throw wrongValue({
      option: 'seed',
      problem: phrase`the images of ${name} do not depend on one; it needs a picture, or ${mention('rows')} of an archive`,
    });
  }
  if (rows !== undefined && rows > size) {
    throw wrongValue({ option: 'rows', problem: `expected at most the ${size} rows of ${name}, got ${rows}` });
  }
}

function describe({ name, identity, size, image, isBinary, factors, notes = [] }: Dataset): object {
  return { schema: 'vaemetrics/data@1', name, identity, size, image, isBinary, factors, notes };
}

function render(
  { name, size, image, isBinary, factors, notes = [] }: Dataset,
  style: Style,
  nameOption: NameOption,
): string[] {
  const { height, width, channels } = image;
  const pixels = isBinary ? 'black and white' : channels === 1 ? 'grey' : `${channels} channels`;
  const rows = factors.map((factor) => [`  ${printable(factor.name)}`, describeValues(factor)]);
  return [
    `${style.bold(printable(name))}  ${formatCount(size)} images of ${height} x ${width}, ${pixels}`,
    factors.length === 0 ? 'factors: not known' : 'factors:',
    ...alignColumns(rows, 2),
    ...(notes.length > 0 ? ['notes:', ...rewriteNotes(notes, nameOption).map((note) => `  ${printable(note)}`)] : []),
  ];
}

function describeValues({ size, range }: Dataset['factors'][number]): string {
  if (size !== null) return `${size} values`;
  return range === undefined ? 'along a line' : `along a line, ${formatNumber(range[0])} to ${formatNumber(range[1])}`;
}
