import { convertIndexedToRgb, type DecodedPng, decode as decodePng } from 'fast-png';
import { DataError } from '../../errors.js';
import { kindOfBytes } from './kinds.js';

/** A picture as bytes, (H, W, C). */
export interface Picture {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly pixels: Uint8Array;
}

/** Decodes bytes of a picture; `path` is for messages. */
export type DecodePicture = (bytes: Uint8Array, path: string) => Picture;

const MOST_PIXELS = 2 ** 26;

/**
 * PNG: grey and colour, 1 to 16 bits, palettes, interlaced from 8 bits on. Transparent pixels are
 * refused, as what is behind them is anybody's guess.
 *
 * @throws DataError when it is damaged, cut short or beyond 2^26 pixels
 */
export function decodePngPicture(bytes: Uint8Array, path: string): Picture {
  if (bytes.length < 33) throw new DataError(`expected a PNG header of 33 bytes, got ${bytes.length}`, { path });
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  checkSize(header.getUint32(20), header.getUint32(16), path);
  if (bytes[28] !== 0 && bytes[24] < 8) {
    throw new DataError('expected a PNG of 8 bits or more where it is interlaced', { path, byte: 24 });
  }
  let png: DecodedPng;
  try {
    png = decodePng(bytes, { checkCrc: true });
  } catch (error) {
    throw Object.assign(new DataError('the PNG is damaged or cut short', { path }), { cause: error });
  }
  const { height, width } = png;
  if (png.palette !== undefined) {
    const colours = guarded(path, () => convertIndexedToRgb(png));
    return withoutAlpha(new Uint8Array(colours), height, width, png.palette[0].length, path);
  }
  if (png.transparency !== undefined && png.transparency.length > 0) throw transparent(path);
  return withoutAlpha(eightBits(png), height, width, png.channels, path);
}

function checkSize(height: number, width: number, path: string): void {
  if (height < 1 || width < 1 || height * width > MOST_PIXELS) {
    throw new DataError(`expected a picture of 1 to ${MOST_PIXELS} pixels, got ${width} x ${height}`, { path });
  }
}

function guarded<T>(path: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    throw Object.assign(new DataError('the PNG is damaged', { path }), { cause: error });
  }
}

function transparent(path: string): DataError {
  return new DataError('expected a picture without transparent pixels; flatten it', { path });
}

function eightBits({ data, depth, width, height, channels }: DecodedPng): Uint8Array {
  if (depth === 8) return new Uint8Array(data);
  if (depth === 16) return Uint8Array.from(data, (value) => Math.round(value / 257));
  // Several pixels to a byte, the first in its top bits; every line begins in a byte of its own.
  const most = 2 ** depth - 1;
  const lineBytes = Math.ceil((width * channels * depth) / 8);
  return Uint8Array.from({ length: width * height * channels }, (_, i) => {
    const line = Math.floor(i / (width * channels));
    const bit = (i % (width * channels)) * depth;
    const byte = data[line * lineBytes + (bit >> 3)];
    return (((byte >> (8 - depth - (bit & 7))) & most) * 255) / most;
  });
}

/** Takes an alpha channel off that is opaque throughout. */
function withoutAlpha(pixels: Uint8Array, height: number, width: number, channels: number, path: string): Picture {
  if (pixels.length !== height * width * channels) throw new DataError('the PNG is cut short', { path });
  if (channels === 1 || channels === 3) return { height, width, channels, pixels };
  const kept = channels === 2 ? 1 : 3;
  const out = new Uint8Array(height * width * kept);
  for (let i = 0; i < height * width; i++) {
    if (pixels[i * channels + kept] !== 255) throw transparent(path);
    for (let c = 0; c < kept; c++) out[i * kept + c] = pixels[i * channels + c];
  }
  return { height, width, channels: kept, pixels: out };
}

interface JpegLibrary {
  decode(
    bytes: Uint8Array,
    options: {
      useTArray: true;
      formatAsRGBA: false;
      tolerantDecoding: false;
      maxResolutionInMP: number;
      maxMemoryUsageInMB: number;
    },
  ): { width: number; height: number; data: Uint8Array };
}

