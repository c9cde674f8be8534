import { gatherNotes, rewriteNotes } from '../note.js';
import type { NameOption } from '../phrase.js';
import type { Interval, Report, Score } from '../types.js';
import { type Alignment, columnWidths, GAP, pad } from './align-columns.js';
import { formatCount, formatNumber, formatScore, formatSigned } from './format-number.js';
import { renderNotes } from './notes-block.js';
import { describeOrigin, LISTED, listFew } from './origin.js';
import { renderParts } from './parts.js';
import { printable } from './printable.js';
import { createStyle, type Style } from './style.js';
import { wrapBehind, wrapItems, wrapText } from './wrap-text.js';

/** What the table says of a metric beside its score; an entry of the registry has all of it. */
export interface MetricFace {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly better: 'higher' | 'lower';
}

export interface TableOptions {
  readonly metrics: readonly MetricFace[];
  readonly color?: boolean;
  /** Columns of the terminal. Lines beyond 110 are hard to read, so wider ones are left empty. */
  readonly width?: number;
  /** How notes write options. Default: as programs do. */
  readonly nameOption?: NameOption;
  /** Show what each score was made of. */
  readonly verbose?: boolean;
}

const WIDEST = 110;
const NARROWEST = 30;
// A narrower column of words is more line breaks than words.
const MEANING_AT_LEAST = 24;

/**
 * A report as a person reads it in a terminal: what was scored, the scores, and what to know about
 * them.
 */
