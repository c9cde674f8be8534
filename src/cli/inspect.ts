import type { Command } from 'commander';
import { DataError } from '../errors.js';
import {
  type ArrayEntry,
  type ArrayFile,
  type ArrayInspection,
  describeArrays,
  inspectArray,
  MOST_WORDS_BYTES,
} from '../io/index.js';
import { renderNote } from '../note.js';
import { checkOptions } from '../options/check-options.js';
import { alignColumns } from '../report/align-columns.js';
import { formatCount, formatNumber } from '../report/format-number.js';
import { toJson } from '../report/json.js';
import { printable } from '../report/printable.js';
import { createStyle, type Style } from '../report/style.js';
import { wrapBehind } from '../report/wrap-text.js';
import type { Context } from './command.js';
import { warn } from './failure.js';
import { declareFlags, readFlags } from './flags/declare-flags.js';
import { nameFlags } from './flags/name-flags.js';
import { describeExamples, FORMATS_TEXT } from './help-text.js';
import { declareReading, ONE_FILE_OPTIONS, withFile } from './open-one-file.js';
import { JSON_OPTION } from './output-options.js';
import { wantsColor, widthOf } from './terminal.js';
import { untilAborted } from './until-aborted.js';

const OWN_OPTIONS = { json: { ...JSON_OPTION, description: 'one JSON document, with every column' } };

/** `vaemetrics inspect`. */
export function define(command: Command, context: Context): void {
  command
    .description(
      'Shows what a file holds: shapes, types, the range of every column, constant columns, NaN and infinities.',
    )
    .argument('<file>', 'the file; - is standard input');
  declareReading(command);
  declareFlags(command, 'What to print:', OWN_OPTIONS);
  command
    .addHelpText(
      'after',
      describeExamples([
        { does: 'all arrays of an archive', command: 'vaemetrics inspect posterior.npz' },
        { does: 'one of them, for a program', command: 'vaemetrics inspect posterior.npz --member mu --json' },
        { does: 'bare float64 values, ten to a row', command: 'vaemetrics inspect z.bin --columns 10 --dtype f8' },
      ]) + FORMATS_TEXT,
    )
    .action((path: string) => runInspect(path, command, context));
}

/** What was found of an array; no inspection where it cannot be read as a table of numbers. */
interface Found {
  readonly entry: ArrayEntry;
  readonly inspection: ArrayInspection | null;
  /** Of a list of strings. */
  readonly strings: readonly string[] | null;
}

async function runInspect(path: string, command: Command, { terminal }: Context): Promise<void> {
  const { stdout, env, signal } = terminal;
  const rules = { ...ONE_FILE_OPTIONS, ...OWN_OPTIONS };
  const flags = checkOptions({ name: 'inspect' }, readFlags(command, rules), rules);
  const text = await withFile(path, flags, signal, async ({ file: whole, taken, notes }) => {
    const file = flags.columns === null ? whole : taken;
    const found: Found[] = [];
    for (const entry of chooseArrays(file, flags.member)) {
      const inspection = entry.refusal === null ? await untilAborted(() => inspectArray(entry), signal) : null;
      const strings = (await entry.readStrings?.(MOST_WORDS_BYTES)) ?? null;
      found.push({ entry, inspection, strings });
    }
    for (const given of notes) warn(terminal, renderNote(given, nameFlags(command)));
    if (flags.json) return toJson(describeFile(file, found));
    return renderFile(file, found, createStyle(wantsColor(stdout, env)), Math.min(widthOf(stdout, env), 110));
  });
  stdout.write(text);
}

function chooseArrays(file: ArrayFile, member: string | null): readonly ArrayEntry[] {
  if (member === null) return file.arrays;
  const chosen = file.arrays.filter(({ name }) => name === member);
  if (chosen.length === 0) throw new DataError(`found no '${member}'; ${describeArrays(file)}`, { path: file.path });
  return chosen;
}

