import { DataError, type Place } from '../../errors.js';
import { decodeElements } from '../../io/decode.js';
import type { Layout } from '../../io/dense.js';
import { allocate, ITEM_BYTES } from '../../io/dtype.js';
import type { Tensor } from '../../io/open-tensors.js';
import { formatShape } from '../../io/shape.js';
import { type Note, note } from '../../note.js';
import { mention, phrase } from '../../phrase.js';
import type { ImageShape } from '../dataset.js';

/** How the images of an array lie in it. */
export interface PixelLayout {
  readonly rows: number;
  readonly image: ImageShape;
  /** Channel after channel, (C, H, W), instead of pixel after pixel. */
  readonly isPlanar: boolean;
  /** What had to be decided, or null. */
  readonly note: Note | null;
}

/** Where an array is, for messages. */
export function placeOf(tensor: Tensor): Place {
  return tensor.name === null ? { path: tensor.path } : { path: tensor.path, member: tensor.name };
}

/** Where the channels are. */
export type Order = 'nhwc' | 'nchw';

/**
 * Tells height, width and channels of an array of images by its shape: (N, H, W), (N, H, W, C) or
 * (N, C, H, W) with one or three channels; rows of numbers, (N, D), are images of one line. Where
 * both orders could be, the last dimension is the channels, unless `order` says otherwise. More
 * dimensions are taken where all but these are 1.
 */
export function pixelLayout(stored: readonly number[], place: Place, order?: Order): PixelLayout {
  const shape = stored.length > 4 ? stored.filter((length, axis) => axis === 0 || length !== 1) : stored;
  const [rows, a, b, c] = shape;
  const isChannels = (count: number) => count === 1 || count === 3;
  if (stored.includes(0) || shape.length < 2 || shape.length > 4) throw refuse(stored, place);
  const dropped = shape === stored ? null : describeDropped(stored, shape);
  if (shape.length === 2) {
    const text = `the shape ${formatShape(shape)} is taken as rows of ${a} numbers`;
    const image = { height: 1, width: a, channels: 1 };
    return { rows, image, isPlanar: false, note: dropped ?? note('rows-of-numbers', text) };
  }
  if (shape.length === 3) return { rows, image: { height: a, width: b, channels: 1 }, isPlanar: false, note: dropped };
  const isEither = isChannels(a) && isChannels(c);
  const isPlanar = isEither ? order === 'nchw' : !isChannels(c);
  if (!isChannels(isPlanar ? a : c) || (order !== undefined && (order === 'nchw') !== isPlanar))
    throw refuse(stored, place);
  const image = isPlanar ? { height: b, width: c, channels: a } : { height: a, width: b, channels: c };
  const told = order === undefined && (isPlanar || isEither) ? describeOrder(shape, isPlanar, isEither) : null;
  return { rows, image, isPlanar, note: dropped ?? told };
}

/** @param isEither whether the shape could have another order as well */
function describeOrder(shape: readonly number[], isPlanar: boolean, isEither: boolean): Note {
  const text = `the shape ${formatShape(shape)} is taken as (${isPlanar ? 'N, C, H, W' : 'N, H, W, C'})`;
  if (!isEither) return note('order-of-dimensions', text);
  const suggestion = phrase`unless ${mention('order', 'nchw')}; ${mention('order', 'nhwc')} confirms it`;
  return note('order-of-dimensions', text, { option: 'order', suggestion, isGuess: true });
}

function describeDropped(stored: readonly number[], shape: readonly number[]): Note {
  return note('dropped-axes', `the shape ${formatShape(stored)} is taken as ${formatShape(shape)}`, {
    suggestion: 'as numpy.squeeze makes it',
    isGuess: true,
  });
}

function refuse(shape: readonly number[], place: Place): DataError {
  return new DataError(
    `expected images of shape (N, H, W), (N, H, W, C) or (N, C, H, W) with 1 or 3 channels, or rows of numbers (N, D), got ${formatShape(shape)}`,
    place,
  );
}

const BYTE_TYPES = ['uint8', 'bool'];
const WHOLE_TYPES = ['int8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64'];
const REAL_TYPES = ['float16', 'float32', 'float64'];