export function renderTable(report: Report, options: TableOptions): string {
  const width = Math.max(NARROWEST, Math.min(options.width ?? 80, WIDEST));
  const style = createStyle(options.color ?? false);
  const rows = Object.entries(report.metrics).map(([name, score]) => ({ name, score, face: faceOf(name, options) }));
  const blocks = [
    renderInput(report, style, width, options.verbose ?? false),
    renderScores(rows, report, style, width),
    renderNotes(noteScores(rows, options), style, width, rewriteNotes(report.notes, options.nameOption)),
    ...(options.verbose ? rows.map((row) => renderDetail(row, report, style, width)) : []),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

interface Row {
  readonly name: string;
  readonly score: Score;
  readonly face: MetricFace;
}

function faceOf(name: string, { metrics }: TableOptions): MetricFace {
  return metrics.find((metric) => metric.name === name) ?? { name, title: name, summary: '', better: 'higher' };
}

function renderInput({ input, seed }: Report, style: Style, width: number, verbose: boolean): string[] {
  const { latents, factors, posterior, totalRows } = input;
  const items = [
    `${formatCount(latents.rows)}${totalRows === undefined ? '' : ` of ${formatCount(totalRows)}`} samples`,
    describeArray('latent', latents),
    describeArray('factor', factors),
    ...(posterior ? [describePosterior(posterior)] : []),
    `seed ${seed}`,
  ];
  const limit = verbose ? Number.POSITIVE_INFINITY : LISTED;
  const lines = [
    ['latents: ', describeOrigin(latents, listFew(latents.columnNames ?? [], limit))],
    ['factors: ', describeOrigin(factors, listFew(nameFactors(factors), limit))],
  ];
  return [
    ...wrapItems(items, ' · ', width),
    ...lines.flatMap(([head, text]) => (text === '' ? [] : wrapBehind(head, text, width))),
  ].map(style.dim);
}

/** Each factor with its kind, and how many values it has. */
function nameFactors({ names, sizes, types }: Report['input']['factors']): string[] {
  return sizes.map((size, k) => {
    const kind = types[k] === 'continuous' || size === null ? 'continuous' : `${formatCount(size)} values`;
    return `${names?.[k] ?? k} (${kind})`;
  });
}

function describeArray(noun: string, { columns, dtype }: { columns: number; dtype: string }): string {
  return `${formatCount(columns)} ${noun}${columns === 1 ? '' : 's'} (${printable(dtype)})`;
}

function describePosterior({ mu, logvar, z }: NonNullable<Report['input']['posterior']>): string {
  const [mean, variance] = [mu, logvar].map((name) => `'${printable(name)}'`);
  return `posterior from ${mean} and ${variance}, z ${z === null ? 'drawn' : `from '${printable(z)}'`}`;
}

const DROP_INTERVAL = 1;
const DROP_COVERAGE = 2;
const DROP_BIAS = 4;

interface Column {
  readonly header: string;
  readonly alignment: Alignment;
  readonly cell: (row: Row) => string;
  readonly paint?: (text: string, row: Row) => string;
  /** The first to go where the terminal is narrow has the highest number; 0 stays. */
  readonly droppedAs: number;
}

function renderScores(rows: readonly Row[], report: Report, style: Style, width: number): string[] {
  const columns = fitColumns(scoreColumns(rows, report, style), rows, width);
  const widths = columnWidths([
    columns.map(({ header }) => header),
    ...rows.map((row) => columns.map(({ cell }) => cell(row))),
  ]);
  const used = sum(widths) + GAP * widths.length;
  const meaningWidth = width - used;
  const hasMeaning = meaningWidth >= MEANING_AT_LEAST && rows.some(({ face }) => face.summary !== '');
  const underTitle = ' '.repeat(widths[0] + GAP);

  const header = columns.map((column, i) => pad(column.header, widths[i], column.alignment));
  const lines = [style.bold([...header, ...(hasMeaning ? ['Meaning'] : [])].join(' '.repeat(GAP)).trimEnd())];
  for (const row of rows) {
    const cells = columns.map((column, i) => {
      const text = column.cell(row);
      const padded = pad(text, widths[i], column.alignment);
      return text === '' ? padded : padded.replace(text, () => column.paint?.(text, row) ?? text);
    });
    const [first = '', ...rest] = hasMeaning ? wrapText(row.face.summary, meaningWidth) : [];
    lines.push([...cells, style.dim(first)].join(' '.repeat(GAP)).trimEnd());
    for (const line of rest) lines.push(' '.repeat(used) + style.dim(line));
    for (const text of describeChance(row.score, columns)) {
      lines.push(...wrapBehind(underTitle, text, width).map(style.dim));
    }
  }
  return lines;
}

function scoreColumns(rows: readonly Row[], report: Report, style: Style): Column[] {
  const columns: Column[] = [
    { header: 'Metric', alignment: 'left', droppedAs: 0, cell: ({ face }) => face.title },
    {
      header: 'Score',
      alignment: 'right',
      droppedAs: 0,
      cell: ({ score }) => (score.value === null ? 'undefined' : formatScore(score.value)),
      paint: (text, { score }) => (score.value === null ? style.yellow(text) : style.bold(text)),
    },
  ];
  const level = rows.find(({ score }) => score.interval !== undefined)?.score.interval?.level;
  if (level !== undefined) {
    columns.push(
      {
        header: `${formatLevel(level)} interval`,
        alignment: 'left',
        droppedAs: DROP_INTERVAL,
        cell: ({ score: { interval } }) => (interval === undefined ? '' : formatInterval(interval)),
      },
      {
        header: 'Bias',
        alignment: 'right',
        droppedAs: DROP_BIAS,
        cell: ({ score: { interval } }) => (interval === undefined ? '' : formatSigned(interval.bias)),
      },
      {
        header: 'Coverage',
        alignment: 'left',
        droppedAs: DROP_COVERAGE,
        cell: ({ score: { interval } }) => (interval === undefined ? '' : formatCoverage(interval)),
      },
    );
  }
  columns.push(
    {
      header: 'Range',
      alignment: 'left',
      droppedAs: 5,
      cell: ({ score: { range } }) => `${formatBound(range[0], '-∞')} to ${formatBound(range[1], '∞')}`,
    },
    { header: 'Better', alignment: 'left', droppedAs: 6, cell: ({ face }) => face.better },
  );
  const { timings } = report;
  if (timings !== undefined) {
    columns.push({
      header: 'Seconds',
      alignment: 'right',
      droppedAs: 3,
      cell: ({ name }) => (timings[name] === undefined ? '' : timings[name].toFixed(3)),
    });
  }
  return columns;
}

/** Drops columns, the least needed first, until the rest fits. */
function fitColumns(columns: readonly Column[], rows: readonly Row[], width: number): readonly Column[] {
  const widths = columnWidths([
    columns.map(({ header }) => header),
    ...rows.map((row) => columns.map(({ cell }) => cell(row))),
  ]);
  const last = Math.max(...columns.map(({ droppedAs }) => droppedAs));
  if (last === 0 || sum(widths) + GAP * (widths.length - 1) <= width) return columns;
  return fitColumns(
    columns.filter(({ droppedAs }) => droppedAs !== last),
    rows,
    width,
  );
}

/** The lines under a score: where chance alone would put it, and what its row had no room for. */
function describeChance({ interval, spread, null: chance }: Score, columns: readonly Column[]): string[] {
  const lines: string[] = [];
  if (interval !== undefined) {
    const missing = (dropped: number) => !columns.some(({ droppedAs }) => droppedAs === dropped);
    const parts = [
      ...(missing(DROP_INTERVAL) ? [`${formatLevel(interval.level)} ${formatInterval(interval)}`] : []),
      ...(missing(DROP_BIAS) ? [`bias ${formatSigned(interval.bias)}`] : []),
      ...(missing(DROP_COVERAGE) ? [`coverage ${formatCoverage(interval)}`] : []),
    ];
    if (parts.length > 0) lines.push(parts.join(', '));
  }
  if (spread !== undefined) {
    const { low, high, level, resamples } = spread;
    const range = `${formatScore(low)} to ${formatScore(high)}`;
    lines.push(`${formatLevel(level)} of ${formatCount(resamples)} halves of the rows score ${range}`);
  }
  if (chance !== undefined) {
    const around = `null ${formatScore(chance.mean)} ± ${formatScore(chance.standardDeviation)}`;
    lines.push(`${around}, p ${formatScore(chance.pValue)} (${formatCount(chance.permutations)} permutations)`);
  }
  return lines;
}

function formatInterval({ low, high }: Interval): string {
  return `[${formatScore(low)}, ${formatScore(high)}]`;
}

/** How often such intervals held the truth, in tables of how many rows. */
function formatCoverage({ coverage: { n, value } }: Interval): string {
  return `${formatLevel(value)} at ${formatCount(n)} rows`;
}

function formatLevel(level: number): string {
  return `${Number((level * 100).toFixed(3))} %`;
}

function formatBound(bound: number | null, unbounded: string): string {
  return bound === null ? unbounded : formatNumber(bound);
}

/** What is said of scores, behind the titles of metrics. */
function noteScores(rows: readonly Row[], { nameOption }: TableOptions): string[] {
  return gatherNotes(rows.map(({ score, face }) => [face.title, rewriteNotes(score.notes, nameOption)]));
}

function renderDetail({ score, face }: Row, { input }: Report, style: Style, width: number): string[] {
  const value = score.value === null ? 'undefined' : formatScore(score.value);
  const options = Object.entries(score.options).map(([name, option]) => `${name} ${String(option)}`);
  return [
    `${style.bold(face.title)}  ${value}`,
    ...wrapItems(options, ' · ', width).map(style.dim),
    ...renderParts(score.parts, {
      latents: input.latents.columns,
      factors: input.factors.columns,
      factorNames: input.factors.names,
      width,
      style,
    }),
  ];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
