import { DataError } from '../../errors.js';
import type { Layout } from '../../io/dense.js';
import { ITEM_BYTES } from '../../io/dtype.js';
import type { Tensor } from '../../io/open-tensors.js';
import { inBlocksOf } from '../../io/source.js';
import { type Note, note } from '../../note.js';
import { mention, phrase } from '../../phrase.js';
import type { Reading } from '../dataset.js';
import { consecutive } from './consecutive.js';
import { type ImageRows, imagesInMemory } from './file-dataset.js';
import { type FileSettings, refuseUseless } from './file-options.js';
import { packedImages } from './packed-images.js';
import {
  applyLevels,
  areBytes,
  decodePixels,
  interleave,
  largestOf,
  levelsUpTo,
  type PixelLayout,
  type PixelRange,
  pixelElements,
  pixelLayout,
  placeOf,
  rangeOfType,
  rangeOfValues,
  refuseBright,
  type Stretch,
  toBytes,
  type White,
} from './pixels.js';

/** Images of an array, and what was decided about them. */
export interface ArrayImages {
  readonly images: ImageRows;
  readonly reading: Pick<Reading, 'white' | 'order'>;
  readonly notes: readonly Note[];
}

// Bytes of pixels up to which images are read whole, with their checksum.
const WHOLE_BYTES = 256 << 20;
// And if they are deflated, so that they cannot be read in pieces.
const INFLATED_BYTES = 1 << 30;
const BLOCK_BYTES = 1 << 20;
// No set of 8-bit pictures is that dark throughout: these are counts, such as the 0 .. 16 of
// optical digits.
const DARKEST_MAXIMUM = 16;

/** What is said about the images of an array: what is white, and where the channels are. */
export type ImageSettings = Pick<FileSettings, 'maximum' | 'order' | 'like'>;

/**
 * The images of an array. Those of at most 256 MiB are read whole; larger ones in ranges of rows
 * where they lie bare in the file. What is deflated is inflated into memory, up to 1 GiB, zeros and
 * ones as bits.
 *
 * @throws DataError for another type or shape, pixels out of range, or deflated images beyond that
 * size
 */
export async function openArrayImages(tensor: Tensor, settings: ImageSettings): Promise<ArrayImages> {
  const place = placeOf(tensor);
  const order = settings.order ?? settings.like?.order;
  const shape = pixelLayout(tensor.shape, place, order);
  const layout = pixelElements(tensor);
  const { rows, image } = shape;
  const notes = shape.note === null ? [] : [shape.note];
  const pixels = rows * image.height * image.width * image.channels;
  if (pixels <= WHOLE_BYTES || (tensor.read === undefined && pixels <= INFLATED_BYTES)) {
    const { bytes, range } = await readWhole(tensor, layout, shape, pixels, givenWhite(settings));
    const white = whiteOf(layout, range, settings, () => largestOf(bytes));
    scale(bytes, white, { first: 0, each: pixels / rows, place }, layout);
    notes.push(...white.notes);
    return { images: imagesInMemory(bytes, image), reading: readingOf(white, shape), notes };
  }
  if (tensor.read !== undefined) return openRanges({ tensor, layout, shape, read: tensor.read }, settings, notes);
  if (areBytes(layout) && !shape.isPlanar && pixels / 8 <= INFLATED_BYTES && (await beginsBinary(tensor))) {
    return { images: packedImages(rows, image, tensor.stream, place), reading: { white: 1 }, notes };
  }
  const size = `its images are deflated and fill ${pixels} bytes, more than the ${INFLATED_BYTES} that are held in memory`;
  const unzip = 'unzip the archive and open the .npy file in it';
  const unpack = phrase`say ${mention('unpackTo')}, an .npy file that they are written to once, or `;
  // What is unpacked is read as bytes.
  const isUnpackable = layout.dtype === 'uint8';
  throw new DataError([`${size}; `, ...(isUnpackable ? unpack : []), unzip], place);
}

interface FoundWhite extends White {
  readonly notes: readonly Note[];
}

/** The white that whole numbers have without being looked at. */
function givenWhite({ maximum, like }: ImageSettings): White | null {
  if (maximum !== undefined) return { value: maximum, from: 'option' };
  return like?.white === undefined ? null : { value: like.white, from: 'before' };
}

/** @throws RangeError for a maximum that the images have no use for */
function whiteOf(
  layout: Layout,
  range: PixelRange,
  { maximum, like }: ImageSettings,
  findLargest: () => number,
): FoundWhite {
  if (range === 'unit') refuseUseless({ maximum }, [], `images of ${layout.dtype} from 0 to 1`);
  if (range === 'unit' || layout.dtype === 'bool')
    return { value: range === 'unit' ? 255 : 1, from: 'type', notes: [] };
  if (maximum !== undefined) return { value: maximum, from: 'option', notes: [] };
  const largest = findLargest();
  const isDark = largest > 0 && largest <= DARKEST_MAXIMUM;
  const more = { option: 'maximum', suggestion: phrase`unless ${mention('maximum')} says another` };
  const before = like?.white;
  if (before !== undefined) {
    const text = `the largest pixel is ${largest}; white is ${before}, as for the data that the run was trained on`;
    const isOther = isDark && largest !== before && before <= 255;
    return { value: before, from: 'before', notes: isOther ? [note('white-of-run', text, more)] : [] };
  }
  if (!isDark) return { value: 255, from: 'largest', notes: [] };
  const text = `the largest pixel is ${largest}, which is taken as white`;
  return { value: largest, from: 'largest', notes: [note('found-white', text, { ...more, isGuess: true })] };
}

