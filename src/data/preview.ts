import { contactSheet } from './contact-sheet.js';
import type { Dataset, Factor } from './dataset.js';
import { comfortableScale, enlarge, enlargedShape } from './enlarge.js';
import { checkSheetSize } from './picture-size.js';

/** Images side by side. */
const COLUMNS = 10;

/** Values of a factor, evenly over all it has. */
function spread({ size, range }: Factor): number[] {
  const [from, to] = size !== null ? [0, size] : (range ?? [0, 1]);
  return Array.from({ length: COLUMNS }, (_, i) => {
    const value = from + ((i + 0.5) / COLUMNS) * (to - from);
    return size !== null ? Math.floor(value) : value;
  });
}

/**
 * A picture of a data set, PNG: some rows, ten side by side, and, where images of given factors can
 * be drawn, a line for each factor below, in which it alone varies, from the first of those rows.
 * Small images are enlarged.
 * @throws RangeError for more rows than a picture can show
 */
export async function previewSheet(dataset: Dataset, rows: Int32Array): Promise<Uint8Array> {
  const { image, factors, renderFactors } = dataset;
  const imageBytes = image.height * image.width * image.channels;
  const lines = Math.ceil(rows.length / COLUMNS);
  const sweeps = renderFactors ? factors.length : 0;
  const scale = comfortableScale(image);
  checkSheetSize((lines + sweeps) * COLUMNS, enlargedShape(image, scale), COLUMNS);
  const images = new Uint8Array((lines + sweeps) * COLUMNS * imageBytes);
  await dataset.readImages(rows, images.subarray(0, rows.length * imageBytes));
  if (renderFactors) {
    const base = new Float64Array(factors.length);
    await dataset.readFactors(rows.subarray(0, 1), base);
    const values = new Float64Array(sweeps * COLUMNS * factors.length);
    factors.forEach((factor, k) => {
      spread(factor).forEach((value, i) => {
        const at = (k * COLUMNS + i) * factors.length;
        values.set(base, at);
        values[at + k] = value;
      });
    });
    await renderFactors(values, images.subarray(lines * COLUMNS * imageBytes), rows[0]);
  }
  const large = enlarge(images, image, scale);
  return contactSheet(large.images, large.image, COLUMNS);
}
