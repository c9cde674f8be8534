import { DataError } from '../../errors.js';
import { type Dtype, Matrix, type MatrixData } from '../../matrix.js';
import type { ArrayEntry, ArrayFile, RowChunk } from '../array-file.js';
import type { OpenOptions } from '../array-format.js';
import { refusedEntry } from '../dense.js';
import { allocate, heldBytes } from '../dtype.js';
import type { ByteSource } from '../source.js';
import { rankWords } from '../words.js';
import { Budget, refuseHuge } from './budget.js';
import { readColumnPart } from './column.js';
import { type Field, readFields } from './fields.js';
import { type ParquetMetadata, type RowGroup, readParquetMetadata } from './metadata.js';
import { readIndexNames } from './pandas.js';

const CHUNK_BYTES = 4 << 20;

/**
 * Opens a .parquet table: one array with a column for every column of numbers, decimals or words,
 * or for every place of a column of lists of one length. Its dtype is that of the columns where
 * they agree, otherwise float64. Columns of anything else are refused when they are read; those of
 * a pandas index are known as names of rows.
 *
 * Row groups are read one at a time. Every size is checked before anything is made of it, and
 * checksums of pages where there are some.
 *
 * @throws DataError when the file is damaged
 */
export async function openParquet(source: ByteSource, { takesMissing = false }: OpenOptions = {}): Promise<ArrayFile> {
  const { path, size } = source;
  const metadata = await readParquetMetadata(source);
  const fields = readFields(metadata);
  const columns = fields.flatMap((field) => Array.from({ length: field.width }, (_, place) => ({ field, place })));
  if (columns.length === 0) {
    const about = { dtype: 'mixed', shape: [metadata.rows, 0], bytes: 0 };
    const refusal = 'expected at least one column, got none';
    return { path, format: 'parquet', arrays: [refusedEntry(path, null, { ...about, refusal })] };
  }
  const values = metadata.rows * columns.length;
  refuseHuge(values, size, path);
  const budget = new Budget(values, size, path);
  const words = new Map<Field, Words>();
  for (const field of fields) {
    if (field.areWords && field.refusal === null) {
      words.set(field, await readWords(source, metadata, field, budget));
    }
  }
  const names = fields.map(({ name }) => name);
  const index = readIndexNames(metadata.texts, names, path);
  const rowNameColumns = columns.flatMap(({ field }, column) => (index.includes(field.name) ? [column] : []));
  const entry = entryOf({ source, metadata, columns, words, takesMissing });
  return { path, format: 'parquet', arrays: [rowNameColumns.length > 0 ? { ...entry, rowNameColumns } : entry] };
}

/** A column of a table: a column of the file, or a place in its lists. */
interface Column {
  readonly field: Field;
  readonly place: number;
}

/** A column of words, as numbers: those that are different are only known once all are read. */
interface Words {
  readonly list: readonly string[];
  /** NaN for a null. */
  readonly codes: Float64Array;
  /** Why it cannot be used, if so. */
  readonly failure: DataError | null;
}

interface Table {
  readonly source: ByteSource;
  readonly metadata: ParquetMetadata;
  readonly columns: readonly Column[];
  readonly words: ReadonlyMap<Field, Words>;
  readonly takesMissing: boolean;
}

async function readWords(source: ByteSource, metadata: ParquetMetadata, field: Field, budget: Budget): Promise<Words> {
  const codes = new Float64Array(metadata.rows);
  const known = new Map<string, number>();
  try {
    for (const { rows, firstRow, chunks } of groupsOf(metadata)) {
      // A null is refused where the table is read.
      const part = { source, field, chunk: chunks[field.leaf], rows, firstRow, budget, takesMissing: true };
      await readColumnPart(part, known, (row, _, code) => {
        codes[row] = code;
      });
    }
  } catch (failure) {
    // Whoever leaves the column out has no use for it.
    if (failure instanceof DataError) return { list: [], codes, failure };
    throw failure;
  }
  const ranks = rankWords(known);
  return { list: [...known.keys()], codes: codes.map((code) => ranks[code]), failure: null };
}

