import { DataError, type Place } from '../../errors.js';
import type { Layout } from '../../io/dense.js';
import { ITEM_BYTES } from '../../io/dtype.js';
import { inBlocksOf } from '../../io/source.js';
import type { Tensor } from '../../io/tensors.js';
import { consecutive } from './consecutive.js';
import { type ImageRows, imagesInMemory } from './file-dataset.js';
import { packedImages } from './packed-images.js';
import {
  applyLevels,
  areBytes,
  interleave,
  largestOf,
  levelsUpTo,
  type PixelLayout,
  pixelElements,
  pixelLayout,
  placeOf,
  toBytes,
} from './pixels.js';

/** Images of an array, and what was decided about them. */
export interface ArrayImages {
  readonly images: ImageRows;
  readonly notes: readonly string[];
}

// Bytes of pixels up to which images are read whole, with their checksum.
const WHOLE_BYTES = 256 << 20;
// And if they are deflated, so that they cannot be read in pieces.
const INFLATED_BYTES = 1 << 30;
const BLOCK_BYTES = 1 << 20;
// No set of 8-bit pictures is that dark throughout: these are counts, such as the 0 .. 16 of optical digits.
const DARKEST_MAXIMUM = 16;

/**
 * The images of an array. Those of at most 256 MiB are read whole; larger ones in ranges of rows where they lie bare in
 * the file. What is deflated is inflated into memory, up to 1 GiB, zeros and ones as bits.
 *
 * @param maximum the value that is white in whole numbers; null finds it
 * @throws DataError for another type or shape, pixels out of range, or deflated images beyond that size
 */
export async function openArrayImages(tensor: Tensor, maximum: number | null): Promise<ArrayImages> {
  const place = placeOf(tensor);
  const shape = pixelLayout(tensor.shape, place);
  const layout = pixelElements(tensor);
  const { rows, image, note } = shape;
  const notes = note === null ? [] : [note];
  const pixels = rows * image.height * image.width * image.channels;
  if (pixels <= WHOLE_BYTES || (tensor.read === undefined && pixels <= INFLATED_BYTES)) {
    const bytes = await readWhole(tensor, layout, shape, pixels);
    const white = knownWhite(layout, maximum) ?? whiteOf(largestOf(bytes), notes);
    scale(bytes, white, 0, pixels / rows, place);
    return { images: imagesInMemory(bytes, image), notes };
  }
  if (tensor.read !== undefined) return openRanges({ tensor, layout, shape, read: tensor.read }, maximum, notes);
  if (areBytes(layout) && !shape.isPlanar && pixels / 8 <= INFLATED_BYTES && (await beginsBinary(tensor))) {
    return { images: packedImages(rows, image, tensor.stream, place), notes };
  }
  const size = `its images are deflated and fill ${pixels} bytes, more than the ${INFLATED_BYTES} that are held in memory`;
  const unzip = 'unzip the archive and open the .npy file in it';
  // What is unpacked is read as bytes.
  const isUnpackable = layout.dtype === 'uint8';
  throw new DataError(
    `${size}; ${isUnpackable ? `say unpackTo, an .npy file that they are written to once, or ${unzip}` : unzip}`,
    place,
  );
}

/** The value that is white where the type or the user says it, or null. */
function knownWhite(layout: Layout, maximum: number | null): number | null {
  if (!areBytes(layout)) return 255;
  return layout.dtype === 'bool' ? 1 : maximum;
}

/** The value that is white where the largest is known. */
function whiteOf(largest: number, notes: string[]): number {
  if (largest === 0 || largest > DARKEST_MAXIMUM) return 255;
  notes.push(`the largest pixel is ${largest}, which is taken as white`);
  return largest;
}

async function readWhole(tensor: Tensor, layout: Layout, shape: PixelLayout, pixels: number): Promise<Uint8Array> {
  const place = placeOf(tensor);
  const itemBytes = ITEM_BYTES[layout.dtype];
  const bytes = new Uint8Array(pixels);
  let filled = 0;
  for await (const block of inBlocksOf(tensor.stream(), BLOCK_BYTES)) {
    const part = toBytes(block, layout, filled, pixels / shape.rows, place);
    bytes.set(part, filled);
    filled += block.length / itemBytes;
  }
  if (shape.isPlanar) interleave(bytes, shape.image);
  return bytes;
}

function scale(bytes: Uint8Array, white: number, firstRow: number, rowElements: number, place: Place): void {
  applyLevels(bytes, white, levelsUpTo(white), (i) => {
    return new DataError(`expected pixels from 0 to ${white}, got ${bytes[i]}; say the maximum`, {
      ...place,
      row: firstRow + Math.floor(i / rowElements),
    });
  });
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

async function openRanges(ranges: Ranges, maximum: number | null, notes: string[]): Promise<ArrayImages> {
  const { tensor, layout, shape } = ranges;
  const place = placeOf(tensor);
  const { rows, image } = shape;
  const imageBytes = image.height * image.width * image.channels;
  const white = knownWhite(layout, maximum) ?? whiteOf(await largestOfSample(ranges, imageBytes), notes);
  const readStretch = async (wanted: ArrayLike<number>, from: number, to: number, out: Uint8Array): Promise<void> => {
    const bytes = await readRows(ranges, wanted[from], to - from, imageBytes);
    if (shape.isPlanar) interleave(bytes, image);
    scale(bytes, white, wanted[from], imageBytes, place);
    out.set(bytes, from * imageBytes);
  };
  const images: ImageRows = {
    size: rows,
    image,
    isBinary: white === 1,
    async read(wanted, out) {
      const stretches = [...consecutive(wanted, 256)];
      for (let i = 0; i < stretches.length; i += READS) {
        await Promise.all(stretches.slice(i, i + READS).map(([from, to]) => readStretch(wanted, from, to, out)));
      }
    },
  };
  return { images, notes: [...notes, 'the images are read in pieces, so the checksum of their array is not checked'] };
}

async function readRows(ranges: Ranges, first: number, count: number, imageBytes: number): Promise<Uint8Array> {
  const { tensor, layout, read } = ranges;
  const rowBytes = imageBytes * ITEM_BYTES[layout.dtype];
  const stored = await read(first * rowBytes, count * rowBytes);
  return toBytes(stored, layout, first * imageBytes, imageBytes, placeOf(tensor));
}

async function largestOfSample(ranges: Ranges, imageBytes: number): Promise<number> {
  const { rows } = ranges.shape;
  const count = Math.min(SAMPLE_ROWS, rows);
  const starts = [0, Math.floor((rows - count) / 2), rows - count];
  const samples = await Promise.all(starts.map((start) => readRows(ranges, start, count, imageBytes)));
  return Math.max(...samples.map(largestOf));
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
