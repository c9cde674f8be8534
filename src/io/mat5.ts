import { DataError } from '../errors.js';
import type { Dtype, MatrixData } from '../matrix.js';
import { type Note, note } from '../note.js';
import type { ArrayEntry, ArrayFile } from './array-file.js';
import { type ArrayFormat, beginsWith } from './array-format.js';
import { decodeElements } from './decode.js';
import { denseEntry, refusedEntry } from './dense.js';
import { allocate, ITEM_BYTES } from './dtype.js';
import { type MatVariable, type Part, readVariables } from './mat5-variables.js';
import { listSome } from './pick.js';
import { countElements, formatShape } from './shape.js';
import type { ByteSource } from './source.js';
import { refusalOfSparse, SparseSum } from './sparse.js';
import { sparseEntry } from './sparse-entry.js';

/** A numeric array of a MAT file, in column order: the first dimension runs fastest. */
export interface MatArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: MatValues;
}

/** The elements as the file stores them, which may be narrower than the class of the array. */
export type MatValues =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

const STORED = new Map<number, Dtype>([
  [1, 'int8'],
  [2, 'uint8'],
  [3, 'int16'],
  [4, 'uint16'],
  [5, 'int32'],
  [6, 'uint32'],
  [7, 'float32'],
  [9, 'float64'],
  [12, 'int64'],
  [13, 'uint64'],
]);

const CLASSES: Readonly<Record<number, string>> = {
  1: 'cell',
  2: 'structure',
  3: 'object',
  4: 'character',
  5: 'sparse',
  6: 'double',
  7: 'single',
  8: 'int8',
  9: 'uint8',
  10: 'int16',
  11: 'uint16',
  12: 'int32',
  13: 'uint32',
  14: 'int64',
  15: 'uint64',
  16: 'function',
  17: 'object',
};
const SPARSE_CLASS = 5;
const FIRST_NUMERIC_CLASS = 6;
const LAST_NUMERIC_CLASS = 15;

/**
 * Opens a MAT file of version 5, which MATLAB calls 6 and 7 (The MathWorks, "MAT-File Format",
 * chapter 1), compressed or not, of either byte order. Elements have the type that they are stored
 * in, which may be narrower than their class, as scipy.io.loadmat reads them. A row vector is one
 * column, and a note says so: MATLAB and savemat write lists as (1, N).
 *
 * @throws DataError when the file is damaged or cut short
 */
export async function openMat(source: ByteSource): Promise<ArrayFile> {
  const { path } = source;
  const arrays: ArrayEntry[] = [];
  for await (const variable of readVariables(source)) {
    const { name, shape } = variable;
    // The variable without a name is some workspace data of MATLAB's own.
    if (name === '') continue;
    if (arrays.some((entry) => entry.name === name)) {
      throw new DataError('expected every variable once, got two of this name', { path, member: name });
    }
    const isRow = shape.length === 2 && shape[0] === 1 && shape[1] > 1 && isNumeric(variable);
    const entry = await entryOf(variable, isRow ? [shape[1]] : shape, source);
    arrays.push(isRow ? { ...entry, notes: [noteRow(path, name)] } : entry);
  }
  return { path, format: 'mat', arrays };
}

function noteRow(path: string, name: string): Note {
  return note('row-vectors', `${path}: '${name}' is a row vector, and read as one column`, { isGuess: true });
}

/**
 * Reads one numeric array out of a MAT file of version 5. Other variables are passed over by their
 * names and sizes.
 *
 * @throws DataError when the file is damaged or cut short, has no such array, or has it as
 * something else than real numbers
 */
export async function readMatArray(source: ByteSource, name: string): Promise<MatArray> {
  const { path } = source;
  const names: string[] = [];
  let found: MatVariable | undefined;
  // To the end of the file, so that what is behind the last variable is refused.
  for await (const variable of readVariables(source)) {
    if (variable.name === name) found ??= variable;
    names.push(variable.name);
  }
  if (found !== undefined) {
    if (!isNumeric(found)) throw refuse(found, path, `expected an array of real numbers, got ${kindOf(found)}`);
    const { part, dtype } = await valuesOf(found, found.shape, path);
    return { name, shape: found.shape, values: (await readPart(part, dtype, found, path)) as MatValues };
  }
  throw new DataError(`expected a variable called '${name}', got ${listSome(names)}`, { path });
}

function isNumeric({ classCode, isComplex }: MatVariable): boolean {
  return classCode >= FIRST_NUMERIC_CLASS && classCode <= LAST_NUMERIC_CLASS && !isComplex;
}

