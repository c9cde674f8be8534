/** A small data set: bright rectangles on 8 x 8 pixels, of two factors, drawn by index. */
import type { Dataset } from '../../src/data/index.js';

const SIDE = 8;
const PLACES = 6;

export const smallData: Dataset = {
  name: 'rectangles',
  identity: { generator: 'rectangles', side: SIDE },
  size: PLACES * PLACES * 16,
  image: { height: SIDE, width: SIDE, channels: 1 },
  isBinary: true,
  factors: [
    { name: 'x', size: PLACES },
    { name: 'y', size: PLACES },
  ],
  readImages(rows, out) {
    out.fill(0);
    for (let i = 0; i < rows.length; i++) {
      const [x, y] = placeOf(rows[i]);
      for (let dy = 0; dy < 3; dy++) {
        for (let dx = 0; dx < 3; dx++) out[i * SIDE ** 2 + (y + dy) * SIDE + x + dx] = 255;
      }
    }
  },
  readFactors(rows, out) {
    for (let i = 0; i < rows.length; i++) out.set(placeOf(rows[i]), i * 2);
  },
};

function placeOf(row: number): [x: number, y: number] {
  return [row % PLACES, Math.floor(row / PLACES) % PLACES];
}
