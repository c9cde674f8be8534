import { DataError } from '../../errors.js';
import { checkFactorNames, FACTOR_NAMES, FACTOR_TYPES, readFactorTypes } from '../../io/factor-labels.js';
import { openTensors, readStrings, type Tensor } from '../../io/open-tensors.js';
import { formatShape } from '../../io/shape.js';
import type { ByteSource } from '../../io/source.js';
import { note } from '../../note.js';
import type { FactorType } from '../../types.js';
import type { Dataset } from '../dataset.js';
import { openArrayImages } from './array-images.js';
import { checksumOfText, identifyFile } from './checksum.js';
import { type ColumnsTable, tableOfColumns } from './columns-table.js';
import { type FactorTable, fileDataset, gridTable, NO_FACTORS } from './file-dataset.js';
import { type FileOptions, refuseUseless } from './file-options.js';
import { pixelElements, pixelLayout, placeOf } from './pixels.js';

/**
 * The data set of an .npz archive or an .npy array. Which members count:
 *
 *   imgs, latents_classes           dSprites (https://github.com/google-deepmind/dsprites-dataset); its `metadata` is a
 *                                   pickle and is passed over by its name
 *   images of a size of MPI3D       MPI3D (https://github.com/rr-learning/disentanglement_dataset), by its grid
 *   images, factors or labels, factor_names, factor_types     any other
 */
export async function openArrayDataset(source: ByteSource, name: string, options: FileOptions): Promise<Dataset> {
  const { path } = source;
  const tensors = await openTensors(source, (member) => member === 'metadata');
  const find = (...names: string[]) => tensors.find((tensor) => tensor.name !== null && names.includes(tensor.name));
  const pixels = tensors.length === 1 && tensors[0].name === null ? tensors[0] : find('images', 'imgs');
  if (pixels === undefined) {
    const found = tensors.map((tensor) => `${tensor.name} ${formatShape(tensor.shape)}`).join(', ');
    throw new DataError(`expected an array called images or imgs, got ${found || 'none'}`, { path });
  }
  const { rows } = pixelLayout(pixels.shape, placeOf(pixels));
  refuseUselessFor(pixels, options);
  let bare: { tensor: Tensor; source: ByteSource } | null = null;
  if (options.unpackTo !== undefined) {
    const { unpackTo } = await import('./unpack.js');
    const origin = `${pixels.name} ${pixels.checksum}`;
    bare = await unpackTo(options.unpackTo, { shape: pixels.shape, origin, stream: () => pixels.stream() });
  }
  try {
    const { images, notes } = await openArrayImages(bare?.tensor ?? pixels, options.maximum ?? null);
    const found = await findFactors(pixels, rows, find);
    const isArchive = pixels.name !== null;
    const checksums = tensors.map((tensor) => `${tensor.name} ${tensor.checksum}`).join('\n');
    return fileDataset({
      name,
      path,
      identity: {
        format: isArchive ? 'npz' : 'npy',
        // The directory of an archive has a checksum of every member, so this one stands for all
        // that is in it.
        ...(isArchive ? { bytes: source.size, checksum: checksumOfText(checksums) } : await identifyFile(source)),
        maximum: options.maximum ?? null,
      },
      images,
      table: found.table,
      notes: [...notes, ...found.notes],
      async close() {
        await source.close?.();
        await bare?.source.close?.();
      },
    });
  } catch (error) {
    await bare?.source.close?.();
    throw error;
  }
}

/** What the type and the storage of the images have no use for. */
function refuseUselessFor(pixels: Tensor, options: FileOptions): void {
  refuseUseless(options, ['maximum', 'unpackTo'], 'images of an array');
  const { dtype } = pixelElements(pixels);
  if (dtype !== 'uint8') refuseUseless(options, dtype === 'bool' ? [] : ['maximum'], `images of ${dtype}`);
  if (pixels.read !== undefined) refuseUseless(options, ['maximum'], 'images that are not deflated');
}

type Find = (...names: string[]) => Tensor | undefined;

const DSPRITES_NAMES = ['color', 'shape', 'scale', 'orientation', 'posX', 'posY'];

async function findFactors(pixels: Tensor, rows: number, find: Find): Promise<ColumnsTable> {
  const classes = find('latents_classes');
  if (classes !== undefined) {
    const width = widthOf(classes);
    return readColumns(classes, rows, width === DSPRITES_NAMES.length ? DSPRITES_NAMES : plainNames(width));
  }
  const table = find('factors') ?? find('labels', 'label');
  if (table === undefined) {
    const grid = mpi3dGrid(pixels.shape);
    const text = 'the factors are those of the grid of MPI3D, in the order of its authors';
    return grid === null
      ? { table: NO_FACTORS, notes: [note('no-factors', 'it holds no factors')] }
      : { table: grid, notes: [note('grid-factors', text)] };
  }
  const width = widthOf(table);
  const [names, kinds] = [find(FACTOR_NAMES), find(FACTOR_TYPES)];
  const types = kinds && (await readFactorTypes(kinds.table, width));
  if (names === undefined) return readColumns(table, rows, plainNames(width), types);
  const given = await readStrings(names);
  checkFactorNames(given, width, names);
  return readColumns(table, rows, given, types);
}

/** The number of factors in a table, (N, K), or in a column, (N). */
function widthOf({ shape }: Tensor): number {
  return shape.length === 1 ? 1 : shape[1];
}

function plainNames(width: number): string[] {
  return width === 1 ? ['label'] : Array.from({ length: width }, (_, k) => `factor${k}`);
}

async function readColumns(
  tensor: Tensor,
  rows: number,
  names: readonly string[],
  types?: readonly FactorType[],
): Promise<ColumnsTable> {
  if (tensor.shape[0] !== rows) {
    throw new DataError(`expected a row for each of ${rows} images, got ${tensor.shape[0]}`, placeOf(tensor));
  }
  const { data } = await tensor.table.read();
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const where = { row: Math.floor(bad / names.length), column: bad % names.length };
    throw new DataError(`expected a number, got ${data[bad]}`, { ...placeOf(tensor), ...where });
  }
  return tableOfColumns({ names, values: data, rows, types });
}

// Sizes of object_color and object_shape: the published full variants (toy, realistic, real) and
// the one of 460,800 images, which the complex set and the first release share.
const MPI3D_ROWS: ReadonlyMap<number, number> = new Map([
  [1_036_800, 6],
  [460_800, 4],
]);

/** The grid of MPI3D, told by the number and size of the images. */
function mpi3dGrid(shape: readonly number[]): FactorTable | null {
  const objects = MPI3D_ROWS.get(shape[0]);
  if (objects === undefined || shape.slice(1).join() !== '64,64,3') return null;
  return gridTable([
    ['object_color', objects],
    ['object_shape', objects],
    ['object_size', 2],
    ['camera_height', 3],
    ['background_color', 3],
    ['horizontal_axis', 40],
    ['vertical_axis', 40],
  ]);
}
