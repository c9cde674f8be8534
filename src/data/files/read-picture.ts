/** One picture of a folder, PNG or JPEG by its first bytes. */
import { DataError } from '../../errors.js';
import type { ByteSource } from '../../io/source.js';
import { findJpegHeader, loadJpegDecoder } from './decode-jpeg.js';
import { decodePng, PNG_HEADER_BYTES, readPngHeader } from './decode-png.js';
import { kindOfBytes } from './kinds.js';
import { MOST_FILE_BYTES, type Picture, type PictureHeader } from './picture.js';
import { howToConvert, unreadKindOfBytes } from './unread-pictures.js';

// More than most pictures have before their frame, and less than a disk reads ahead.
const LOOKED_AT_BYTES = 1 << 12;

/** @throws DataError for what is no picture, is damaged, or is larger than what is decoded */
export async function readPictureHeader(source: ByteSource, path: string): Promise<PictureHeader> {
  const size = checkFile(source, path);
  const start = await source.read(0, Math.min(size, LOOKED_AT_BYTES));
  if (pictureKind(start, path) === 'png') return readPngHeader(start.subarray(0, PNG_HEADER_BYTES), path);
  const header = findJpegHeader(start, path) ?? findJpegHeader(await source.read(0, size), path);
  if (header === null) throw new DataError('the JPEG is cut short', { path });
  const [mark, end] = await source.read(size - 2, 2);
  return { ...header, hasMore: !(mark === 0xff && end === 0xd9) };
}

/**
 * @param white the sample of a PNG of 16 bits that is white
 * @throws DataError as for the header, and for what only the pixels show
 */
export async function readPicture(source: ByteSource, path: string, white?: number): Promise<Picture> {
  const bytes = await source.read(0, checkFile(source, path));
  if (pictureKind(bytes, path) === 'png') return decodePng(bytes, path, white);
  return (await loadJpegDecoder())(bytes, path);
}

function checkFile({ size }: ByteSource, path: string): number {
  if (size <= MOST_FILE_BYTES) return size;
  throw new DataError(`expected a picture of at most ${MOST_FILE_BYTES} bytes, got ${size}`, { path });
}

function pictureKind(bytes: Uint8Array, path: string): 'png' | 'jpeg' {
  const kind = kindOfBytes(bytes);
  if (kind === 'png' || kind === 'jpeg') return kind;
  const unread = unreadKindOfBytes(bytes);
  const got = unread === null ? '' : `, got ${unread}; ${howToConvert(path)}`;
  throw new DataError(`expected a PNG or JPEG picture${got}`, { path, byte: 0 });
}
