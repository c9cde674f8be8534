import type { AsyncBuffer, ColumnData, FileMetaData, SchemaElement, SchemaTree } from 'hyparquet';
import { DataError } from '../errors.js';
import { type Dtype, Matrix, type MatrixData } from '../matrix.js';
import type { ArrayEntry, ArrayFile, RowChunk } from './array-file.js';
import { type ArrayFormat, beginsWith } from './array-format.js';
import { refusedEntry } from './dense.js';
import { allocate, heldBytes } from './dtype.js';
import type { ByteSource } from './source.js';

// The signature twice and the length of the metadata.
const SHORTEST_FILE = 12;
const CHUNK_BYTES = 4 << 20;
// Every place of a list becomes a column with a name of its own.
const LONGEST_LIST = 1_000_000;

/**
 * Opens a .parquet table of numbers: one array with a column for every column, or for every place
 * of a column of lists of one length. Its dtype is that of the columns where they agree, otherwise
 * float64.
 *
 * Row groups are read one at a time. hyparquet, which decodes them, is loaded here; it does not
 * check the checksums that pages may have.
 *
 * @throws DataError when the file is damaged
 */
export async function openParquet(source: ByteSource): Promise<ArrayFile> {
  const { path, size } = source;
  if (size < SHORTEST_FILE)
    throw new DataError(`expected a file of at least ${SHORTEST_FILE} bytes, got ${size}`, { path });
  const { parquetMetadataAsync, parquetSchema } = await import('hyparquet');
  const file = asyncBufferOf(source);
  const metadata = await readable(path, () => parquetMetadataAsync(file));
  const rows = countRows(metadata, path);
  const tops = await readable(path, async () => parquetSchema(metadata).children);
  return { path, format: 'parquet', arrays: [entryOf(source, file, metadata, rows, tops)] };
}

interface Table {
  readonly path: string;
  readonly file: AsyncBuffer;
  readonly metadata: FileMetaData;
  readonly rows: number;
  readonly columns: number;
  readonly dtype: Dtype;
  readonly fields: readonly Field[];
}

/** A column of the file: the first of its columns in the matrix, and how many those are. */
interface Field {
  readonly name: string;
  readonly dtype: Dtype;
  readonly first: number;
  readonly width: number;
  readonly isList: boolean;
}

function entryOf(
  source: ByteSource,
  file: AsyncBuffer,
  metadata: FileMetaData,
  rows: number,
  tops: readonly SchemaTree[],
): ArrayEntry {
  const { path } = source;
  const fields: Field[] = [];
  let columns = 0;
  for (const top of tops) {
    const name = top.element.name;
    const leaf = leafOf(top);
    const dtype = leaf === null ? null : numericDtype(leaf.element);
    const refuse = (refusal: string) =>
      refusedEntry(path, null, { dtype: 'mixed', shape: [rows, tops.length], bytes: 0, refusal });
    if (leaf === null || dtype === null) {
      return refuse(`expected columns of numbers, got ${describeType(top.element)} in column '${name}'`);
    }
    // It would pass for one more latent.
    if (/^__index_level_\d+__$/.test(name)) {
      return refuse(
        `expected columns of data, got the index of a pandas table in column '${name}'; write it with index=False`,
      );
    }
    const isList = leaf !== top || top.element.repetition_type === 'REPEATED';
    const width = isList ? listLength(metadata, name, rows) : 1;
    if (width === null) return refuse(`expected lists of one length above 0, got others in column '${name}'`);
    fields.push({ name, dtype, first: columns, width, isList });
    columns += width;
  }
  if (columns === 0) {
    return refusedEntry(path, null, {
      dtype: 'mixed',
      shape: [rows, 0],
      bytes: 0,
      refusal: 'expected at least one column, got none',
    });
  }
  const dtype = fields.every((field) => field.dtype === fields[0].dtype) ? fields[0].dtype : 'float64';
  const table: Table = { path, file, metadata, rows, columns, dtype, fields };
  return {
    path,
    name: null,
    dtype,
    shape: [rows, columns],
    bytes: rows * columns * heldBytes(dtype),
    refusal: null,
    columnNames: fields.flatMap(({ name, width, isList }) =>
      isList ? Array.from({ length: width }, (_, i) => `${name}[${i}]`) : [name],
    ),
    read: () => readTable(table),
    chunks: () => chunksOf(table),
  };
}

