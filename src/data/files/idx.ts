import { DataError } from '../../errors.js';
import { InflateError, inflateGzip } from '../../io/inflate.js';
import { formatShape } from '../../io/shape.js';
import { type ByteSource, streamRange } from '../../io/source.js';
import { joinBytes } from '../../join-bytes.js';
import { type Note, note } from '../../note.js';
import type { Dataset, Reading } from '../dataset.js';
import { checksumOfText, identifyFile } from './checksum.js';
import { tableOfColumns } from './columns-table.js';
import { describeParts } from './describe-files.js';
import { fileDataset, imagesInMemory, NO_FACTORS } from './file-dataset.js';

/** An array of bytes out of an IDX file. */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly values: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;
const MOST_BYTES = 2 ** 30;

/**
 * Reads an IDX file (Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database": two zeros, a type,
 * the number of dimensions, their lengths as big-endian 32-bit integers, the values), bare or in
 * gzip. Only unsigned bytes are read.
 *
 * @throws DataError when it is damaged, cut short, longer than it says, or of another type
 */
export async function readIdx(source: ByteSource): Promise<IdxArray> {
  const { path, size } = source;
  const start = await source.read(0, Math.min(2, size));
  const isGzip = start[0] === 0x1f && start[1] === 0x8b;
  const bare = streamRange(source, 0, size);
  try {
    return await readBare(isGzip ? inflateGzip(bare) : bare, path);
  } catch (error) {
    if (!(error instanceof InflateError)) throw error;
    throw Object.assign(new DataError('the compressed data is damaged', { path }), { cause: error });
  }
}

const MOST_HEADER_BYTES = 20;

async function readBare(stream: AsyncIterable<Uint8Array>, path: string): Promise<IdxArray> {
  const header = new Uint8Array(MOST_HEADER_BYTES);
  let array: IdxArray | null = null;
  let got = 0;
  for await (const piece of stream) {
    let rest = piece;
    if (array === null) {
      const room = header.subarray(got);
      room.set(piece.subarray(0, room.length));
      const shape = parseShape(header.subarray(0, Math.min(got + piece.length, MOST_HEADER_BYTES)), path, false);
      if (shape === null) {
        got += piece.length;
        continue;
      }
      const headerBytes = 4 + 4 * shape.length;
      array = { shape, values: new Uint8Array(shape.reduce((product, length) => product * length, 1)) };
      rest = piece.subarray(headerBytes - got);
      got = 0;
    }
    const { values } = array;
    if (got + rest.length > values.length) throw wrongLength(array, 'more', path);
    values.set(rest, got);
    got += rest.length;
  }
  if (array === null) {
    parseShape(header.subarray(0, got), path, true);
    throw new DataError(`expected an IDX header, got ${got} bytes`, { path });
  }
  if (got !== array.values.length) throw wrongLength(array, String(headerBytesOf(array) + got), path);
  return array;
}

const headerBytesOf = ({ shape }: IdxArray) => 4 + 4 * shape.length;

function wrongLength(array: IdxArray, got: string, path: string): DataError {
  const header = headerBytesOf(array);
  const whole = `${header + array.values.length} bytes (a header of ${header} and ${formatShape(array.shape)} bytes)`;
  return new DataError(`expected ${whole}, got ${got}`, { path });
}

/**
 * The shape in a header.
 * @param isWhole whether there is no more than these bytes
 * @returns null where the header goes on
 */
function parseShape(bytes: Uint8Array, path: string, isWhole: boolean): number[] | null {
  if (bytes.length < 4 && !isWhole) return null;
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0) {
    throw new DataError('expected an IDX file, which begins with two zeros', { path, byte: 0 });
  }
  if (bytes[2] !== UNSIGNED_BYTE) {
    const got = `0x${bytes[2].toString(16).padStart(2, '0')}`;
    throw new DataError(`expected an IDX file of unsigned bytes (type 0x08), got type ${got}`, { path, byte: 2 });
  }
  const count = bytes[3];
  if (count < 1 || count > 4) throw new DataError(`expected 1 to 4 dimensions, got ${count}`, { path, byte: 3 });
  if (bytes.length < 4 + 4 * count) {
    if (!isWhole) return null;
    throw new DataError(`expected an IDX header of ${4 + 4 * count} bytes, got ${bytes.length}`, { path });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const shape = Array.from({ length: count }, (_, k) => view.getUint32(4 + k * 4));
  const pixels = shape.reduce((product, length) => product * length, 1);
  if (pixels <= MOST_BYTES) return shape;
  throw new DataError(`expected an IDX file of at most ${MOST_BYTES} bytes, got shape ${formatShape(shape)}`, { path });
}

