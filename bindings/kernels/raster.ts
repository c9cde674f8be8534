/** Kernels of assembly/raster: images of shapes and bodies. */
import { type Arena, type Block, pointersOf } from '../arena.js';
import { allocState, type Stream, wordsOf } from './random.js';

/** Height and width of every image. */
export const IMAGE_SIDE = 64;
/** Numbers that an image is drawn from; assembly/raster/image.ts says which. */
export const IMAGE_NUMBERS = 9;

/** What assembly/raster exports. */
export interface RasterExports {
  drawingScratch(): number;
  drawShapes(
    out: number,
    images: number,
    count: number,
    channels: number,
    isSharp: boolean | number,
    scratch: number,
  ): void;
  drawShapesOnNoise(
    out: number,
    images: number,
    rows: number,
    count: number,
    seedLow: number,
    seedHigh: number,
    stream: number,
    state: number,
    scratch: number,
  ): void;
}

/** Images of 64 x 64 pixels: u8[count][64][64][channels] from f64[count][9]. */
export function bindRaster(wasm: RasterExports, arena: Arena) {
  const allocScratch = () => arena.alloc('u8', wasm.drawingScratch());
  return {
    /**
     * Draws shapes on black, in one channel or three; sharp ones have no colours but black and
     * their own.
     */
    drawShapes(out: Block<'u8'>, images: Block<'f64'>, count: number, channels: 1 | 3, isSharp: boolean): void {
      arena.borrow(() => {
        const [to, from, scratch] = pointersOf(out, images, allocScratch());
        wasm.drawShapes(to, from, count, channels, isSharp ? 1 : 0, scratch);
      });
    },

    /**
     * Draws sharp white shapes on noise that is a function of the seed, the stream and each image's
     * row, in three channels.
     */
    drawShapesOnNoise(out: Block<'u8'>, images: Block<'f64'>, rows: Block<'u32'>, at: Omit<Stream, 'index'>): void {
      arena.borrow(() => {
        const [seedLow, seedHigh, stream] = wordsOf({ ...at, index: 0 });
        const [to, from, rowsFrom] = pointersOf(out, images, rows);
        const [state, scratch] = pointersOf(allocState(arena), allocScratch());
        wasm.drawShapesOnNoise(to, from, rowsFrom, rows.length, seedLow, seedHigh, stream, state, scratch);
      });
    },
  };
}
