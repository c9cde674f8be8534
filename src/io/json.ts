import { DataError } from '../errors.js';
import { Matrix } from '../matrix.js';
import type { ArrayEntry, ArrayFile } from './array-file.js';
import type { ArrayFormat } from './array-format.js';
import { isUnnamedColumn } from './columns.js';
import { renumber } from './csv.js';
import { noteDropped, refusedEntry } from './dense.js';
import { type JsonNode, JsonObject, JsonTable, JsonTables } from './json-tables.js';
import { readJson } from './json-tokens.js';
import { ROLES } from './roles.js';
import { dropAxes, refusalOfShape } from './shape.js';
import type { ByteSource } from './source.js';
import { wholeEntry } from './whole-entry.js';

/**
 * Opens arrays as JSON: a list of rows, of records or of single values, or an object of such lists.
 * Tables of pandas are known in the orientations `records`, `split`, `columns`, `index` and `list`.
 * Texts are words, true and false are 1 and 0, and null is NaN. The file is read through, and held
 * as numbers.
 *
 * @param areLines whether every line is a row or a record: JSON Lines
 * @throws DataError with the byte that is no JSON, or with the row and column of what does not fit
 */
export async function openJson(source: ByteSource, areLines = false): Promise<ArrayFile> {
  const { path } = source;
  const tables = new JsonTables(path);
  await readJson(source, tables, areLines).catch((error: unknown) => {
    const isMore = error instanceof DataError && error.problem.startsWith('expected the end of the file');
    throw isMore ? new DataError(`${error.problem}; lines of JSON are read from a file called .jsonl`, error) : error;
  });
  return { path, format: areLines ? 'jsonl' : 'json', arrays: arraysOf(tables.root as JsonNode, path) };
}

function arraysOf(root: JsonNode, path: string): ArrayEntry[] {
  if (root instanceof JsonTable) return [soleEntry(root, path)];
  const { members } = root as JsonObject;
  refuseReport(members, path);
  const table = splitTable(members) ?? tableOfObjects(members, path) ?? tableOfLists(members);
  if (table !== null) return [soleEntry(table, path)];
  if (![...members.values()].some((node) => node instanceof JsonTable)) {
    const keys = [...members.keys()].slice(0, 8).map((key) => JSON.stringify(key.slice(0, 40)));
    throw new DataError(`expected lists of numbers, got an object of ${keys.join(', ') || 'nothing'}`, { path });
  }
  return [...members].map(([name, node]) => memberEntry(name, node, path));
}

/** What a report is made of are scores, no samples. */
function refuseReport(members: ReadonlyMap<string, JsonNode>, path: string): void {
  const schema = members.get('schema');
  if (schema instanceof JsonObject && members.has('data')) {
    throw new DataError("a table of pandas with orient='table'; write it with orient='split'", { path });
  }
  const name = schema !== undefined && 'scalar' in schema ? schema.scalar : null;
  if (typeof name !== 'string' || !name.startsWith('vaemetrics/')) return;
  throw new DataError(`a result of vaemetrics (${name}), which holds no samples; give the files it was made of`, {
    path,
  });
}

type Members = ReadonlyMap<string, JsonNode>;

/** orient='split': names, an index, which is left out, and rows. */
function splitTable(members: Members): JsonTable | null {
  const [names, data] = [members.get('columns'), members.get('data')];
  const others = [...members.keys()].filter((key) => !['columns', 'index', 'data'].includes(key));
  if (!(names instanceof JsonTable && data instanceof JsonTable) || others.length > 0) return null;
  if (data.problem !== null || names.elements !== 'scalars' || data.elements === 'records') return null;
  if (names.rows !== data.columns && data.rows > 0) {
    data.refuse(`expected ${data.columns} names of columns, got ${names.rows}`, { member: 'columns' });
  }
  for (let i = 0; i < names.rows; i++) data.names.push(String(names.at(i, 0)));
  return data;
}

/** orient='columns' and 'index': objects of objects, of which one level counts the rows. */
function tableOfObjects(members: Members, path: string): JsonTable | null {
  const nodes = [...members.values()];
  const isFlat = (node: JsonNode): node is JsonObject =>
    node instanceof JsonObject && [...node.members.values()].every((inner) => 'scalar' in inner);
  if (nodes.length === 0 || !nodes.every(isFlat)) return null;
  const outer = [...members.keys()];
  const inner = [...(nodes[0] as JsonObject).members.keys()];
  const areRows = (keys: readonly string[]) => keys.every((key) => /^\d+$/.test(key));
  if (areRows(outer) === areRows(inner)) {
    throw new DataError("objects of objects, of which either may be the rows; pandas: write it with orient='split'", {
      path,
    });
  }
  const isByColumn = areRows(inner);
  const table = new JsonTable({ path });
  table.elements = 'records';
  const [rows, columns] = isByColumn ? [inner, outer] : [outer, inner];
  for (const row of rows) {
    for (const column of columns) {
      const [first, second] = isByColumn ? [column, row] : [row, column];
      const node = (members.get(first) as JsonObject).members.get(second);
      if (node === undefined || !('scalar' in node)) {
        throw new DataError(`expected a value for '${second}' in every object, got none`, { path, member: first });
      }
      table.putNamed(column, node.scalar, node.isInt32);
    }
    table.endRow();
  }
  const extra = (nodes as JsonObject[]).findIndex((node) => node.members.size !== inner.length);
  if (extra >= 0) {
    throw new DataError(`expected ${inner.length} values in every object, got others`, { path, member: outer[extra] });
  }
  return table;
}

