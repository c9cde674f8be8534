import { rewriteNotes } from '../note.js';
import type { ComparedMetric, ComparisonReport } from '../types.js';
import type { AgreementTableOptions } from './agreement-table.js';
import { alignColumns, columnWidths, GAP } from './align-columns.js';
import { formatScore, formatSigned } from './format-number.js';
import { renderNotes } from './notes-block.js';
import { printable } from './printable.js';
import { createStyle, type Style } from './style.js';
import { wrapBehind, wrapItems } from './wrap-text.js';

const WIDEST = 110;
const NARROWEST = 40;
/** Behind what is best, or cannot be told from it. */
const MARK = '*';

/** Groups of models side by side, as a person reads it in a terminal. */
export function renderComparison(report: ComparisonReport, options: AgreementTableOptions = {}): string {
  const width = Math.max(NARROWEST, Math.min(options.width ?? 80, WIDEST));
  const style = createStyle(options.color ?? false);
  const blocks = [
    renderInput(report, style, width),
    ...renderMatrix(report, style, width),
    renderDifferences(report, style),
    renderLegend(report, style, width),
    renderNotes(rewriteNotes(report.notes, options.nameOption), style, width),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

function renderInput({ models, groups }: ComparisonReport, style: Style, width: number): string[] {
  const counts = groups.map(({ name, models: ofGroup }) => `${printable(name)} (${ofGroup.length})`);
  const behind = `${plural(models.length, 'model')} in ${plural(groups.length, 'group')}: `;
  return wrapItems([behind + counts[0], ...counts.slice(1)], ', ', width).map(style.dim);
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** One block of columns, or several below each other if there are more groups than fit. */
function renderMatrix({ groups, metrics }: ComparisonReport, style: Style, width: number): string[][] {
  const titles = metrics.map(({ title, better }) => printable(title) + (better === 'lower' ? ' ↓' : ''));
  const heads = groups.map(({ name }) => printable(name));
  const columns = groups.map((_, g) => [heads[g], ...metrics.map((metric) => cellOf(metric, g))]);
  const [labels] = columnWidths(['Metric', ...titles].map((title) => [title]));
  const widths = columns.map((cells) => Math.max(...cells.map((cell) => cell.length)));
  const blocks: string[][] = [];
  for (let first = 0; first < columns.length; ) {
    let last = first;
    let taken = labels;
    while (last < columns.length && (last === first || taken + GAP + widths[last] <= width)) {
      taken += GAP + widths[last++];
    }
    const rows = ['Metric', ...titles].map((title, i) => [
      title,
      ...columns.slice(first, last).map((cells) => cells[i]),
    ]);
    const lines = alignColumns(rows);
    blocks.push([style.bold(lines[0]), ...lines.slice(1)]);
    first = last;
  }
  return blocks;
}

function cellOf({ groups, best }: ComparedMetric, g: number): string {
  const { mean, standardDeviation } = groups[g];
  if (mean === null) return 'undefined ';
  const spread = standardDeviation === null ? '' : ` ± ${formatScore(standardDeviation)}`;
  return `${formatScore(mean)}${spread}${best?.includes(g) ? MARK : ' '}`;
}

/** Differences from the group that was asked for. */
function renderDifferences({ against, metrics }: ComparisonReport, style: Style): string[] {
  if (against === null) return [];
  const rows = metrics.flatMap(({ title, pairs }) =>
    pairs.map(({ groups: [first], difference, interval, pValue, corrected }) => [
      printable(title),
      printable(first),
      difference === null ? 'undefined' : formatSigned(difference),
      interval === null ? '' : `[${formatSigned(interval[0])}, ${formatSigned(interval[1])}]`,
      pValue === null ? '' : formatPValue(pValue),
      corrected === null ? '' : formatPValue(corrected),
    ]),
  );
  const lines = alignColumns(
    [['Metric', `Less ${printable(against)}`, 'Difference', '95 % interval', 'p', 'corrected'], ...rows],
    2,
  );
  return [style.bold(lines[0]), ...lines.slice(1)];
}

function formatPValue(value: number): string {
  return value < 0.0001 ? value.toExponential(1) : value.toFixed(4);
}

function renderLegend(report: ComparisonReport, style: Style, width: number): string[] {
  const { groups, metrics, level, smallestPValue, against } = report;
  const items: string[] = [];
  if (groups.some(({ models }) => models.length > 1))
    items.push('mean ± standard deviation over the models of a group');
  if (metrics.some(({ best }) => best !== null)) {
    items.push(`${MARK} best, or not told from the best at a corrected p-value of ${level} (permutation, Holm)`);
  }
  if (smallestPValue !== null && (against !== null || metrics.some(({ best }) => best !== null))) {
    items.push(`smallest corrected p-value possible: ${formatPValue(smallestPValue)}`);
  }
  if (metrics.some(({ better }) => better === 'lower')) items.push('↓ lower is better');
  return items.flatMap((item) => wrapBehind('', item, width)).map(style.dim);
}
