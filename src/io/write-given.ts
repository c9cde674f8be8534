/** The writers as programs call them: what is given is checked at the call, before a chunk. */
import { wrongType } from '../errors.js';
import { type Matrix, type MatrixLike, toMatrix } from '../matrix.js';
import { checkOptions, kindOf } from '../options/check-options.js';
import { boolean, other } from '../options/rule.js';
import { type CsvWriteOptions, writeCsv as writeCsvOf } from './csv.js';
import type { NamedMatrix } from './named-matrix.js';
import { writeNpy as writeNpyOf } from './npy.js';
import { type NpzWriteOptions, writeNpz as writeNpzOf } from './npz.js';
import { writeSafetensors as writeSafetensorsOf } from './safetensors.js';
import type { Metadata } from './safetensors-header.js';
import type { NamedStrings } from './strings.js';
import { writeVmat as writeVmatOf } from './vmat.js';

const areStrings = (value: unknown) => Array.isArray(value) && value.every((name) => typeof name === 'string');

const CSV_OPTIONS = {
  delimiter: other<',' | '\t'>({
    expected: 'a comma or a tab',
    accepts: (value) => value === ',' || value === '\t',
    description: 'what stands between cells',
  }),
  columnNames: other<readonly string[]>({
    expected: 'an array of strings',
    accepts: areStrings,
    description: 'names for the first line',
  }),
};

/**
 * Writes a matrix as .npy version 1.0, byte for byte as numpy does.
 * @throws TypeError or RangeError (`ERR_DATA`) for what is no matrix
 */
export function writeNpy(matrix: MatrixLike): Generator<Uint8Array> {
  return writeNpyOf(toMatrix(matrix));
}

/** Writes a matrix as VMAT; see {@link writeNpy}. */
export function writeVmat(matrix: MatrixLike): Generator<Uint8Array> {
  return writeVmatOf(toMatrix(matrix));
}

/**
 * Writes a matrix as text: every number so that reading gives the same one, integers without a
 * point and the other dtypes with one, so that reading tells them apart.
 */
export function writeCsv(matrix: MatrixLike, options: CsvWriteOptions = {}): Generator<Uint8Array> {
  const { delimiter, columnNames } = checkOptions({ name: 'writeCsv' }, options, CSV_OPTIONS);
  return writeCsvOf(toMatrix(matrix), { ...(delimiter && { delimiter }), ...(columnNames && { columnNames }) });
}

/**
 * Writes matrices as .safetensors.
 * @param metadata strings that are kept beside them
 * @throws DataError for a name that is given twice or means something else to the format
 */
export function writeSafetensors(entries: readonly NamedMatrix[], metadata?: Metadata): Generator<Uint8Array> {
  if (!Array.isArray(entries)) throw notNamed(entries, 'an array');
  return writeSafetensorsOf(entries.map(namedMatrix), metadata);
}

/**
 * Writes matrices, and lists of strings, as .npz, one at a time. Equal matrices give equal bytes,
 * as long as they are not compressed: how well it deflates differs between platforms.
 *
 * @throws DataError for a name that is given twice, or that no member can have; for strings that
 * numpy could not give back
 */
export function writeNpz(
  entries: Iterable<NamedMatrix | NamedStrings> | AsyncIterable<NamedMatrix | NamedStrings>,
  options: NpzWriteOptions = {},
): AsyncGenerator<Uint8Array> {
  const rules = { compress: boolean({ default: false, description: 'deflate the members' }) };
  const values = checkOptions({ name: 'writeNpz' }, options, rules);
  const isSome = typeof entries === 'object' && entries !== null;
  if (!isSome || !(Symbol.iterator in entries || Symbol.asyncIterator in entries)) throw notNamed(entries, 'an array');
  return writeNpzOf(checkedEntries(entries), values);
}

async function* checkedEntries(
  entries: Iterable<NamedMatrix | NamedStrings> | AsyncIterable<NamedMatrix | NamedStrings>,
): AsyncGenerator<NamedMatrix | NamedStrings> {
  for await (const entry of entries) {
    const isStrings = typeof entry === 'object' && entry !== null && 'strings' in entry;
    if (!isStrings) yield namedMatrix(entry);
    else if (typeof entry.name === 'string' && areStrings(entry.strings)) yield entry;
    else throw notNamed(entry, 'an entry');
  }
}

function namedMatrix(entry: { readonly name: string; readonly matrix: MatrixLike }): { name: string; matrix: Matrix } {
  if (typeof entry?.name !== 'string' || entry.name === '') throw notNamed(entry, 'an entry');
  return { name: entry.name, matrix: toMatrix(entry.matrix, entry.name) };
}

function notNamed(value: unknown, what: string) {
  const got = value === undefined ? 'nothing' : kindOf(value);
  return wrongType({ option: 'entries', problem: `expected ${what} of { name, matrix }, got ${got}` });
}
