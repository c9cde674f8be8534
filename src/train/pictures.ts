/** Grids of images as files. */
import { animate } from '../data/animation.js';
import { contactSheet, layOut } from '../data/contact-sheet.js';
import { comfortableScale, enlarge } from '../data/enlarge.js';
import type { ImageGrid } from './traverse.js';

/** How large a pixel of an image is drawn. Default: so that images come near to 64 pixels. */
export interface DrawOptions {
  readonly scale?: number;
}

/** A grid as PNG. */
export async function drawGrid(grid: ImageGrid, { scale }: DrawOptions = {}): Promise<Uint8Array> {
  const { images, image } = enlarge(grid.images, grid.image, scale ?? comfortableScale(grid.image));
  return contactSheet(images, image, grid.columns);
}

/** Lines of an animation are laid out side by side, so many at most. */
const ACROSS = 5;

/** A grid as GIF: column after column, forwards and backwards, the lines side by side. */
export async function animateGrid(grid: ImageGrid, { scale }: DrawOptions = {}): Promise<Uint8Array> {
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