function readingOf({ value, from }: White, { isPlanar, image }: PixelLayout): ArrayImages['reading'] {
  const isEither = [image.height, image.width].some((side) => side === 1 || side === 3);
  const order = isPlanar && isEither ? { order: 'nchw' as const } : {};
  return from === 'type' ? order : { white: value, ...order };
}

async function readWhole(
  tensor: Tensor,
  layout: Layout,
  shape: PixelLayout,
  pixels: number,
  white: White | null,
): Promise<{ bytes: Uint8Array; range: PixelRange }> {
  const place = placeOf(tensor);
  const bytes = new Uint8Array(pixels);
  let range = rangeOfType(layout);
  let filled = 0;
  for await (const block of inBlocksOf(tensor.stream(), BLOCK_BYTES)) {
    const stretch = { first: filled, each: pixels / shape.rows, place };
    const values = decodePixels(block, layout, stretch);
    if (range === null) {
      range = rangeOfValues(values);
      // So far there were zeros and ones, kept as such.
      if (range === 'unit') spreadOnes(bytes.subarray(0, filled));
    }
    bytes.set(toBytes(values, layout, range ?? 'whole', stretch, white), filled);
    filled += values.length;
  }
  if (range === null) spreadOnes(bytes);
  if (shape.isPlanar) interleave(bytes, shape.image);
  return { bytes, range: range ?? 'unit' };
}

function spreadOnes(bytes: Uint8Array): void {
  for (let i = 0; i < bytes.length; i++) bytes[i] *= 255;
}

/** Spreads whole numbers up to white; those whose white is beyond 255 have been. */
function scale(bytes: Uint8Array, { value, from }: White, { first, each, place }: Stretch, layout: Layout): void {
  if (value > 255 && !areBytes(layout)) return;
  applyLevels(bytes, value, levelsUpTo(value), (i) =>
    refuseBright(value, bytes[i], from, { ...place, row: Math.floor((first + i) / each) }),
  );
}

interface Ranges {
  readonly tensor: Tensor;
  readonly layout: Layout;
  readonly shape: PixelLayout;
  readonly read: NonNullable<Tensor['read']>;
}

// As many reads wait for the disk at a time.
const READS = 64;
// Rows looked at from the beginning, the middle and the end, to tell what is white.
const SAMPLE_ROWS = 64;

async function openRanges(ranges: Ranges, settings: ImageSettings, notes: readonly Note[]): Promise<ArrayImages> {
  const { layout, shape } = ranges;
  const { rows, image } = shape;
  const imageBytes = image.height * image.width * image.channels;
  const sample = await readSample(ranges, imageBytes);
  const range = rangeOfType(layout) ?? firstRange(sample) ?? 'unit';
  const white = whiteOf(layout, range, settings, () => Math.max(...sample.map(largestOf)));
  const readStretch = async (wanted: ArrayLike<number>, from: number, to: number, out: Uint8Array): Promise<void> => {
    const { values, stretch } = await readRows(ranges, wanted[from], to - from, imageBytes);
    const bytes = toBytes(values, layout, range, stretch, givenWhite(settings));
    if (shape.isPlanar) interleave(bytes, image);
    scale(bytes, white, stretch, layout);
    out.set(bytes, from * imageBytes);
  };
  const images: ImageRows = {
    size: rows,
    image,
    isBinary: white.value === 1,
    async read(wanted, out) {
      const stretches = [...consecutive(wanted, 256)];
      for (let i = 0; i < stretches.length; i += READS) {
        await Promise.all(stretches.slice(i, i + READS).map(([from, to]) => readStretch(wanted, from, to, out)));
      }
    },
  };
  const unchecked = 'the images are read in pieces, so the checksum of their array is not checked';
  return {
    images,
    reading: readingOf(white, shape),
    notes: [...notes, ...white.notes, note('unchecked-checksum', unchecked)],
  };
}

async function readRows(
  ranges: Ranges,
  first: number,
  count: number,
  imageBytes: number,
): Promise<{ values: ArrayLike<number>; stretch: Stretch }> {
  const { tensor, layout, read } = ranges;
  const rowBytes = imageBytes * ITEM_BYTES[layout.dtype];
  const stored = await read(first * rowBytes, count * rowBytes);
  const stretch = { first: first * imageBytes, each: imageBytes, place: placeOf(tensor) };
  return { values: decodePixels(stored, layout, stretch), stretch };
}

/** Rows from the beginning, the middle and the end. */
async function readSample(ranges: Ranges, imageBytes: number): Promise<Array<ArrayLike<number>>> {
  const { rows } = ranges.shape;
  const count = Math.min(SAMPLE_ROWS, rows);
  const starts = [0, Math.floor((rows - count) / 2), rows - count];
  return Promise.all(starts.map(async (start) => (await readRows(ranges, start, count, imageBytes)).values));
}

function firstRange(sample: ReadonlyArray<ArrayLike<number>>): PixelRange | null {
  return sample.map(rangeOfValues).find((range) => range !== null) ?? null;
}

const LOOKED_AT_BYTES = 4 << 20;

/** Whether the first 4 MiB are zeros and ones. */
async function beginsBinary(tensor: Tensor): Promise<boolean> {
  let seen = 0;
  for await (const block of tensor.stream()) {
    if (largestOf(block) > 1) return false;
    seen += block.length;
    if (seen >= LOOKED_AT_BYTES) break;
  }
  return true;
}
