import { DataError } from '../../errors.js';
import { countColumns, describeWords } from '../../io/columns.js';
import { readFactorLabels } from '../../io/factor-labels.js';
import { openTensors, type Tensor } from '../../io/open-tensors.js';
import { withWords } from '../../io/reshape.js';
import { ROLES } from '../../io/roles.js';
import { formatShape } from '../../io/shape.js';
import type { ByteSource } from '../../io/source.js';
import { type Note, note } from '../../note.js';
import { mention, phrase } from '../../phrase.js';
import type { Dataset } from '../dataset.js';
import { openArrayImages } from './array-images.js';
import { checksumOfText, identifyFile } from './checksum.js';
import { type ColumnsTable, tableOfColumns } from './columns-table.js';
import { type FactorTable, fileDataset, gridTable, NO_FACTORS } from './file-dataset.js';
import { type FileOptions, type FileSettings, refuseUseless, typesGiven } from './file-options.js';
import { pixelElements, pixelLayout, placeOf } from './pixels.js';

/** Names of members that are taken for images unasked, the best first. */
const IMAGES = ['images', 'imgs', 'x_train', 'X_train', 'train_images', 'X', 'x', 'data'];

/**
 * The data set of an .npz archive or an .npy array. Which members count:
 *
 *   imgs, latents_classes           dSprites (https://github.com/google-deepmind/dsprites-dataset); its `metadata` is a
 *                                   pickle and is passed over by its name
 *   images of a size of MPI3D       MPI3D (https://github.com/rr-learning/disentanglement_dataset), by its grid
 *   the usual names for images and factors, factor_names, factor_types     any other
 */
export async function openArrayDataset(source: ByteSource, name: string, options: FileSettings): Promise<Dataset> {
  const { path } = source;
  const tensors = await openTensors(source, (member) => member === 'metadata');
  const chosen = pickImages(tensors, options, path);
  const pixels = chosen.tensor;
  const { rows } = pixelLayout(pixels.shape, placeOf(pixels), options.order ?? options.like?.order);
  refuseUselessFor(pixels, options);
  let bare: { tensor: Tensor; source: ByteSource } | null = null;
  if (options.unpackTo !== undefined) {
    const { unpackTo } = await import('./unpack.js');
    const origin = `${pixels.name} ${pixels.checksum}`;
    bare = await unpackTo(options.unpackTo, { shape: pixels.shape, origin, stream: () => pixels.stream() });
  }
  try {
    const { images, reading, notes } = await openArrayImages(bare?.tensor ?? pixels, options);
    const factors = pickFactors(tensors, pixels, options, path);
    const found = await findFactors(pixels, rows, factors, tensors, options);
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
        ...chosenMembers(options),
      },
      images,
      reading,
      table: found.table,
      notes: [...chosen.notes, ...notes, ...(factors?.notes ?? []), ...found.notes],
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
  const members = pixels.name === null ? [] : (['imagesMember', 'factorsMember', 'factorTypes'] as const);
  const always = [...(pixels.shape.length > 3 ? (['order'] as const) : []), ...members];
  refuseUseless(options, ['maximum', 'unpackTo', ...always], 'images of an array');
  const { dtype } = pixelElements(pixels);
  if (dtype !== 'uint8') {
    refuseUseless(options, dtype === 'bool' ? always : ['maximum', ...always], `images of ${dtype}`);
  }
  if (pixels.read !== undefined) refuseUseless(options, ['maximum', ...always], 'images that are not deflated');
}

/** What else decides which arrays are taken; nothing where nothing was said. */
function chosenMembers({ order, imagesMember, factorsMember, factorTypes }: FileOptions) {
  return {
    ...(order !== undefined && { order }),
    ...(imagesMember !== undefined && { imagesMember }),
    ...(factorsMember !== undefined && { factorsMember }),
    ...(factorTypes !== undefined && { factorTypes: factorTypes.join() }),
  };
}

interface Chosen {
  readonly tensor: Tensor;
  readonly notes: readonly Note[];
}

function pickImages(tensors: readonly Tensor[], { imagesMember }: FileOptions, path: string): Chosen {
  if (tensors.length === 1 && tensors[0].name === null) return { tensor: tensors[0], notes: [] };
  if (imagesMember !== undefined) return { tensor: named(tensors, 'imagesMember', imagesMember, path), notes: [] };
  const areFactors = ({ name, table }: Tensor) => ROLES.factors.includes(name ?? '') && table.refusal === null;
  const looksLikeImages = (tensor: Tensor) => tensor.layout !== null && tensor.shape.length >= 3 && !areFactors(tensor);
  const usual = bestOf(tensors, IMAGES);
  const others = tensors.filter((tensor) => tensor !== usual && looksLikeImages(tensor));
  const tensor = usual ?? (others.length === 1 ? others[0] : undefined);
  if (tensor === undefined) {
    const problem = `expected an array called ${IMAGES.slice(0, -1).join(', ')} or ${IMAGES.at(-1)}`;
    throw new DataError(phrase`${problem}, got ${describe(tensors)}; say ${mention('imagesMember')}`, { path });
  }
  const [first] = others;
  const isAlone = usual !== undefined && first === undefined;
  return { tensor, notes: isAlone ? [] : [describeChoice(tensor, 'images', usual && first, 'imagesMember')] };
}