async function readTable(table: Table): Promise<Matrix> {
  const data = allocate(table.dtype, table.rows * table.columns, { path: table.path });
  for await (const group of groupsOf(table)) data.set(group.data, group.firstRow * table.columns);
  return new Matrix(data, table.rows, table.columns, table.dtype);
}

async function* chunksOf(table: Table): AsyncGenerator<RowChunk> {
  const { columns, dtype } = table;
  const step = Math.max(1, Math.floor(CHUNK_BYTES / (columns * heldBytes(dtype))));
  for await (const { firstRow, rows, data } of groupsOf(table)) {
    for (let row = 0; row < rows; row += step) {
      const count = Math.min(step, rows - row);
      const part = data.slice(row * columns, (row + count) * columns);
      yield { firstRow: firstRow + row, matrix: new Matrix(part, count, columns, dtype) };
    }
  }
}

async function* groupsOf(table: Table): AsyncGenerator<{ firstRow: number; rows: number; data: MatrixData }> {
  const { parquetRead } = await import('hyparquet');
  const { path, file, metadata, columns, dtype, fields } = table;
  const compressors = needsCompressors(metadata) ? (await import('hyparquet-compressors')).compressors : undefined;
  let firstRow = 0;
  for (const group of metadata.row_groups) {
    const rows = Number(group.num_rows);
    if (rows === 0) continue;
    const data = allocate(dtype, rows * columns, { path });
    const rowEnd = firstRow + rows;
    // One column at a time: of several that fail, hyparquet leaves promises behind that nobody
    // waits for.
    for (const field of fields) {
      // Copied after reading, since errors that are thrown while it calls back are lost, too.
      const parts: ColumnData[] = [];
      const onChunk = (part: ColumnData) => parts.push(part);
      await readable(path, () =>
        parquetRead({ file, metadata, columns: [field.name], rowStart: firstRow, rowEnd, compressors, onChunk }),
      );
      for (const { columnData, rowStart } of parts) copyColumn(table, field, columnData, rowStart, firstRow, data);
      const got = parts.reduce((sum, part) => sum + part.columnData.length, 0);
      if (got !== rows) {
        throw new DataError(`expected ${rows} values in column '${field.name}' of a row group, got ${got}`, { path });
      }
    }
    yield { firstRow, rows, data };
    firstRow += rows;
  }
}

function copyColumn(
  table: Table,
  field: Field,
  values: ArrayLike<unknown>,
  rowStart: number,
  firstRow: number,
  out: MatrixData,
): void {
  const { path, columns } = table;
  for (let i = 0; i < values.length; i++) {
    const row = rowStart + i;
    const start = (row - firstRow) * columns + field.first;
    const value = values[i];
    if (!field.isList) {
      put(out, start, value, table, field, { path, row, column: field.first });
      continue;
    }
    const list = value as ArrayLike<unknown> | null | undefined;
    if (list?.length !== field.width) {
      const got = list?.length === undefined ? 'null' : `${list.length}`;
      throw new DataError(`expected a list of ${field.width} numbers in column '${field.name}', got ${got}`, {
        path,
        row,
        column: field.first,
      });
    }
    for (let k = 0; k < field.width; k++) {
      put(out, start + k, list[k], table, field, { path, row, column: field.first + k });
    }
  }
}

interface CellPlace {
  readonly path: string;
  readonly row: number;
  readonly column: number;
}

function put(out: MatrixData, at: number, value: unknown, table: Table, field: Field, place: CellPlace): void {
  const number = numberOf(value, field, place);
  out[at] = number;
  // Narrow integers are stored as 32 bits, which damage can fill.
  if (out[at] !== number && !Number.isNaN(number) && at < out.length) {
    throw new DataError(`expected a value of ${table.dtype} in column '${field.name}', got ${number}`, place);
  }
}

function numberOf(value: unknown, field: Field, place: CellPlace): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'bigint') {
    const number = Number(value);
    if (Number.isSafeInteger(number)) return number;
    throw new DataError(`expected an integer within 2^53, got ${value}`, place);
  }
  const got = value === null || value === undefined ? 'null' : typeof value;
  throw new DataError(`expected a number in column '${field.name}', got ${got}`, place);
}

