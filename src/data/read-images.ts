import type { Dataset } from './dataset.js';

/** The images of some rows, (rows, H, W, C), bytes. */
export async function readImages(dataset: Dataset, rows: ArrayLike<number>): Promise<Uint8Array> {
  const { height, width, channels } = dataset.image;
  const images = new Uint8Array(rows.length * height * width * channels);
  await dataset.readImages(rows, images);
  return images;
}