/** The layout of elements that pixels can be made of. */
export function pixelElements(tensor: Tensor): Layout {
  const { layout, dtype } = tensor;
  const place = placeOf(tensor);
  if (layout === null || ![...BYTE_TYPES, ...WHOLE_TYPES, ...REAL_TYPES].includes(layout.dtype)) {
    throw new DataError(
      `expected images of whole numbers from 0 to 255, bool, or floats from 0 to 1, got ${dtype}`,
      place,
    );
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
  return BYTE_TYPES.includes(layout.dtype);
}

/** What numbers stand for: whole ones from 0 to 255, or floats from 0 to 1. */
export type PixelRange = 'whole' | 'unit';

/** What the numbers of an array stand for by its type; null for floats, which can be either. */
export function rangeOfType(layout: Layout): PixelRange | null {
  return REAL_TYPES.includes(layout.dtype) ? null : 'whole';
}

/** What floats stand for by the first of them that is neither 0 nor 1; null where there is none. */
export function rangeOfValues(values: ArrayLike<number>): PixelRange | null {
  for (let i = 0; i < values.length; i++) {
    if (values[i] !== 0 && values[i] !== 1) return values[i] > 1 && Number.isInteger(values[i]) ? 'whole' : 'unit';
  }
  return null;
}

/** Where a stretch of elements lies in its array, for messages. */
export interface Stretch {
  /** The element that it begins with, and how many an image has. */
  readonly first: number;
  readonly each: number;
  readonly place: Place;
}

function placeWithin({ first, each, place }: Stretch, index: number): Place {
  return { ...place, row: Math.floor((first + index) / each) };
}

/** The numbers that are stored; bytes as they are. */
export function decodePixels(stored: Uint8Array, layout: Layout, stretch: Stretch): ArrayLike<number> {
  if (areBytes(layout)) return stored;
  const values = allocate(layout.dtype, stored.length / ITEM_BYTES[layout.dtype], stretch.place);
  decodeElements(stored, layout.dtype, layout.bigEndian, values, 0, (index, problem) => {
    return new DataError(problem, placeWithin(stretch, index));
  });
  return values;
}

/** The value that is white in whole numbers. */
export interface White {
  readonly value: number;
  /** Why it is that one: `type` says it, an option, the data before, or the largest pixel. */
  readonly from: 'type' | 'option' | 'before' | 'largest';
}

/** The refusal of a pixel beyond white, which says whose white that is, and how to have another. */
export function refuseBright(upTo: number | string, got: number, from: White['from'], place: Place): DataError {
  const whose = from === 'before' ? ', which is white in the data that the run was trained on' : '';
  const problem = `expected pixels from 0 to ${upTo}${whose}, got ${got}`;
  const isSaid = from === 'option' || from === 'type';
  return new DataError(isSaid ? problem : phrase`${problem}; say what is white: ${mention('maximum')}`, place);
}

/**
 * Turns numbers into bytes: floats from 0 to 1 into 0 .. 255, rounded; whole ones as they are, or,
 * where white is more than 255, as their share of it.
 */
export function toBytes(
  values: ArrayLike<number>,
  layout: Layout,
  range: PixelRange,
  stretch: Stretch,
  white: White | null = null,
): Uint8Array {
  if (areBytes(layout)) return values as Uint8Array;
  const isUnit = range === 'unit';
  const most = isUnit ? 1 : Math.max(255, white?.value ?? 0);
  const out = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!(value >= 0 && value <= most) || !(isUnit || Number.isInteger(value))) {
      const isEither = rangeOfType(layout) === null && white === null;
      const upTo = white !== null && !isUnit ? white.value : isEither ? '1, or whole numbers from 0 to 255' : 255;
      const isBright = !isUnit && value > most && Number.isInteger(value);
      throw refuseBright(upTo, value, isBright ? (white?.from ?? 'largest') : 'type', placeWithin(stretch, i));
    }
    out[i] = Math.round((value * 255) / most);
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

/** The largest of some numbers. */
export function largestOf(bytes: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < bytes.length; i++) if (bytes[i] > largest) largest = bytes[i];
  return largest;
}
