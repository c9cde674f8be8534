import { type Bench, expectClose } from '../contest.js';
import { drawPolygon, ellipseOutline, makeCells } from '../plain/raster.js';

const COUNT = 512;
const PIXELS = 4096;
const SQUARE = Float64Array.of(-10.5, -10.5, 10.5, -10.5, 10.5, 10.5, -10.5, 10.5);

/** Images of smooth shapes in one channel. */
export const bench: Bench = {
  name: 'raster',
  isFixedSize: true,
  prepare({ core }) {
    const places = Array.from({ length: COUNT }, (_, i) => {
      const part = (step: number) => (i * step) % 1;
      return [16 + 32 * part(0.37), 16 + 32 * part(0.61), 0.5 + part(0.11) / 2, part(0.173)] as const;
    });
    return [
      { name: 'squares', shape: 0, outline: SQUARE },
      { name: 'ellipses', shape: 1, outline: ellipseOutline(128) },
    ].map(({ name, shape, outline }) => {
      const numbers = places.flatMap(([x, y, size, turn]) => [shape, x, y, size, turn, 0, 1, 1, 1]);
      const images = core.arena.upload('f64', numbers);
      const drawn = core.arena.alloc('u8', COUNT * PIXELS);
      const expected = new Uint8Array(COUNT * PIXELS);
      const cells = makeCells();
      const ours = () => {
        core.raster.drawShapes(drawn, images, COUNT, 1, false);
        return drawn.array[0];
      };
      const plain = () => {
        places.forEach((place, i) => {
          drawPolygon(outline, place, cells, expected.subarray(i * PIXELS, (i + 1) * PIXELS));
        });
        return expected[0];
      };
      return {
        name: `drawing ${name}`,
        amount: COUNT,
        unit: 'image',
        ours,
        plain,
        check() {
          ours();
          plain();
          // A half is rounded to even by the one and up by the other: bytes differ by one at most.
          const distant = drawn.array.filter((byte, i) => Math.abs(byte - expected[i]) > 1).length;
          expectClose('pixels that differ by more than one', [distant], [0], 0);
        },
      };
    });
  },
};