/**
 * What the decoder may take: of three components as large as the picture, 4 bytes for each
 * coefficient and one for each sample; then 3 bytes a pixel, twice. The blocks at the edges are
 * whole ones, for which there is an eighth more.
 */
const JPEG_MEBIBYTES = ((3 * (4 + 1) + 6) * MOST_PIXELS * 1.125) / 2 ** 20;

interface Frame {
  readonly height: number;
  readonly width: number;
  readonly components: number;
  /** Where its header is. */
  readonly at: number;
}

/** The height, width and components of a JPEG, out of the header of its frame. */
function readFrame(bytes: Uint8Array, path: string): Frame {
  for (let at = 2; at + 9 < bytes.length; ) {
    if (bytes[at] !== 0xff) break;
    const marker = bytes[at + 1];
    // A marker may be preceded by any number of 0xff.
    if (marker === 0xff) {
      at++;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame && marker > 0xc2) break;
    if (isFrame) {
      const read16 = (i: number) => bytes[i] * 256 + bytes[i + 1];
      if (bytes[at + 4] !== 8) break;
      return { height: read16(at + 5), width: read16(at + 7), components: bytes[at + 9], at };
    }
    at += 2 + bytes[at + 2] * 256 + bytes[at + 3];
  }
  throw new DataError('expected a baseline or progressive JPEG of 8 bits', { path });
}

/**
 * Whether the marker of the end comes after the frame: a thumbnail before it has an end of its own,
 * and anything may follow.
 */
function hasEnd(bytes: Uint8Array, frame: number): boolean {
  for (let at = bytes.lastIndexOf(0xd9); at > frame; at = bytes.lastIndexOf(0xd9, at - 1)) {
    if (bytes[at - 1] === 0xff) return true;
  }
  return false;
}

/**
 * Loads the decoder of JPEG: baseline and progressive, 8 bits, grey or YCbCr. An orientation in its
 * EXIF is not applied.
 * @param mebibytes that it may take
 */
export async function loadJpegDecoder(mebibytes = JPEG_MEBIBYTES): Promise<DecodePicture> {
  const loaded = (await import('jpeg-js')) as unknown as JpegLibrary & { default?: JpegLibrary };
  const library = loaded.default ?? loaded;
  return (bytes, file) => {
    const { height, width, components, at } = readFrame(bytes, file);
    checkSize(height, width, file);
    if (components !== 1 && components !== 3) {
      throw new DataError(`expected a JPEG of 1 or 3 components, got ${components}`, { path: file });
    }
    // The marker of the end; a decoder may make up what is missing before it.
    if (!hasEnd(bytes, at)) throw new DataError('the JPEG is cut short', { path: file });
    let data: Uint8Array;
    try {
      const options = { useTArray: true, formatAsRGBA: false, tolerantDecoding: false } as const;
      const limits = { maxResolutionInMP: Math.ceil(MOST_PIXELS / 1e6), maxMemoryUsageInMB: mebibytes };
      ({ data } = library.decode(bytes, { ...options, ...limits }));
    } catch (error) {
      const isTooLarge = /memory|allocation/i.test((error as Error).message);
      const problem = isTooLarge
        ? `the JPEG is too large to be decoded in memory: ${width} x ${height} pixels`
        : 'the JPEG is damaged or cut short';
      throw Object.assign(new DataError(problem, { path: file }), { cause: error });
    }
    if (components === 3) return { height, width, channels: 3, pixels: data };
    // The decoder gives grey three times.
    return { height, width, channels: 1, pixels: Uint8Array.from({ length: height * width }, (_, i) => data[i * 3]) };
  };
}

/** Whether bytes begin as PNG or JPEG; null for anything else. */
export function pictureKind(bytes: Uint8Array): 'png' | 'jpeg' | null {
  const kind = kindOfBytes(bytes);
  return kind === 'png' || kind === 'jpeg' ? kind : null;
}
