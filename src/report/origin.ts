/** Where arrays were read from, in words. */
import type { ArrayOrigin } from '../types.js';
import { formatCount } from './format-number.js';
import { printable } from './printable.js';

/** Where an array is from, what of it was taken, and what was not. */
export function describeOrigin({ file, member, leftOut = [] }: ArrayOrigin, columns: string): string {
  const from = [
    ...(file === undefined ? [] : [file === '-' ? 'standard input' : printable(file)]),
    ...(member === undefined ? [] : [`'${printable(member)}'`]),
  ].join(' ');
  const without = leftOut.length === 0 ? '' : `without ${leftOut.map(printable).join(', ')}`;
  return [from, columns, without].filter((part) => part !== '').join('; ');
}

/** More say nothing at a glance; --verbose and JSON have them all. */
export const LISTED = 24;

export function listFew(items: readonly string[], limit: number): string {
  const more = items.length - limit;
  const shown = items.slice(0, limit).map(printable).join(', ');
  return more > 0 ? `${shown} and ${formatCount(more)} more` : shown;
}