function describeFile({ path, format }: ArrayFile, found: readonly Found[]): object {
  const arrays = found.map(({ entry: { name, dtype, shape, bytes, refusal }, inspection, strings }) => ({
    ...(inspection ?? { name, dtype, shape }),
    ...(strings && { strings }),
    bytes,
    refusal,
  }));
  return { schema: 'vaemetrics/inspection@1', path, format, arrays };
}

function renderFile({ path, format }: ArrayFile, found: readonly Found[], style: Style, width: number): string {
  const title = path === '-' ? 'standard input' : printable(path);
  const count = `${formatCount(found.length)} array${found.length === 1 ? '' : 's'}`;
  const blocks = found.map((one) => renderArray(one, style, width).join('\n'));
  return `${[style.dim(`${title} · ${format} · ${count}`), ...blocks].join('\n\n')}\n`;
}

// More rows than a screen has say nothing at a glance.
const COLUMNS_SHOWN = 40;

function renderArray({ entry, inspection, strings }: Found, style: Style, width: number): string[] {
  const name = entry.name === null ? '' : `${style.bold(printable(entry.name))}  `;
  const title = `${name}(${entry.shape.join(', ')}${entry.shape.length === 1 ? ',' : ''}) ${printable(entry.dtype)}`;
  const size = style.dim(`  ${formatCount(entry.bytes)} bytes`);
  if (strings !== null) {
    const shown = strings.slice(0, COLUMNS_SHOWN).map(printable).join(', ');
    return [title + size, ...wrapBehind('  ', strings.length > COLUMNS_SHOWN ? `${shown} ...` : shown, width)];
  }
  if (inspection === null)
    return [title + size, ...wrapBehind('  ', `not a table of numbers: ${printable(entry.refusal ?? '')}`, width)];
  return [title + size, ...renderColumns(inspection, style), ...renderFindings(inspection, style, width)];
}

function renderColumns(inspection: ArrayInspection, style: Style): string[] {
  const { minimum, maximum, columnNames, constantColumns, integralColumns } = inspection;
  const [constant, integral] = [new Set(constantColumns), new Set(integralColumns)];
  const shown = minimum.slice(0, COLUMNS_SHOWN);
  const rows = shown.map((low, column) => [
    `  ${column}`,
    ...(columnNames ? [printable(columnNames[column] ?? '')] : []),
    low === null ? '-' : formatNumber(low),
    formatBound(maximum[column]),
    constant.has(column) ? 'constant' : integral.has(column) ? 'whole' : '',
  ]);
  const header = ['  column', ...(columnNames ? ['name'] : []), 'minimum', 'maximum', ''];
  const [head, ...body] = alignColumns([header, ...rows], columnNames ? 2 : 1);
  const rest = minimum.length - shown.length;
  return [
    style.dim(head),
    ...body,
    ...(rest > 0 ? [style.dim(`  and ${formatCount(rest)} more columns; --json has them all`)] : []),
  ];
}

function formatBound(value: number | null): string {
  return value === null ? '-' : formatNumber(value);
}

function renderFindings(inspection: ArrayInspection, style: Style, width: number): string[] {
  const { constantColumns, nonFinite, unread = [] } = inspection;
  const findings: string[] = [];
  if (constantColumns.length > 0) {
    findings.push(`constant column${constantColumns.length === 1 ? '' : 's'}: ${constantColumns.join(', ')}`);
  }
  if (nonFinite !== null) {
    const { count, first } = nonFinite;
    const values = count === 1 ? '1 value is' : `${formatCount(count)} values are`;
    findings.push(`${values} NaN or infinite, the first in row ${first.row}, column ${first.column}`);
  }
  for (const { column, problem } of unread.slice(0, COLUMNS_SHOWN)) {
    findings.push(`column ${column} is not read: ${printable(problem)}`);
  }
  return findings.flatMap((finding) => wrapBehind('  ', finding, width)).map(style.yellow);
}
