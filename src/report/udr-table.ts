import { rewriteNotes } from '../note.js';
import type { UdrReport } from '../types.js';
import type { AgreementTableOptions } from './agreement-table.js';
import { columnWidths, pad } from './align-columns.js';
import { formatCount, formatScore } from './format-number.js';
import { renderNotes } from './notes-block.js';
import { describeOrigin, LISTED, listFew } from './origin.js';
import { printable } from './printable.js';
import { createStyle } from './style.js';
import { wrapBehind, wrapItems } from './wrap-text.js';

const WIDEST = 110;
const NARROWEST = 30;

/** Models by their score, the best first, as a person reads it in a terminal. */
export function renderUdr(report: UdrReport, options: AgreementTableOptions = {}): string {
  const width = Math.max(NARROWEST, Math.min(options.width ?? 80, WIDEST));
  const style = createStyle(options.color ?? false);
  const items = [
    `${report.models.length} models`,
    `${formatCount(report.rows)} samples`,
    `Unsupervised disentanglement ranking by ${report.similarity}`,
  ];
  const ranked = [...report.models].sort((a, b) => (b.score ?? -1) - (a.score ?? -1));
  const rows = ranked.map(({ name, score, latents, informativeLatents }) => [
    printable(name),
    score === null ? 'undefined' : formatScore(score),
    `${informativeLatents.length} of ${latents}`,
  ]);
  const header = ['Model', 'Score', 'Informative latents'];
  const widths = columnWidths([header, ...rows]);
  const line = (row: readonly string[]) =>
    row.map((text, i) => pad(text, widths[i], i === 0 ? 'left' : 'right')).join('  ');
  // In the order given, as the notes are.
  const read = report.models.flatMap(({ name, origin }) => {
    if (origin === undefined) return [];
    const { file: _, ...rest } = origin;
    const columns = listFew(origin.columnNames ?? [], LISTED);
    const told = describeOrigin(origin.file === name ? rest : origin, columns);
    return told === '' ? [] : wrapBehind(`${printable(name)}: `, told, width);
  });
  const blocks = [
    [...wrapItems(items, ' · ', width), ...read].map(style.dim),
    [
      style.bold(line(header)),
      ...rows.map((row, i) => (ranked[i].score === null ? style.yellow(line(row)) : line(row))),
    ],
  ];
  if (report.notes.length > 0) blocks.push(renderNotes(rewriteNotes(report.notes, options.nameOption), style, width));
  return `${blocks.map((block) => block.join('\n')).join('\n\n')}\n`;
}
