/** Sparse tables as scipy.sparse.save_npz writes them: an .npz of their parts. */
import { DataError, type Place } from '../errors.js';
import type { Dtype, Matrix } from '../matrix.js';
import type { ArrayEntry } from './array-file.js';
import { denseEntry, refusedEntry } from './dense.js';
import type { NpzMember } from './npz-member.js';
import type { ByteSource } from './source.js';
import { refusalOfSparse, SparseSum } from './sparse.js';
import { sparseEntry } from './sparse-entry.js';

type Members = ReadonlyMap<string, NpzMember>;

/** Which arrays say where the values are. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  csr: ['indices', 'indptr'],
  csc: ['indices', 'indptr'],
  bsr: ['indices', 'indptr'],
  coo: ['row', 'col'],
  dia: ['offsets'],
};

/** Whether an archive holds the parts of one sparse table. */
export function isSparseArchive(members: Members): boolean {
  const hasAll = (names: readonly string[]) => names.every((name) => members.has(name));
  return hasAll(['format', 'shape', 'data']) && Object.values(PARTS).some(hasAll);
}

/**
 * The one table of such an archive, which has no name. Values for one place are added up.
 * @throws DataError for parts that are missing or contradict each other
 */
export async function sparseNpzEntry({ path, size }: ByteSource, members: Members): Promise<ArrayEntry> {
  const format = await readFormat(path, members.get('format') as NpzMember);
  const names = Object.hasOwn(PARTS, format) ? PARTS[format] : null;
  if (names === null) {
    throw new DataError(`expected a sparse format of ${Object.keys(PARTS).join(', ')}, got '${format}'`, {
      path,
      member: 'format',
    });
  }
  const data = partOf(path, members, 'data');
  const positions = names.map((name) => partOf(path, members, name));
  for (const { dtype, name } of positions) {
    if (!/^u?int/.test(dtype ?? ''))
      throw new DataError(`expected whole numbers, got ${dtype}`, { path, member: name });
  }
  const shape = Array.from((await partOf(path, members, 'shape').read()).data);
  if (!shape.every((length) => Number.isSafeInteger(length) && length >= 0)) {
    throw new DataError(`expected whole numbers, got ${shape.join(', ')}`, { path, member: 'shape' });
  }
  const { dtype } = data;
  const refusal =
    dtype === null
      ? members.get('data')?.header.refusal
      : refusalOfSparse(shape, dtype, size, { path, member: 'shape' });
  if (dtype === null || refusal !== null) {
    return refusedEntry(path, null, { dtype: dtype ?? 'sparse', shape, bytes: 0, refusal: refusal ?? '' });
  }
  return sparseEntry(path, null, { dtype, shape, fileBytes: size }, async () => {
    const [values, first, second] = [await data.read(), await positions[0].read(), await positions[1]?.read()];
    const sum = new SparseSum(shape[0], shape[1], dtype, values.data.length, { path });
    fill(sum, {
      format,
      shape,
      values,
      valueShape: data.shape,
      first: first.data,
      second: second?.data ?? [],
      place: { path },
    });
    return sum.finish();
  });
}

async function readFormat(path: string, { payload }: NpzMember): Promise<string> {
  let format = '';
  // Bytes, or UTF-32 of old versions: letters with zeros between.
  for await (const block of payload.stream()) {
    format += String.fromCharCode(...block.subarray(0, 64).filter((byte) => byte !== 0));
    if (format.length > 8) throw new DataError('expected the name of a sparse format', { path, member: 'format' });
  }
  return format;
}

interface SparsePart {
  readonly name: string;
  readonly dtype: Dtype | null;
  readonly shape: readonly number[];
  read(): Promise<Matrix>;
}

/** An array of the archive; blocks of several dimensions are read as rows. */
function partOf(path: string, members: Members, name: string): SparsePart {
  const member = members.get(name);
  if (member === undefined) throw new DataError(`expected a sparse table with '${name}', got none`, { path });
  const { header, payload } = member;
  const { bigEndian, fortranOrder, shape } = header;
  const dtype = header.dtype as Dtype | null;
  if (shape.length === 3 && fortranOrder) throw new DataError('expected blocks in C order', { path, member: name });
  const flat = shape.length === 3 ? [shape[0], shape[1] * shape[2]] : shape;
  return {
    name,
    dtype,
    shape,
    async read() {
      if (dtype === null) throw new DataError(header.refusal ?? 'expected numbers', { path, member: name });
      return denseEntry(path, name, { dtype, bigEndian, fortranOrder, shape: flat }, payload).read();
    },
  };
}

interface Filling {
  readonly format: string;
  readonly shape: readonly number[];
  readonly values: Matrix;
  readonly valueShape: readonly number[];
  readonly first: ArrayLike<number>;
  readonly second: ArrayLike<number>;
  readonly place: Place;
}

function fill(sum: SparseSum, { format, shape, values, valueShape, first, second, place }: Filling): void {
  const [rows, columns] = shape;
  const { data } = values;
  const expectCount = (got: number, expected: number) => {
    if (got !== expected) throw new DataError(`expected ${expected} places of values, got ${got}`, place);
  };
  if (format === 'dia') {
    expectCount(first.length, values.rows);
    for (let k = 0; k < first.length; k++) {
      for (let column = Math.max(0, first[k]); column < Math.min(values.columns, columns, rows + first[k]); column++) {
        sum.add(column - first[k], column, data[k * values.columns + column]);
      }
    }
    return;
  }
  expectCount(first.length, values.rows);
  if (format === 'coo') {
    expectCount(second.length, data.length);
    for (let k = 0; k < data.length; k++) sum.add(first[k], second[k], data[k]);
  } else if (format === 'csc') {
    sum.eachOf(second, first, columns, (column, row, k) => sum.add(row, column, data[k]));
  } else if (format === 'csr') {
    sum.eachOf(second, first, rows, (row, column, k) => sum.add(row, column, data[k]));
  } else {
    const [, height, width] = valueShape;
    if (!(height > 0 && width > 0 && rows % height === 0 && columns % width === 0)) {
      throw new DataError(`expected blocks that fill (${rows}, ${columns}), got ${height} x ${width}`, place);
    }
    sum.eachOf(second, first, rows / height, (blockRow, blockColumn, k) => {
      for (let i = 0; i < height * width; i++) {
        const row = blockRow * height + Math.floor(i / width);
        sum.add(row, blockColumn * width + (i % width), data[k * height * width + i]);
      }
    });
  }
}