/** The array of factors, if there is one. */
function pickFactors(
  tensors: readonly Tensor[],
  pixels: Tensor,
  { factorsMember }: FileOptions,
  path: string,
): Chosen | null {
  if (factorsMember !== undefined) return { tensor: named(tensors, 'factorsMember', factorsMember, path), notes: [] };
  const rest = tensors.filter((tensor) => tensor !== pixels);
  const tensor = bestOf(rest, ROLES.factors);
  if (tensor === undefined) return null;
  // The values of dSprites are those of its classes.
  const isKnown = tensor.name === 'latents_classes';
  const other = rest.find(
    (one) => one !== tensor && ROLES.factors.includes(one.name ?? '') && one.shape[0] === pixels.shape[0],
  );
  if (other === undefined || isKnown) return { tensor, notes: [] };
  return { tensor, notes: [describeChoice(tensor, 'factors', other, 'factorsMember')] };
}

function bestOf(tensors: readonly Tensor[], names: readonly string[]): Tensor | undefined {
  const found = names.map((name) => tensors.find((tensor) => tensor.name === name));
  return found.find((tensor) => tensor !== undefined);
}

function named(tensors: readonly Tensor[], option: string, member: string, path: string): Tensor {
  const found = tensors.find(({ name }) => name === member || `${name}.npy` === member);
  if (found !== undefined) return found;
  throw new DataError(phrase`found no '${member}' for ${mention(option)}, got ${describe(tensors)}`, { path });
}

function describe(tensors: readonly Tensor[]): string {
  return tensors.map((tensor) => `${tensor.name} ${formatShape(tensor.shape)}`).join(', ') || 'none';
}

function describeChoice({ name }: Tensor, role: string, other: Tensor | undefined, option: string): Note {
  const text = `'${name}' is taken for the ${role}${other === undefined ? '' : `, not '${other.name}'`}`;
  const suggestion = phrase`unless ${mention(option)} says another`;
  return note('chosen-member', text, { option, suggestion, isGuess: true });
}

const DSPRITES_NAMES = ['color', 'shape', 'scale', 'orientation', 'posX', 'posY'];

async function findFactors(
  pixels: Tensor,
  rows: number,
  chosen: Chosen | null,
  tensors: readonly Tensor[],
  { factorTypes, like }: FileSettings,
): Promise<ColumnsTable> {
  const { path } = pixels;
  if (chosen === null) {
    const grid = mpi3dGrid(pixels.shape);
    const text = 'the factors are those of the grid of MPI3D, in the order of its authors';
    return grid === null
      ? { table: NO_FACTORS, notes: [note('no-factors', 'it holds no factors')] }
      : { table: grid, notes: [note('grid-factors', text)] };
  }
  const place = placeOf(chosen.tensor);
  const entry = await withWords(chosen.tensor.table);
  if (entry.refusal !== null) throw new DataError(entry.refusal, place);
  const width = countColumns(entry);
  if (entry.shape[0] !== rows) {
    throw new DataError(`expected a row for each of ${rows} images, got ${entry.shape[0]}`, place);
  }
  const refused: DataError[] = [];
  const file = { path, format: 'npz', arrays: tensors.map(({ table }) => table) };
  const labels = await readFactorLabels(file, entry, (refusal) => refused.push(refusal));
  const isDsprites = entry.name === 'latents_classes' && width === DSPRITES_NAMES.length;
  const names = isDsprites ? DSPRITES_NAMES : (labels.names ?? plainNames(width));
  const types = typesGiven(factorTypes, width).map((type, k) => type ?? labels.types?.[k] ?? null);
  const { data } = await entry.read();
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const where = { row: Math.floor(bad / width), column: bad % width };
    throw new DataError(`expected a number, got ${data[bad]}`, { ...place, ...where });
  }
  const { words } = entry;
  const found = tableOfColumns({ names, values: data, rows, types, words }, { labels: like?.labels });
  const ofNames = refused.map(({ message }) => note('unused-factor-names', `factors are numbered: ${message}`));
  return { ...found, notes: [...(entry.notes ?? []), ...describeWords(entry), ...ofNames, ...found.notes] };
}

function plainNames(width: number): string[] {
  return width === 1 ? ['label'] : Array.from({ length: width }, (_, k) => `factor${k}`);
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
