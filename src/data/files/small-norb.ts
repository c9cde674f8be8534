import { DataError } from '../../errors.js';
import { formatShape } from '../../io/shape.js';
import type { ByteSource } from '../../io/source.js';
import type { Dataset } from '../dataset.js';
import { areaAverage } from './area-average.js';
import { checksumOfText, identifyFile } from './checksum.js';
import { tableOfColumns } from './columns-table.js';
import { describeParts, describeResized } from './describe-files.js';
import { fileDataset, type ImageRows } from './file-dataset.js';
import type { NamedFile } from './named-file.js';

/** The header of a file of smallNORB, and where its values begin. */
export interface NorbHeader {
  readonly type: 'uint8' | 'int32';
  readonly shape: readonly number[];
  readonly start: number;
}

const TYPES: ReadonlyMap<number, readonly [name: string, itemBytes: number]> = new Map([
  [0x1e3d4c51, ['float32', 4]],
  [0x1e3d4c52, ['packed', 1]],
  [0x1e3d4c53, ['float64', 8]],
  [0x1e3d4c54, ['int32', 4]],
  [0x1e3d4c55, ['uint8', 1]],
  [0x1e3d4c56, ['int16', 2]],
]);

/**
 * Reads the header of a "binary matrix" (F. J. Huang, Y. LeCun, "The small NORB dataset, v1.0"): a
 * magic number for the type, the number of dimensions, and as many lengths, but never fewer than
 * three; all little-endian 32-bit integers.
 *
 * @throws DataError when it is damaged, of another type than bytes or 32-bit integers, or the file
 * is of another length
 */