function kindOf({ classCode, isComplex }: MatVariable): string {
  return isComplex ? 'complex numbers' : (CLASSES[classCode] ?? `class ${classCode}`);
}

async function entryOf(variable: MatVariable, shape: readonly number[], source: ByteSource): Promise<ArrayEntry> {
  const { path } = source;
  const { name, classCode, isComplex } = variable;
  if (isNumeric(variable)) {
    const { part, dtype } = await valuesOf(variable, shape, path);
    const isTruth = variable.isLogical && ITEM_BYTES[dtype] === 1;
    const layout = { dtype: isTruth ? 'bool' : dtype, bigEndian: variable.isBig, fortranOrder: true, shape } as const;
    return denseEntry(path, name, layout, part);
  }
  if (classCode === SPARSE_CLASS && !isComplex) return openSparse(variable, source);
  const kind = kindOf(variable);
  const wayOut = isComplex ? 'save its real part' : 'save what is in it as a variable of numbers';
  const refusal = `expected an array of real numbers, got ${kind}; ${wayOut}`;
  return refusedEntry(path, name, { dtype: isComplex ? 'complex' : kind, shape, bytes: variable.length, refusal });
}

interface Values {
  readonly part: Part;
  readonly dtype: Dtype;
}

/** Where the elements are, once they are found to be as many as the shape has, and the last. */
async function valuesOf(variable: MatVariable, shape: readonly number[], path: string): Promise<Values> {
  const { part, dtype } = await numbersOf(variable, path);
  const place = { path, member: variable.name };
  const expected = countElements(shape, ITEM_BYTES[dtype], place) * ITEM_BYTES[dtype];
  if (part.length !== expected) {
    throw refuse(variable, path, `expected ${expected} bytes of values for ${formatShape(shape)}, got ${part.length}`);
  }
  const { left } = variable;
  if (left() !== 0) throw refuse(variable, path, `found ${left()} bytes after the values`);
  return { part, dtype };
}

async function numbersOf(variable: MatVariable, path: string): Promise<Values> {
  const part = await variable.next('values');
  const dtype = STORED.get(part.type);
  if (dtype === undefined) throw refuse(variable, path, `expected values of a numeric type, got type ${part.type}`);
  if (part.length % ITEM_BYTES[dtype] !== 0) {
    throw refuse(variable, path, `expected whole values of ${dtype}, got ${part.length} bytes`);
  }
  return { part, dtype };
}

async function readPart(part: Part, dtype: Dtype, { name, isBig }: MatVariable, path: string): Promise<MatrixData> {
  const bytes = new Uint8Array(part.length);
  let filled = 0;
  for await (const block of part.stream()) {
    bytes.set(block, filled);
    filled += block.length;
  }
  const place = { path, member: name };
  const values = allocate(dtype, bytes.length / ITEM_BYTES[dtype], place);
  decodeElements(bytes, dtype, isBig, values, 0, (_, problem) => new DataError(problem, place));
  return values;
}

/** A sparse table: row numbers, starts of columns, values. */
async function openSparse(variable: MatVariable, { path, size }: ByteSource): Promise<ArrayEntry> {
  const { name, shape, isLogical, length } = variable;
  const dtype = isLogical ? 'bool' : 'float64';
  const place = { path, member: name };
  const refusal = refusalOfSparse(shape, dtype, size, place);
  if (refusal !== null) return refusedEntry(path, name, { dtype: 'sparse', shape, bytes: length, refusal });
  const parts = [await numbersOf(variable, path), await numbersOf(variable, path), await numbersOf(variable, path)];
  const [rows, columns] = shape;
  return sparseEntry(path, name, { dtype, shape, fileBytes: size }, async () => {
    const [rowOf, starts, values] = await Promise.all(
      parts.map(({ part, dtype }) => readPart(part, dtype, variable, path)),
    );
    const count = starts[starts.length - 1];
    if (count > values.length) throw refuse(variable, path, `expected ${count} values, got ${values.length}`);
    const sum = new SparseSum(rows, columns, dtype, count, place);
    // There may be room for more row numbers than there are values.
    sum.eachOf(starts, rowOf, columns, (column, row, k) => sum.add(row, column, values[k]));
    return sum.finish();
  });
}

function refuse({ name }: MatVariable, path: string, problem: string): DataError {
  return new DataError(problem, { path, member: name });
}

const MAGIC = Array.from('MATLAB 5.0 MAT-file', (letter) => letter.charCodeAt(0));

/** .mat of version 5, an archive of variables. */
export const mat = {
  name: 'mat',
  extensions: ['mat'],
  begins: (prefix) => beginsWith(prefix, MAGIC),
  open: openMat,
} as const satisfies ArrayFormat;
