/** What programs hand to readers: sources, opened files and arrays of them, and roles. */
import { wrongType, wrongValue } from '../errors.js';
import { kindOf } from '../options/check-options.js';
import type { ArrayEntry, ArrayFile } from './array-file.js';
import { ROLES, type Role } from './roles.js';
import type { ByteSource } from './source.js';

const has = (value: unknown, types: Readonly<Record<string, string>>): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.entries(types).every(([name, type]) => typeof (value as Record<string, unknown>)[name] === type);

/** @throws TypeError for anything but a source of ranges */
export function checkSource(source: ByteSource): void {
  if (has(source, { path: 'string', size: 'number', read: 'function' })) return;
  const makers = 'as blobSource, memorySource and openFileSource make them';
  throw wrongType({ option: 'source', problem: `expected a source of ranges, ${makers}, got ${describe(source)}` });
}

/** @throws TypeError for anything but an opened file */
export function checkFile(file: ArrayFile): void {
  if (has(file, { path: 'string' }) && Array.isArray(file.arrays)) return;
  throw wrongType({ option: 'file', problem: `expected what openArrays gives, got ${describe(file)}` });
}

/** @throws TypeError for anything but an array of an opened file */
export function checkEntry(entry: ArrayEntry): void {
  if (has(entry, { path: 'string', read: 'function', chunks: 'function' })) return;
  throw wrongType({ option: 'entry', problem: `expected an array of an opened file, got ${describe(entry)}` });
}

/** @throws RangeError for a role that no array has */
export function checkRole(role: Role): void {
  if (typeof role === 'string' && Object.hasOwn(ROLES, role)) return;
  const got = typeof role === 'string' ? `'${role}'` : describe(role);
  throw wrongValue({ option: 'role', problem: `expected ${Object.keys(ROLES).join(', ')}, got ${got}` });
}

function describe(value: unknown): string {
  return value === undefined ? 'nothing' : kindOf(value);
}
