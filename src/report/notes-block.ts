import { printable } from './printable.js';
import type { Style } from './style.js';
import { wrapBehind } from './wrap-text.js';

/**
 * Notes as a list under their heading; no lines where there are none. Warnings come first, in
 * another colour.
 */
export function renderNotes(
  notes: readonly string[],
  style: Style,
  width: number,
  warnings: readonly string[] = [],
): string[] {
  if (notes.length + warnings.length === 0) return [];
  const list = (texts: readonly string[]) => texts.flatMap((text) => wrapBehind('- ', printable(text), width));
  return [style.bold('Notes'), ...list(warnings).map(style.yellow), ...list(notes)];
}
