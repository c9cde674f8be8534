import { rewriteNotes } from '../note.js';
import type { NameOption } from '../phrase.js';
import type { AgreementReport } from '../types.js';
import { columnWidths, pad } from './align-columns.js';
import { renderNotes } from './notes-block.js';
import { printable } from './printable.js';
import { createStyle, type Style } from './style.js';
import { wrapItems } from './wrap-text.js';

export interface AgreementTableOptions {
  readonly color?: boolean;
  /** Columns of the terminal. */
  readonly width?: number;
  /** How notes write options. Default: as programs do. */
  readonly nameOption?: NameOption;
}

const WIDEST = 110;
const NARROWEST = 30;
/** `-.12` and a space. */
const CELL = 5;
/** Behind the title of a metric whose scores are negated, because lower is better. */
const NEGATED = ' ↓';
/** From here on metrics agree, or disagree, to speak of. */
const STRONG = 0.5;

/** The table of rank correlations as a person reads it in a terminal. */
export function renderAgreement(report: AgreementReport, options: AgreementTableOptions = {}): string {
  const width = Math.max(NARROWEST, Math.min(options.width ?? 80, WIDEST));
  const style = createStyle(options.color ?? false);
  const blocks = [renderInput(report, style, width), ...renderMatrix(report, style, width)];
  if (report.notes.length > 0) blocks.push(renderNotes(rewriteNotes(report.notes, options.nameOption), style, width));
  return `${blocks.map((block) => block.join('\n')).join('\n\n')}\n`;
}

function renderInput({ models, metrics, counts }: AgreementReport, style: Style, width: number): string[] {
  const pairs = counts.flatMap((row, i) => row.filter((_, j) => j < i));
  const [least, most] = [Math.min(...pairs), Math.max(...pairs)];
  const items = [
    plural(models.length, 'model'),
    plural(metrics.length, 'metric'),
    'Spearman rank correlation',
    ...(metrics.some(({ isNegated }) => isNegated) ? ['↓ negated'] : []),
    ...(pairs.length === 0 || (least === most && least === models.length)
      ? []
      : [`pairs of metrics have ${least === most ? plural(most, 'model') : `${least} to ${plural(most, 'model')}`}`]),
  ];
  return wrapItems(items, ' · ', width).map(style.dim);
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** One block of columns, or several below each other where they are more than fit. */
function renderMatrix({ metrics, correlations }: AgreementReport, style: Style, width: number): string[][] {
  const titles = metrics.map(({ title, isNegated }) => printable(title) + (isNegated ? NEGATED : ''));
  const digits = String(metrics.length).length;
  const longest = columnWidths(titles.map((title) => [title]))[0];
  // Numbers need room beside the longest of titles.
  const labelWidth = Math.min(longest, Math.floor(width / 2));
  const labels = titles.map(
    (title, i) => `${pad(String(i + 1), digits, 'right')} ${pad(cut(title, labelWidth), labelWidth, 'left')}`,
  );
  const fitting = Math.max(1, Math.floor((width - labels[0].length) / CELL));
  const blocks: string[][] = [];
  for (let first = 0; first < metrics.length; first += fitting) {
    const columns = metrics.map((_, j) => j).slice(first, first + fitting);
    const heads = columns.map((j) => String(j + 1).padStart(CELL)).join('');
    blocks.push([
      style.bold(' '.repeat(labels[0].length) + heads),
      ...labels.map((label, i) => label + columns.map((j) => paintCell(correlations[i][j], i === j, style)).join('')),
    ]);
  }
  return blocks;
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

function paintCell(value: number | null, isDiagonal: boolean, style: Style): string {
  const text = formatCorrelation(value);
  const gap = ' '.repeat(CELL - text.length);
  if (value === null) return gap + style.yellow(text);
  if (isDiagonal) return gap + style.dim(text);
  if (value >= STRONG) return gap + style.green(text);
  return gap + (value <= -STRONG ? style.red(text) : text);
}

/** `.85`, `-.12`, `1`; `-` where there is none. */
export function formatCorrelation(value: number | null): string {
  if (value === null) return '-';
  const text = value.toFixed(2);
  if (Number(text) === 0) return '.00';
  return text.replace(/^(-?)0\./, '$1.').replace(/^(-?1)\.00$/, '$1');
}