/** orient='list': lists of one length, unless two are called as arrays of an archive. */
function tableOfLists(members: Members): JsonTable | null {
  const lists = [...members.values()];
  const isList = (node: JsonNode): node is JsonTable =>
    node instanceof JsonTable && node.elements === 'scalars' && node.problem === null;
  if (lists.length < 2 || !lists.every(isList)) return null;
  const names = [...members.keys()];
  const usual = Object.values(ROLES).flat();
  if (lists.some(({ rows }) => rows !== lists[0].rows)) return null;
  if (names.filter((name) => usual.includes(name)).length > 1) return null;
  const table = new JsonTable();
  table.elements = 'records';
  for (let row = 0; row < lists[0].rows; row++) {
    for (const [i, name] of names.entries()) {
      table.putNamed(name, lists[i].at(row, 0), lists[i].areInt32);
    }
    table.endRow();
  }
  return table;
}

function soleEntry(table: JsonTable, path: string): ArrayEntry {
  if (table.problem !== null) throw table.problem.at({ ...table.problem, path });
  return entryOf(null, table, path);
}

function memberEntry(name: string, node: JsonNode, path: string): ArrayEntry {
  if (node instanceof JsonTable) {
    if (node.problem === null) return entryOf(name, node, path);
    const { row, column, byte } = node.problem;
    const refusal = node.problem.at({ row, column, byte }).message;
    return refusedEntry(path, name, { dtype: 'list', shape: [node.rows], bytes: 0, refusal });
  }
  const got = node instanceof JsonObject ? 'an object' : 'a single value';
  const dtype = node instanceof JsonObject ? 'object' : 'value';
  return refusedEntry(path, name, { dtype, shape: [], bytes: 0, refusal: `expected a list of numbers, got ${got}` });
}

function entryOf(name: string | null, table: JsonTable, path: string): ArrayEntry {
  const { rows, columns, names, words, elements, cells, axes } = table;
  renumber({ words, columns }, [cells]);
  const lists = words.map((known) => known && [...known.keys()]);
  const dtype = table.areInt32 && rows > 0 ? 'int32' : 'float64';
  const isList = elements !== 'rows' && elements !== 'records';
  const asWritten = axes.length > 0 ? [rows, ...axes] : isList ? [rows] : [rows, columns];
  const shape = dropAxes(asWritten);
  const refusal = refusalOfShape(asWritten);
  if (refusal !== null) return refusedEntry(path, name, { dtype, shape: asWritten, bytes: 0, refusal });
  if (shape[0] !== rows && words.some((known) => known !== null)) {
    const problem = 'expected numbers in lists of lists of lists, got texts';
    return refusedEntry(path, name, { dtype: 'words', shape: asWritten, bytes: 0, refusal: problem });
  }
  const about = {
    dtype,
    shape,
    ...(shape !== asWritten && { notes: [noteDropped(path, name, asWritten)] }),
    ...(names.length > 0 && { columnNames: names }),
    ...(lists.some((list) => list !== null) && { words: lists }),
    ...(names.length > 1 && isUnnamedColumn(names[0]) && countsRows(table) && { rowNameColumns: [0] }),
  } as const;
  const read = async () =>
    new Matrix(dtype === 'int32' ? Int32Array.from(cells) : cells.slice(), shape[0], Math.max(1, shape[1] ?? 1), dtype);
  const entry = wholeEntry(path, name, about, read);
  const texts = isList ? lists[0] : null;
  return texts ? { ...entry, readStrings: async () => Array.from(cells, (code) => texts[code]) } : entry;
}

/** Whether the first column counts the rows from 0 or 1. */
function countsRows({ cells, columns, rows, words }: JsonTable): boolean {
  const from = cells[0];
  if (words[0] !== null || (from !== 0 && from !== 1)) return false;
  return Array.from({ length: rows }, (_, row) => cells[row * columns] === from + row).every((is) => is);
}

/** Whether a text begins as JSON that holds data does. */
export function beginsAsJson(prefix: Uint8Array): boolean {
  return /^(?:\xef\xbb\xbf)?[ \t\r\n]*[[{]/.test(String.fromCharCode(...prefix.subarray(0, 256)));
}

/** .json, by what is in it one array or an archive. */
export const json = {
  name: 'json',
  extensions: ['json'],
  byName: 'unless',
  open: (source) => openJson(source),
} as const satisfies ArrayFormat;

/** .jsonl, a row or record on each line. */
export const jsonl = {
  name: 'jsonl',
  extensions: ['jsonl', 'ndjson'],
  byName: 'unless',
  open: (source) => openJson(source, true),
} as const satisfies ArrayFormat;
