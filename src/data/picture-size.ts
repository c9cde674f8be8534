/** How large a picture may become. It is made in memory, several times over until it is encoded. */
import { wrongValue } from '../errors.js';
import type { ImageShape } from './dataset.js';

/**
 * 8,192 x 8,192: more than screens and many viewers show. Of three channels that takes about a
 * gigabyte until it is written.
 */
const PIXELS_AT_MOST = 2 ** 26;

/** GIF counts in 16 bits. */
const GIF_SIDE_AT_MOST = 65_535;

/** Between images, and around them. */
export const GAP_PIXELS = 2;

/** The sides of a picture of `count` images, `columns` side by side. */
export function sheetSize(
  count: number,
  { height, width }: ImageShape,
  columns: number,
): { readonly width: number; readonly height: number } {
  const across = Math.min(columns, count);
  return {
    width: across * (width + GAP_PIXELS) + GAP_PIXELS,
    height: Math.ceil(count / across) * (height + GAP_PIXELS) + GAP_PIXELS,
  };
}

/**
 * @throws RangeError (`ERR_OPTION`) for a picture that nobody could look at, before memory is taken
 * for it
 */
export function checkSheetSize(count: number, image: ImageShape, columns: number): void {
  const { width, height } = sheetSize(count, image, columns);
  if (width * height <= PIXELS_AT_MOST) return;
  throw tooLarge(`${describe(count, image)} make a picture of ${width} x ${height} pixels`);
}

/** The same for frames of an animation. */
export function checkFrameSize(frames: number, count: number, image: ImageShape, columns: number): void {
  const { width, height } = sheetSize(count, image, columns);
  if (width * height * frames > PIXELS_AT_MOST) {
    throw tooLarge(`${describe(frames * count, image)} make an animation of ${frames} x ${width} x ${height} pixels`);
  }
  if (Math.max(width, height) <= GIF_SIDE_AT_MOST) return;
  throw wrongValue({
    option: 'picture',
    problem: `expected sides of at most ${GIF_SIDE_AT_MOST} pixels in a GIF, got ${width} x ${height}`,
  });
}

/** And for images that no picture has been made of yet. */
export function checkImageCount(count: number, image: ImageShape): void {
  const pixels = count * image.height * image.width;
  if (pixels > PIXELS_AT_MOST) throw tooLarge(`${describe(count, image)} have ${pixels} pixels`);
}

function describe(count: number, { height, width }: ImageShape): string {
  return `${count} images of ${height} x ${width}`;
}

function tooLarge(what: string): RangeError {
  return wrongValue({
    option: 'picture',
    problem: `${what}: expected at most ${PIXELS_AT_MOST}; take fewer images, or draw them at a smaller scale`,
  });
}
