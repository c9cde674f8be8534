import { DataError, type Place } from '../../errors.js';
import { decodeElements } from '../../io/decode.js';
import type { Layout } from '../../io/dense.js';
import { allocate, ITEM_BYTES } from '../../io/dtype.js';
import { formatShape } from '../../io/shape.js';
import type { Tensor } from '../../io/tensors.js';
import type { ImageShape } from '../dataset.js';

/** How the images of an array lie in it. */
export interface PixelLayout {
  readonly rows: number;
  readonly image: ImageShape;
  /** Channel after channel, (C, H, W), instead of pixel after pixel. */
  readonly isPlanar: boolean;
  /** What had to be decided, or null. */
  readonly note: string | null;
}

/** Where an array is, for messages. */
export function placeOf(tensor: Tensor): Place {
  return tensor.name === null ? { path: tensor.path } : { path: tensor.path, member: tensor.name };
}

/**
 * Tells height, width and channels of an array of images by its shape: (N, H, W), (N, H, W, C) or (N, C, H, W) with one
 * or three channels. Where both could be, the last dimension is the channels.
 */
export function pixelLayout(shape: readonly number[], place: Place): PixelLayout {
  const [rows, a, b, c] = shape;
  const isChannels = (count: number) => count === 1 || count === 3;
  if (shape.some((length) => length === 0) || shape.length < 3 || shape.length > 4) throw refuse(shape, place);
  if (shape.length === 3) return { rows, image: { height: a, width: b, channels: 1 }, isPlanar: false, note: null };
  if (isChannels(c)) {
    const note = isChannels(a) ? `the shape ${formatShape(shape)} is taken as (N, H, W, C)` : null;
    return { rows, image: { height: a, width: b, channels: c }, isPlanar: false, note };
  }
  if (!isChannels(a)) throw refuse(shape, place);
  const note = `the shape ${formatShape(shape)} is taken as (N, C, H, W)`;
  return { rows, image: { height: b, width: c, channels: a }, isPlanar: true, note };
}

function refuse(shape: readonly number[], place: Place): DataError {
  return new DataError(
    `expected images of shape (N, H, W), (N, H, W, C) or (N, C, H, W) with 1 or 3 channels, got ${formatShape(shape)}`,
    place,
  );
}

const WHOLE_TYPES = ['uint8', 'bool'];
const REAL_TYPES = ['float16', 'float32', 'float64'];

/** The layout of elements that pixels can be made of. */
export function pixelElements(tensor: Tensor): Layout {
  const { layout, dtype } = tensor;
  const place = placeOf(tensor);
  if (layout === null || ![...WHOLE_TYPES, ...REAL_TYPES].includes(layout.dtype)) {
    throw new DataError(`expected images of uint8, bool, or floats from 0 to 1, got ${dtype}`, place);
  }
  if (layout.fortranOrder) {
    throw new DataError(
      'expected images in row order, got Fortran order; save them with numpy.ascontiguousarray',
      place,
    );
  }
  return layout;
}

/** Whether the elements are bytes already. */
export function areBytes(layout: Layout): boolean {
  return WHOLE_TYPES.includes(layout.dtype);
}

/**
 * Turns stored elements into bytes: floats from 0 to 1 into 0 .. 255, rounded; bytes as they are.
 * @param firstRow the row that `stored` begins in, and `rowElements` how many a row has, for messages
 */
export function toBytes(
  stored: Uint8Array,
  layout: Layout,
  firstElement: number,
  rowElements: number,
  place: Place,
): Uint8Array {
  if (areBytes(layout)) return stored;
  const refuseAt = (index: number, got: number) =>
    new DataError(`expected pixels from 0 to 1, got ${got}`, {
      ...place,
      row: Math.floor((firstElement + index) / rowElements),
    });
  const count = stored.length / ITEM_BYTES[layout.dtype];
  const values = allocate(layout.dtype, count, place);
  decodeElements(stored, layout.dtype, layout.bigEndian, values, 0, (index, problem) => {
    return new DataError(problem, { ...place, row: Math.floor((firstElement + index) / rowElements) });
  });
  const out = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const value = values[i];
    if (!(value >= 0 && value <= 1)) throw refuseAt(i, value);
    out[i] = Math.round(value * 255);
  }
  return out;
}

/** A table from stored values to 0 .. 255 where `maximum` is white. */
export function levelsUpTo(maximum: number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, value) => Math.min(255, Math.round((value * 255) / maximum)));
}

/** Maps bytes in place; refuses those above `maximum`. */
export function applyLevels(bytes: Uint8Array, maximum: number, levels: Uint8Array, refuseValue: (i: number) => Error) {
  if (maximum === 255) return;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] > maximum) throw refuseValue(i);
    bytes[i] = levels[bytes[i]];
  }
}

/** Turns images of planes, in place, into images of pixels. */
export function interleave(bytes: Uint8Array, { height, width, channels }: ImageShape): void {
  const plane = height * width;
  const planes = new Uint8Array(plane * channels);
  for (let start = 0; start < bytes.length; start += planes.length) {
    planes.set(bytes.subarray(start, start + planes.length));
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < plane; i++) bytes[start + i * channels + c] = planes[c * plane + i];
    }
  }
}

/** The largest of some bytes. */
export function largestOf(bytes: Uint8Array): number {
  let largest = 0;
  for (let i = 0; i < bytes.length; i++) if (bytes[i] > largest) largest = bytes[i];
  return largest;
}
