import { DataError, optionRangeError } from '../errors.js';
import type { Dtype } from '../matrix.js';
import type { ArrayEntry, ArrayFile } from './array-file.js';
import { areKnownAsNames, csvHeader, writeCsv } from './csv.js';
import { formatOfName } from './detect.js';
import { encodeMatrix } from './encode-matrix.js';
import type { NamedMatrix } from './named-matrix.js';
import { npyHeader } from './npy.js';
import { writeNpz } from './npz.js';
import { describeArrays } from './pick.js';
import { writeSafetensors } from './safetensors.js';
import { rowsAndColumns } from './shape.js';
import type { NamedStrings } from './strings.js';
import { vmatHeader } from './vmat.js';

/** The formats that can be written. */
export type OutputFormat = 'npy' | 'npz' | 'csv' | 'tsv' | 'safetensors' | 'vmat';

/**
 * The format that the name of an output file asks for; `.bin` is VMAT.
 * @throws RangeError (`ERR_OPTION`) for a name that asks for none
 */
export function formatForPath(path: string): OutputFormat {
  const format = formatOfName(path);
  if (format === 'raw') return 'vmat';
  if (format !== null && format !== 'parquet') return format;
  throw optionRangeError(`${path}: expected a name that ends in .npy, .npz, .safetensors, .bin, .csv or .tsv`);
}

/** What to convert, and how to write it. */
export interface ConvertOptions {
  /** Name of the one array to take. */
  readonly member?: string;
  /** Deflates the members of an .npz archive. */
  readonly compress?: boolean;
}

/** A conversion: the bytes to write, and which arrays they hold. */
export interface Conversion {
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly written: readonly ArrayEntry[];
  /** Arrays that are no tables of numbers, nor lists of strings that the format can have, and are left out. */
  readonly skipped: readonly ArrayEntry[];
}

// What numpy.savez calls an array without a name.
const UNNAMED = 'arr_0';

/**
 * Converts an opened file. Archives keep all arrays that are tables of numbers, .npz also lists of strings; a format of one array takes the
 * only one there is, or the member named. Formats of one array are converted in constant memory, .npz holds one
 * array at a time, .safetensors all of them. Column names go from table to text, unless some are numbers: such a
 * line would be read as a row.
 *
 * @throws DataError when no array can be taken, or several could
 */
export function convertArrays(file: ArrayFile, format: OutputFormat, options: ConvertOptions = {}): Conversion {
  const { member, compress } = options;
  const wanted = member === undefined ? file.arrays : file.arrays.filter(({ name }) => name === member);
  if (wanted.length === 0) {
    throw new DataError(`found no array${member === undefined ? '' : ` '${member}'`}; ${describeArrays(file)}`, {
      path: file.path,
    });
  }
  const isWritable = ({ refusal, readStrings }: ArrayEntry) =>
    refusal === null || (format === 'npz' && readStrings !== undefined);
  const written = wanted.filter(isWritable);
  if (written.length === 0) {
    const { name, refusal } = wanted[0];
    throw new DataError(refusal ?? '', { path: file.path, member: name ?? undefined });
  }
  const skipped = wanted.filter((entry) => !isWritable(entry));
  if (format === 'npz') return { chunks: writeNpz(readAllWithStrings(written), { compress }), written, skipped };
  if (format === 'safetensors') return { chunks: writeTogether(written), written, skipped };
  if (written.length > 1) {
    throw new DataError(`expected one array to convert to .${format}; ${describeArrays(file)}; say which member`, {
      path: file.path,
    });
  }
  return { chunks: writeOne(written[0], format), written, skipped };
}

async function* readAll(entries: readonly ArrayEntry[]): AsyncGenerator<NamedMatrix> {
  for (const entry of entries) yield { name: entry.name ?? UNNAMED, matrix: await entry.read() };
}

async function* readAllWithStrings(entries: readonly ArrayEntry[]): AsyncGenerator<NamedMatrix | NamedStrings> {
  for (const entry of entries) {
    const name = entry.name ?? UNNAMED;
    if (entry.readStrings !== undefined) yield { name, strings: await entry.readStrings() };
    else yield { name, matrix: await entry.read() };
  }
}

async function* writeTogether(entries: readonly ArrayEntry[]): AsyncGenerator<Uint8Array> {
  const matrices: NamedMatrix[] = [];
  for await (const matrix of readAll(entries)) matrices.push(matrix);
  yield* writeSafetensors(matrices);
}

async function* writeOne(
  entry: ArrayEntry,
  format: Exclude<OutputFormat, 'npz' | 'safetensors'>,
): AsyncGenerator<Uint8Array> {
  const { rows, columns } = rowsAndColumns(entry.shape);
  const dtype = entry.dtype === 'bfloat16' ? 'float32' : (entry.dtype as Dtype);
  const delimiter = format === 'tsv' ? '\t' : ',';
  if (format === 'npy') yield npyHeader(dtype, rows, columns);
  else if (format === 'vmat') yield vmatHeader(dtype, rows, columns);
  else if (entry.columnNames !== undefined && areKnownAsNames(entry.columnNames))
    yield csvHeader(entry.columnNames, delimiter);
  for await (const { matrix } of entry.chunks()) {
    yield* format === 'csv' || format === 'tsv' ? writeCsv(matrix, { delimiter }) : encodeMatrix(matrix);
  }
}
