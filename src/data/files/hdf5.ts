import { DataError } from '../../errors.js';
import type { Hdf5Array } from '../../io/hdf5/array.js';
import { entryOf, readHdf5 } from '../../io/hdf5/open.js';
import { ROLES } from '../../io/roles.js';
import { formatShape } from '../../io/shape.js';
import type { ByteSource } from '../../io/source.js';
import { type Note, note } from '../../note.js';
import { mention, phrase } from '../../phrase.js';
import type { Dataset, Reading } from '../dataset.js';
import { openArrayImages } from './array-images.js';
import { identifyFile } from './checksum.js';
import { type ColumnsTable, tableOfColumns } from './columns-table.js';
import { consecutive } from './consecutive.js';
import { fileDataset, type ImageRows, imagesInMemory, NO_FACTORS } from './file-dataset.js';
import { type FileSettings, refuseUseless } from './file-options.js';
import { pixelLayout } from './pixels.js';

/**
 * Up to how many bytes of pixels are read at once, and how many may be unpacked to read one image.
 */
export interface Hdf5Limits {
  readonly whole: number;
  readonly unpacked: number;
}

// Beyond a mebibyte, unpacking chunks for a batch takes longer than training on it.
const LIMITS: Hdf5Limits = { whole: 256 << 20, unpacked: 1 << 20 };
const PASS_BYTES = 128 << 20;

const SHAPES3D_NAMES = ['floor_hue', 'wall_hue', 'object_hue', 'scale', 'shape', 'orientation'];
const SHAPES3D_SIZES = '10,10,10,8,4,15';

/**
 * An HDF5 file with `images`, bytes of shape (N, H, W, C), and `labels`, (N, K): 3dshapes
 * (https://github.com/google-deepmind/3dshapes-dataset) is one. Labels are numbered in the order of
 * their values. Images are read in hyperslabs; where the chunks of the file are so wide that an
 * image would unpack more than a mebibyte, `unpackTo` writes them to an .npy file once.
 *
 * @throws DataError for other contents, or for wide chunks without `unpackTo`
 */
export async function openHdf5(
  source: ByteSource,
  name: string,
  options: FileSettings,
  limits: Hdf5Limits = LIMITS,
): Promise<Dataset> {
  const { path } = source;
  refuseUseless(options, ['unpackTo'], 'HDF5');
  const identity = await identifyFile(source);
  const arrays = await readHdf5(source);
  let close: (() => Promise<void>) | undefined;
  try {
    const images = findArray(arrays, 'images', path);
    const { shape } = images;
    const { isPlanar, image, rows } = pixelLayout(shape, { path, member: 'images' });
    const { dtype, named } = images.type;
    if (dtype !== 'uint8' || isPlanar) {
      const got = `${formatShape(shape)} ${dtype ?? named}`;
      throw new DataError(`expected bytes of shape (N, H, W, C), got ${got}`, { path, member: 'images' });
    }
    const labels = await readLabels(arrays, rows, source, options.like?.labels);
    const pixels = shape.reduce((product, length) => product * length, 1);
    const unpacked = unpackedPerImage(images);
    const notes: Note[] = [];
    let found: ImageRows;
    if (pixels <= limits.whole || unpacked <= limits.unpacked) {
      refuseUseless(options, [], 'HDF5 that is read as it is');
    }
    if (pixels <= limits.whole) {
      const bytes = new Uint8Array(pixels);
      let filled = 0;
      for await (const block of inPasses(images)) {
        bytes.set(block, filled);
        filled += block.length;
      }
      found = imagesInMemory(bytes, image);
    } else if (unpacked <= limits.unpacked) {
      found = slabs(images, image);
    } else if (options.unpackTo !== undefined) {
      const { unpackTo } = await import('./unpack.js');
      const origin = JSON.stringify(identity);
      const { source: bare, tensor } = await unpackTo(options.unpackTo, {
        shape,
        origin,
        stream: () => inPasses(images),
      });
      close = async () => bare.close?.();
      ({ images: found } = await openArrayImages(tensor, { maximum: 255 }));
      notes.push(note('unpacked-images', `the images are read from ${options.unpackTo}`, { option: 'unpackTo' }));
    } else {
      const problem = `its chunks are so wide that reading one image unpacks ${unpacked} bytes`;
      throw new DataError(
        phrase`${problem}; say ${mention('unpackTo')}, an .npy file that its ${pixels} bytes are written to once`,
        {
          path,
          member: 'images',
        },
      );
    }
    return fileDataset({
      name,
      path,
      identity: { format: 'hdf5', ...identity },
      images: found,
      reading: { white: 255 },
      table: labels.table,
      notes: [...notes, ...labels.notes],
      ...(close && { close }),
    });
  } catch (error) {
    await close?.();
    throw error;
  }
}