function countRows(metadata: FileMetaData, path: string): number {
  const rows = Number(metadata.num_rows);
  let inGroups = 0;
  for (const group of metadata.row_groups) {
    // Damaged metadata may hold anything: a negative group would make the sum come out right.
    if (group.num_rows < 0n)
      throw new DataError(`expected a row group of 0 or more rows, got ${group.num_rows}`, { path });
    inGroups += Number(group.num_rows);
  }
  if (!Number.isSafeInteger(rows) || rows !== inGroups) {
    throw new DataError(`expected ${rows} rows in the row groups, got ${inGroups}`, { path });
  }
  return rows;
}

/** The element of a column of numbers or of lists of numbers; null for anything deeper. */
function leafOf(top: SchemaTree): SchemaTree | null {
  if (top.children.length === 0) return top;
  const { converted_type: converted, logical_type: logical } = top.element;
  if (converted !== 'LIST' && logical?.type !== 'LIST') return null;
  // Old writers repeat the element itself, all others a group around it.
  const [repeated] = top.children;
  const leaf = repeated.children.length === 0 ? repeated : repeated.children[0];
  const isPlain = top.children.length === 1 && repeated.children.length <= 1 && leaf.children.length === 0;
  return isPlain ? leaf : null;
}

/**
 * The length that all lists of a column have if they have one: checked for every row on reading.
 */
function listLength(metadata: FileMetaData, name: string, rows: number): number | null {
  let values = 0;
  for (const group of metadata.row_groups) {
    for (const { meta_data: about } of group.columns) {
      if (about?.path_in_schema[0] === name) values += Number(about.num_values);
    }
  }
  const length = values / rows;
  return Number.isSafeInteger(length) && length > 0 && length <= LONGEST_LIST ? length : null;
}

function numericDtype({ type, converted_type: converted, logical_type: logical }: SchemaElement): Dtype | null {
  if (logical?.type === 'FLOAT16') return 'float16';
  if (type === 'INT32' || type === 'INT64') {
    if (logical?.type === 'INTEGER') return `${logical.isSigned ? '' : 'u'}int${logical.bitWidth}` as Dtype;
    if (logical !== undefined) return null;
    if (converted === undefined) return type === 'INT32' ? 'int32' : 'int64';
    const integer = /^(U?)INT_(8|16|32|64)$/.exec(converted);
    return integer === null ? null : (`${integer[1].toLowerCase()}int${integer[2]}` as Dtype);
  }
  if (logical !== undefined || converted !== undefined) return null;
  if (type === 'BOOLEAN') return 'bool';
  if (type === 'FLOAT') return 'float32';
  return type === 'DOUBLE' ? 'float64' : null;
}

function describeType({ type, converted_type: converted, logical_type: logical }: SchemaElement): string {
  const name = logical?.type ?? converted ?? type ?? 'a group';
  return name === 'STRING' || name === 'UTF8' ? 'text' : name;
}

function needsCompressors(metadata: FileMetaData): boolean {
  return metadata.row_groups.some((group) =>
    group.columns.some(
      ({ meta_data: about }) => about !== undefined && !['UNCOMPRESSED', 'SNAPPY'].includes(about.codec),
    ),
  );
}

function asyncBufferOf(source: ByteSource): AsyncBuffer {
  const { path, size } = source;
  const slice = async (start: number, end: number): Promise<ArrayBuffer> => {
    if (!(start >= 0 && start <= end && end <= size)) {
      throw new DataError(`the metadata points to bytes ${start} to ${end} of a file of ${size}`, { path });
    }
    const bytes = await source.read(start, end - start);
    const isWhole = bytes.byteOffset === 0 && bytes.length === bytes.buffer.byteLength;
    return (isWhole ? bytes.buffer : bytes.slice().buffer) as ArrayBuffer;
  };
  return {
    byteLength: size,
    slice(start, end = size) {
      const read = slice(start, end);
      // hyparquet reads ahead, and may fail before it waits for this: that must not end the
      // process.
      read.catch(() => undefined);
      return read;
    },
  };
}

/** Runs the decoder: whatever it throws at damaged bytes becomes a DataError. */
async function readable<T>(path: string, decode: () => Promise<T>): Promise<T> {
  try {
    return await decode();
  } catch (error) {
    if (error instanceof DataError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new DataError(`the parquet data cannot be decoded: ${reason}`, { path });
  }
}

const PARQUET_MAGIC = [0x50, 0x41, 0x52, 0x31];

/** .parquet, one array of all columns. */
export const parquet = {
  name: 'parquet',
  extensions: ['parquet'],
  begins: (prefix) => beginsWith(prefix, PARQUET_MAGIC),
  open: openParquet,
} as const satisfies ArrayFormat;
