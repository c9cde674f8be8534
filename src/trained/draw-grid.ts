/** Grids of images as files. */
import { animate } from '../data/animation.js';
import { contactSheet, layOut } from '../data/contact-sheet.js';
import { comfortableScale, enlarge, enlargedShape } from '../data/enlarge.js';
import { checkFrameSize, checkSheetSize } from '../data/picture-size.js';
import type { GridShape, ImageGrid } from './image-grid.js';

/** How large a pixel of an image is drawn. Default: so that images come near to 64 pixels. */
export interface DrawOptions {
  readonly scale?: number;
}

/** @throws RangeError for a grid that is too large to be drawn */
export function checkDrawing({ lines, columns, image }: GridShape, { scale }: DrawOptions = {}): void {
  checkSheetSize(lines * columns, enlargedShape(image, scale ?? comfortableScale(image)), columns);
}

/** @throws RangeError for a grid that is too large to be animated */
export function checkAnimation({ lines, columns, image }: GridShape, { scale }: DrawOptions = {}): void {
  checkFrameSize(columns, lines, enlargedShape(image, scale ?? comfortableScale(image)), ACROSS);
}

/**
 * A grid as PNG.
 * @throws RangeError if the picture would have more than 2^26 pixels
 */
export async function drawGrid(grid: ImageGrid, { scale }: DrawOptions = {}): Promise<Uint8Array> {
  checkDrawing(grid, { scale });
  const { images, image } = enlarge(grid.images, grid.image, scale ?? comfortableScale(grid.image));
  return contactSheet(images, image, grid.columns);
}

/** Lines of an animation are laid out side by side, so many at most. */
const ACROSS = 5;

/**
 * A grid as GIF: column after column, forwards and backwards, the lines side by side.
 * @throws RangeError if all frames together would have more than 2^26 pixels
 */
export async function animateGrid(grid: ImageGrid, { scale }: DrawOptions = {}): Promise<Uint8Array> {
  checkAnimation(grid, { scale });
  const { lines, columns } = grid;
  const { images, image } = enlarge(grid.images, grid.image, scale ?? comfortableScale(grid.image));
  const imageBytes = images.length / (lines * columns);
  const frames = Array.from({ length: columns }, (_, column) => {
    const frame = new Uint8Array(lines * imageBytes);
    for (let line = 0; line < lines; line++) {
      const at = (line * columns + column) * imageBytes;
      frame.set(images.subarray(at, at + imageBytes), line * imageBytes);
    }
    return layOut(frame, image, ACROSS);
  });
  return animate(frames);
}
