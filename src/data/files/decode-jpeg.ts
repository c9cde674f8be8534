import { DataError } from '../../errors.js';
import { checkSize, type Picture, type PictureHeader } from './picture.js';

/** The pixels of the largest picture that is decoded: at 24 bytes each, 0.8 GB of memory. */
const MOST_PIXELS = 2 ** 25;

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

interface Header extends Omit<PictureHeader, 'hasMore'> {
  readonly components: number;
  /** Where the header of its frame is. */
  readonly at: number;
}

/**
 * Reads the header of the frame of a JPEG.
 * @returns null where it comes after the bytes that are given
 * @throws DataError for another kind of JPEG, for components that are not decoded, and for more
 * than 2^25 pixels
 */
export function findJpegHeader(bytes: Uint8Array, path: string): Header | null {
  let isTurned = false;
  const read16 = (at: number) => bytes[at] * 256 + bytes[at + 1];
  for (let at = 2; at + 9 < bytes.length; ) {
    if (bytes[at] !== 0xff) throw otherKind(path);
    const marker = bytes[at + 1];
    // A marker may be preceded by any number of 0xff.
    if (marker === 0xff) {
      at++;
      continue;
    }
    const length = read16(at + 2);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (!isFrame) {
      // APP1; the first of them counts.
      if (marker === 0xe1) isTurned ||= orientationOf(bytes.subarray(at + 4, at + 2 + length)) > 1;
      at += 2 + length;
      continue;
    }
    if (marker > 0xc2 || bytes[at + 4] !== 8) throw otherKind(path);
    const [height, width, components] = [read16(at + 5), read16(at + 7), bytes[at + 9]];
    checkSize({ height, width }, MOST_PIXELS, path);
    if (components !== 1 && components !== 3) {
      throw new DataError(`expected a JPEG of 1 or 3 components, got ${components}`, { path });
    }
    return { height, width, channels: components, depth: 8, isTurned, components, at };
  }
  return null;
}

function otherKind(path: string): DataError {
  return new DataError('expected a baseline or progressive JPEG of 8 bits', { path });
}

const EXIF = Array.from('Exif\0\0', (letter) => letter.charCodeAt(0));
const ORIENTATION = 0x0112;

/** The orientation that an EXIF segment gives (CIPA DC-008, 4.6.5), 1 to 8; 0 where it has none. */
function orientationOf(segment: Uint8Array): number {
  if (segment.length < 14 || !EXIF.every((byte, i) => segment[i] === byte)) return 0;
  const tiff = new DataView(segment.buffer, segment.byteOffset + EXIF.length, segment.length - EXIF.length);
  const isLittle = tiff.getUint16(0) === 0x4949;
  const first = tiff.getUint32(4, isLittle);
  if (first + 2 > tiff.byteLength) return 0;
  const count = tiff.getUint16(first, isLittle);
  for (let at = first + 2, left = count; left > 0 && at + 12 <= tiff.byteLength; at += 12, left--) {
    if (tiff.getUint16(at, isLittle) === ORIENTATION) return tiff.getUint16(at + 8, isLittle);
  }
  return 0;
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
export async function loadJpegDecoder(
  mebibytes = JPEG_MEBIBYTES,
): Promise<(bytes: Uint8Array, path: string) => Picture> {
  const loaded = (await import('jpeg-js')) as unknown as JpegLibrary & { default?: JpegLibrary };
  const library = loaded.default ?? loaded;
  return (bytes, file) => {
    const header = findJpegHeader(bytes, file);
    if (header === null) throw otherKind(file);
    const { height, width, components, at } = header;
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