export async function readNorbHeader(source: ByteSource): Promise<NorbHeader> {
  const { path, size } = source;
  const least = 8 + 3 * 4;
  if (size < least) throw new DataError(`expected a header of ${least} bytes, got ${size}`, { path });
  const view = viewOf(await source.read(0, Math.min(size, 8 + 8 * 4)));
  const magic = view.getUint32(0, true);
  const type = TYPES.get(magic);
  if (type === undefined) {
    throw new DataError(`expected a magic number of smallNORB, got 0x${magic.toString(16)}`, { path, byte: 0 });
  }
  const [name, itemBytes] = type;
  if (name !== 'uint8' && name !== 'int32') {
    throw new DataError(`expected bytes or 32-bit integers, got ${name}`, { path, byte: 0 });
  }
  const dimensions = view.getInt32(4, true);
  if (dimensions < 1 || dimensions > 8) {
    throw new DataError(`expected 1 to 8 dimensions, got ${dimensions}`, { path, byte: 4 });
  }
  const start = 8 + 4 * Math.max(3, dimensions);
  if (size < start) throw new DataError(`expected a header of ${start} bytes, got ${size}`, { path });
  const shape = Array.from({ length: dimensions }, (_, k) => view.getInt32(8 + k * 4, true));
  const expected = start + shape.reduce((product, length) => product * length, itemBytes);
  if (shape.some((length) => length < 0) || size !== expected) {
    throw new DataError(
      `expected ${expected} bytes (a header of ${start} and ${formatShape(shape)} ${name}), got ${size}`,
      { path },
    );
  }
  return { type: name, shape, start };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The three files of a part: training or testing. */
export interface NorbPart {
  readonly images: NamedFile;
  readonly categories: NamedFile;
  readonly info: NamedFile;
}

const ROLE = /-(dat|cat|info)(\.mat)?$/;

/**
 * Groups files into parts by what stands before `-dat`, `-cat` and `-info`; training comes before
 * testing.
 */
export function norbParts(files: readonly NamedFile[], path: string): NorbPart[] {
  const groups = new Map<string, Map<string, NamedFile>>();
  for (const file of files) {
    const role = ROLE.exec(file.name)?.[1];
    if (role === undefined) continue;
    const stem = file.name.replace(ROLE, '');
    groups.set(stem, (groups.get(stem) ?? new Map()).set(role, file));
  }
  const parts = [...groups].map(([stem, roles]) => {
    const find = (role: string): NamedFile => {
      const file = roles.get(role);
      if (file === undefined) throw new DataError(`expected the file ${stem}-${role}.mat beside the others`, { path });
      return file;
    };
    return { stem, part: { images: find('dat'), categories: find('cat'), info: find('info') } };
  });
  if (parts.length === 0) throw new DataError('expected files called ...-dat.mat, -cat.mat and -info.mat', { path });
  const isTest = (stem: string) => Number(/test/.test(stem));
  return parts.sort((a, b) => isTest(a.stem) - isTest(b.stem)).map(({ part }) => part);
}

const NAMES = ['category', 'instance', 'elevation', 'azimuth', 'lighting'];

interface OpenPart {
  readonly rows: number;
  readonly source: ByteSource;
  readonly header: NorbHeader;
}

/**
 * smallNORB: the left image of every pair, resized by area averaging, and five factors. Images are
 * read in pieces. Azimuths, 0, 2 .. 34 in the file, are numbered, and so are the instances that are
 * there.
 */
export async function openNorb(parts: readonly NorbPart[], path: string, name: string, edge: number): Promise<Dataset> {
  const opened: OpenPart[] = [];
  const factors: Int32Array[] = [];
  const identities: string[] = [];
  const close = async (): Promise<void> => {
    for (const { source } of opened) await source.close?.();
  };
  try {
    for (const part of parts) {
      const source = await part.images.open();
      const header = await readNorbHeader(source).catch(async (error) => {
        await source.close?.();
        throw error;
      });
      opened.push({ rows: header.shape[0], source, header });
      const { shape, type } = header;
      if (shape.length !== 4 || type !== 'uint8' || shape[1] !== 2 || shape[2] < 1 || shape[3] < 1) {
        throw new DataError(`expected bytes of shape (N, 2, H, W), got ${formatShape(shape)} ${type}`, {
          path: source.path,
        });
      }
      if (shape[2] !== opened[0].header.shape[2] || shape[3] !== opened[0].header.shape[3]) {
        throw new DataError(`expected images as large as those of ${opened[0].source.path}`, { path: source.path });
      }
      const categories = await readTable(part.categories, shape[0], 1);
      const info = await readTable(part.info, shape[0], 4);
      const table = new Int32Array(shape[0] * 5);
      for (let row = 0; row < shape[0]; row++) {
        table[row * 5] = categories[row];
        table.set(info.subarray(row * 4, row * 4 + 4), row * 5 + 1);
      }
      factors.push(table);
      identities.push(`${shape[0]} ${(await identifyFile(source)).checksum}`);
    }
    const images = leftImages(opened, edge);
    const values = new Int32Array(images.size * 5);
    let filled = 0;
    for (const table of factors) {
      values.set(table, filled);
      filled += table.length;
    }
    const columns = tableOfColumns({ names: NAMES, values, rows: images.size });
    const [height, width] = opened[0].header.shape.slice(2);
    return fileDataset({
      name,
      path,
      identity: { format: 'smallnorb', checksum: checksumOfText(identities.join('\n')), edge },
      images,
      reading: { white: 255, size: edge },
      table: columns.table,
      notes: [
        describeResized(`left images only, ${height} x ${width}`, edge),
        ...describeParts(opened.map((part) => part.source.path)),
        ...columns.notes,
      ],
      close,
    });
  } catch (error) {
    await close();
    throw error;
  }
}

function leftImages(parts: readonly OpenPart[], edge: number): ImageRows {
  const [height, width] = parts[0].header.shape.slice(2);
  const image = { height: edge, width: edge, channels: 1 };
  const resize = areaAverage({ height, width, channels: 1 }, image);
  const readOne = async (row: number, out: Uint8Array, at: number): Promise<void> => {
    let left = row;
    const part = parts.find(({ rows }) => {
      if (left < rows) return true;
      left -= rows;
      return false;
    }) as OpenPart;
    const bytes = await part.source.read(part.header.start + left * 2 * height * width, height * width);
    resize(bytes, 0, out, at);
  };
  return {
    size: parts.reduce((sum, { rows }) => sum + rows, 0),
    image,
    isBinary: false,
    async read(rows, out) {
      for (let i = 0; i < rows.length; i += 64) {
        const some = Array.from({ length: Math.min(64, rows.length - i) }, (_, k) => i + k);
        await Promise.all(some.map((k) => readOne(rows[k], out, k * edge * edge)));
      }
    },
  };
}

async function readTable(file: NamedFile, rows: number, columns: number): Promise<Int32Array> {
  const source = await file.open();
  try {
    const { shape, type, start } = await readNorbHeader(source);
    const expected = columns === 1 ? [rows] : [rows, columns];
    if (type !== 'int32' || shape.join() !== expected.join()) {
      throw new DataError(
        `expected 32-bit integers of shape ${formatShape(expected)}, got ${formatShape(shape)} ${type}`,
        { path: source.path },
      );
    }
    const bytes = await source.read(start, rows * columns * 4);
    const view = viewOf(bytes);
    return Int32Array.from({ length: rows * columns }, (_, i) => view.getInt32(i * 4, true));
  } finally {
    await source.close?.();
  }
}
