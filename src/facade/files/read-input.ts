/** What files are given as, and what is said of them. */
import { DataError, wrongType, wrongValue } from '../../errors.js';
import {
  type ArrayEntry,
  type ArrayFile,
  type ByteSource,
  blobSource,
  memorySource,
  type OpenOptions,
  openArrays,
  READING_NAMES,
  type ReadingNames,
  type Role,
} from '../../io/index.js';
import type { Dtype } from '../../matrix.js';
import { kindOf, refuseUnknown } from '../../options/check-options.js';

/** Where the bytes of a file are: a Blob (or File), the bytes themselves, or ranges of them. */
export type ReadInput = Blob | ArrayBuffer | Uint8Array | ByteSource;

export function toSource(input: ReadInput): ByteSource {
  if (input instanceof Uint8Array) return memorySource(input);
  if (input instanceof ArrayBuffer) return memorySource(new Uint8Array(input));
  if (typeof Blob !== 'undefined' && input instanceof Blob) return blobSource(input);
  return input as ByteSource;
}

/** Whether something is one file, and not an object of several. */
export function isFile(input: object): input is ReadInput {
  return input instanceof Uint8Array || input instanceof ArrayBuffer || 'size' in input;
}

/**
 * Files by their roles, of which the first must be there; a file that stands alone has that one.
 * @param takesPaths whether a text is the path of a file, as in Node
 * @throws TypeError for what is no file, and for other roles
 */
export function filesByRole<Input>(
  owner: string,
  input: unknown,
  roles: readonly string[],
  takesPaths = false,
): Readonly<Record<string, Input>> {
  const isInput = (value: unknown) =>
    typeof value === 'string' ? takesPaths : typeof value === 'object' && value !== null && isFile(value);
  const [first] = roles;
  if (isInput(input)) return { [first]: input as Input };
  const expected = `${takesPaths ? 'a path, ' : ''}a Blob, bytes, or a source of ranges`;
  if (typeof input !== 'object' || input === null || input instanceof URL) {
    throw wrongType({ option: first, problem: `expected ${expected}, got ${describeGiven(input)}` });
  }
  refuseUnknown(owner, input, roles);
  const files = Object.entries(input).filter(([, value]) => value !== undefined);
  for (const [role, value] of [...(first in input ? [] : [[first, undefined]]), ...files] as Array<[string, unknown]>) {
    if (isInput(value)) continue;
    throw wrongType({ option: role, problem: `expected ${expected}, got ${describeGiven(value)}` });
  }
  return Object.fromEntries(files) as Record<string, Input>;
}

function describeGiven(value: unknown): string {
  if (value instanceof URL) return 'a URL; fileURLToPath of node:url makes a path of one of a file';
  return value === undefined ? 'nothing' : kindOf(value);
}

/** What a file does not say itself; an option that is null was not given. */
export interface Reading {
  /** How many columns bare values have, or which columns of a table are taken. */
  readonly columns: number | string | null;
  readonly dtype: Dtype | null;
  readonly header: OpenOptions['header'] | null;
  readonly takesMissing?: boolean;
  readonly expectedRows?: number;
  readonly besideNumbered?: OpenOptions['besideNumbered'];
}

/**
 * Opens a file for a role.
 * @throws RangeError if columns or a type are said of a file that says them itself: an option
 * without effect is a misunderstanding
 */
export async function openFor(
  role: Role,
  input: ReadInput,
  { columns, dtype, header, takesMissing, expectedRows, besideNumbered }: Reading,
  names: Pick<ReadingNames, 'columns' | 'dtype'> = READING_NAMES[role],
): Promise<ArrayFile> {
  const isCount = typeof columns === 'number';
  const raw = { ...(isCount && { columns }), ...(dtype !== null && { dtype }) };
  const file = await openArrays(toSource(input), {
    role,
    raw,
    takesMissing,
    expectedRows,
    besideNumbered,
    header: header ?? 'auto',
  });
  const option = isCount ? names.columns : dtype !== null ? names.dtype : null;
  if (option === null || file.format === 'raw') return file;
  throw wrongValue({ option, problem: `expected only for bare values, and ${file.path} is ${file.format}` });
}

/** Whether a file holds one array that has no name, beside which there can be no other. */
export function isBare({ arrays }: ArrayFile): boolean {
  return arrays.every(({ name }) => name === null);
}

/** Where an array is, for messages. */
export function placeOf({ path, name }: ArrayEntry): { path: string; member?: string } {
  return name === null ? { path } : { path, member: name };
}

/** Who computes knows arrays by their roles; the user knows files. */
export function nameFiles(error: unknown, entries: Readonly<Partial<Record<string, ArrayEntry>>>): unknown {
  if (!(error instanceof DataError) || error.path === undefined) return error;
  const entry = Object.hasOwn(entries, error.path) ? entries[error.path] : undefined;
  const { row, column } = error;
  return entry === undefined ? error : error.at({ ...placeOf(entry), row, column });
}

/** An object without what is undefined in it. */
export function dropUndefined<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