/** A file of images, and the one of their labels where it is known. */
export interface IdxPair {
  readonly images: ByteSource;
  readonly labels: ByteSource | null;
}

/**
 * The name that the file of labels has beside a file of images, as MNIST and Fashion-MNIST name
 * them; null for others.
 */
export function labelsNameOf(imagesName: string): string | null {
  const labels = imagesName.replace(/images([.-])idx3/, 'labels$1idx1');
  return labels === imagesName ? null : labels;
}

/**
 * MNIST, Fashion-MNIST and their like: images (N, H, W), and labels (N), the one factor. Several
 * pairs follow one another. Everything is held in memory.
 */
export async function openIdxDataset(
  pairs: readonly IdxPair[],
  name: string,
  labels?: Reading['labels'],
): Promise<Dataset> {
  try {
    return await readPairs(pairs, name, labels);
  } finally {
    for (const { images, labels } of pairs) {
      await images.close?.();
      await labels?.close?.();
    }
  }
}

async function readPairs(pairs: readonly IdxPair[], name: string, known?: Reading['labels']): Promise<Dataset> {
  const { path } = pairs[0].images;
  const parts: Uint8Array[] = [];
  const labels: number[] = [];
  const identities: string[] = [];
  const notes: Note[] = [];
  let image: { height: number; width: number; channels: number } | null = null;
  for (const pair of pairs) {
    const pixels = await readIdx(pair.images);
    if (pixels.shape.length !== 3) {
      throw new DataError(`expected images of shape (N, H, W), got ${formatShape(pixels.shape)}`, {
        path: pair.images.path,
      });
    }
    const [rows, height, width] = pixels.shape;
    if (height < 1 || width < 1) {
      throw new DataError(`expected images of at least 1 x 1, got ${height} x ${width}`, { path: pair.images.path });
    }
    if (image !== null && (image.height !== height || image.width !== width)) {
      throw new DataError(`expected images of ${image.height} x ${image.width}, got ${height} x ${width}`, {
        path: pair.images.path,
      });
    }
    image = { height, width, channels: 1 };
    parts.push(pixels.values);
    if (pair.labels !== null) for (const label of await readLabels(pair.labels, rows)) labels.push(label);
    for (const file of [pair.images, pair.labels]) {
      if (file !== null) identities.push((await identifyFile(file)).checksum);
    }
  }
  const bytes = parts.length === 1 ? parts[0] : joinBytes(parts);
  const images = imagesInMemory(bytes, image as NonNullable<typeof image>);
  if (labels.length > 0 && labels.length !== images.size) {
    throw new DataError('expected a file of labels beside every file of images, or beside none', { path });
  }
  const columns = tableOfColumns({ names: ['label'], values: labels, rows: labels.length }, { labels: known });
  if (labels.length === 0) notes.push(note('no-factors', 'it has no file of labels'));
  notes.push(...describeParts(pairs.map((pair) => pair.images.path)));
  const isLabelled = labels.length > 0;
  return fileDataset({
    name,
    path,
    identity: { format: 'idx', bytes: bytes.length, checksum: checksumOfText(identities.join('\n')) },
    images,
    reading: { white: 255 },
    table: isLabelled ? columns.table : NO_FACTORS,
    notes: [...notes, ...(isLabelled ? columns.notes : [])],
  });
}

async function readLabels(source: ByteSource, rows: number): Promise<Uint8Array> {
  const { shape, values } = await readIdx(source);
  if (shape.length !== 1 || shape[0] !== rows) {
    throw new DataError(`expected ${rows} labels, one for each image, got shape ${formatShape(shape)}`, {
      path: source.path,
    });
  }
  return values;
}