function entryOf(table: Table): ArrayEntry {
  const { source, metadata, columns, words } = table;
  const { path } = source;
  const { rows } = metadata;
  const usable = columns.filter(({ field }) => field.refusal === null);
  const dtypes = new Set(usable.map(({ field }) => field.dtype));
  const isWhole = ![...dtypes].every((one) => one.startsWith('float'));
  const mayLack = table.takesMissing && isWhole && usable.some(({ field }) => field.definitions > 0);
  const dtype = dtypes.size === 1 && !mayLack ? [...dtypes][0] : 'float64';
  const lists = columns.map(({ field }) => words.get(field)?.list ?? null);
  return {
    path,
    name: null,
    dtype,
    shape: [rows, columns.length],
    bytes: rows * columns.length * heldBytes(dtype),
    refusal: usable.length === 0 ? columns[0].field.refusal : null,
    columnNames: columns.map(({ field, place }) =>
      field.isList && field.refusal === null ? `${field.name}[${place}]` : field.name,
    ),
    ...(lists.some((list) => list !== null) && { words: lists }),
    select: (chosen, takesMissing = table.takesMissing) =>
      entryOf({ ...table, columns: chosen.map((column) => columns[column]), takesMissing }),
    read: () => readTable(table, dtype),
    chunks: () => chunksOf(table, dtype),
  };
}

type PlacedGroup = RowGroup & { readonly firstRow: number };

function* groupsOf({ groups }: ParquetMetadata): Generator<PlacedGroup> {
  let firstRow = 0;
  for (const group of groups) {
    if (group.rows > 0) yield { ...group, firstRow };
    firstRow += group.rows;
  }
}

async function readTable(table: Table, dtype: Dtype): Promise<Matrix> {
  const { source, metadata, columns } = table;
  const data = allocate(dtype, metadata.rows * columns.length, source);
  const budget = budgetOf(table);
  for (const group of groupsOf(metadata)) await readGroup(table, group, dtype, data, 0, budget);
  return new Matrix(data, metadata.rows, columns.length, dtype);
}

async function* chunksOf(table: Table, dtype: Dtype): AsyncGenerator<RowChunk> {
  const width = table.columns.length;
  const step = Math.max(1, Math.floor(CHUNK_BYTES / (width * heldBytes(dtype))));
  const budget = budgetOf(table);
  for (const group of groupsOf(table.metadata)) {
    const data = allocate(dtype, group.rows * width, table.source);
    await readGroup(table, group, dtype, data, group.firstRow, budget);
    for (let row = 0; row < group.rows; row += step) {
      const count = Math.min(step, group.rows - row);
      const matrix = new Matrix(data.slice(row * width, (row + count) * width), count, width, dtype);
      yield { firstRow: group.firstRow + row, matrix };
    }
  }
}

function budgetOf({ source, metadata, columns }: Table): Budget {
  return new Budget(metadata.rows * columns.length, source.size, source.path);
}

/** Reads a row group into rows of `out`, whose first is the row `outRow` of the table. */
async function readGroup(
  { source, columns, words, takesMissing }: Table,
  { rows, firstRow, chunks }: PlacedGroup,
  dtype: Dtype,
  out: MatrixData,
  outRow: number,
  budget: Budget,
): Promise<void> {
  const { path } = source;
  const width = columns.length;
  for (const field of new Set(columns.map((column) => column.field))) {
    if (field.refusal !== null) throw new DataError(field.refusal, { path, column: field.first });
    const targets = new Int32Array(field.width).fill(-1);
    for (const [at, column] of columns.entries()) if (column.field === field) targets[column.place] = at;
    const put = (row: number, place: number, value: number) => {
      if (targets[place] < 0) return;
      const at = (row - outRow) * width + targets[place];
      out[at] = value;
      // Narrow integers are stored as 32 bits, which damage can fill.
      if (out[at] === value || Number.isNaN(value)) return;
      const problem = `expected a value of ${dtype} in column '${field.name}', got ${value}`;
      throw new DataError(problem, { path, row, column: field.first + place });
    };
    const known = words.get(field);
    if (known === undefined) {
      const part = { source, field, chunk: chunks[field.leaf], rows, firstRow, budget, takesMissing };
      await readColumnPart(part, new Map(), put);
      continue;
    }
    if (known.failure !== null) throw known.failure;
    for (let row = firstRow; row < firstRow + rows; row++) {
      if (!takesMissing && Number.isNaN(known.codes[row])) {
        throw new DataError(`expected a word in column '${field.name}', got null`, { path, row, column: field.first });
      }
      put(row, 0, known.codes[row]);
    }
  }
}