function findArray(arrays: readonly Hdf5Array[], member: string, path: string): Hdf5Array {
  const found = arrays.find(({ name }) => name === member);
  if (found === undefined) {
    const names = arrays.map(({ name }) => name).join(', ');
    throw new DataError(`expected a data set called ${member}, got ${names || 'none'}`, { path });
  }
  return found;
}

/** Bytes that must be unpacked to read one image: of every chunk that it touches. */
export function unpackedPerImage({ shape, chunks }: Pick<Hdf5Array, 'shape' | 'chunks'>): number {
  if (chunks === null) return 0;
  const touched = shape.slice(1).reduce((product, length, k) => product * Math.ceil(length / chunks[k + 1]), 1);
  return touched * chunks.reduce((product, length) => product * length, 1);
}

/** All images in order, a whole number of chunks at a time. */
async function* inPasses({ shape, chunks, read }: Hdf5Array): AsyncGenerator<Uint8Array> {
  const rowBytes = shape.slice(1).reduce((product, length) => product * length, 1);
  const chunkRows = chunks?.[0] ?? 1;
  const rows = chunkRows * Math.max(1, Math.floor(PASS_BYTES / (chunkRows * rowBytes)));
  for (let row = 0; row < shape[0]; row += rows) yield await read(row, Math.min(shape[0], row + rows));
}

function slabs(images: Hdf5Array, image: ImageRows['image']): ImageRows {
  const imageBytes = image.height * image.width * image.channels;
  return {
    size: images.shape[0],
    image,
    isBinary: false,
    async read(rows, out) {
      for (const [from, to] of consecutive(rows, 256)) {
        out.set(await images.read(rows[from], rows[from] + to - from), from * imageBytes);
      }
    },
  };
}

async function readLabels(
  arrays: readonly Hdf5Array[],
  rows: number,
  source: ByteSource,
  known: Reading['labels'],
): Promise<ColumnsTable> {
  const found = ['labels', ...ROLES.factors].map((member) => arrays.find(({ name }) => name === member));
  const labels = found.find((array) => array !== undefined);
  if (labels === undefined) return { table: NO_FACTORS, notes: [note('no-factors', 'it holds no labels')] };
  const { path } = source;
  const { shape } = labels;
  const width = shape.length === 1 ? 1 : shape[1];
  if (shape.length > 2 || shape[0] !== rows || width === 0) {
    throw new DataError(`expected labels of shape (${rows}, K), got ${formatShape(shape)}`, {
      path,
      member: labels.name,
    });
  }
  const values = Float64Array.from((await entryOf(source, labels).read()).data);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const where = { row: Math.floor(bad / width), column: bad % width };
    throw new DataError(`expected a number, got ${values[bad]}`, { path, member: labels.name, ...where });
  }
  const plain = Array.from({ length: width }, (_, k) => (width === 1 ? 'label' : `factor${k}`));
  const columns = tableOfColumns({ names: plain, values, rows }, { isRanked: true, labels: known });
  const sizes = columns.table.factors.map(({ size }) => size).join();
  const isShapes3d = width === SHAPES3D_NAMES.length && sizes === SHAPES3D_SIZES;
  return isShapes3d
    ? tableOfColumns({ names: SHAPES3D_NAMES, values, rows }, { isRanked: true, labels: known })
    : columns;
}
