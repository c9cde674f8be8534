import { joinBytes } from '../join-bytes.js';
import type { Picture } from './contact-sheet.js';

/** Colours that a GIF has at most. */
const COLOURS = 256;

/** Of the middle of an animation, in milliseconds; its ends stay twice as long. */
const FRAME_MS = 100;

type Palette = number[][];

/** What is used of gifenc, which has no types. */
interface Gifenc {
  GIFEncoder(): {
    writeFrame(
      index: Uint8Array,
      width: number,
      height: number,
      options: { palette?: Palette; delay: number; repeat?: number },
    ): void;
    finish(): void;
    bytes(): Uint8Array;
  };
  quantize(rgba: Uint8Array, colours: number): Palette;
  applyPalette(rgba: Uint8Array, palette: Palette): Uint8Array;
}

/**
 * Encodes pictures of one size as a GIF that plays them forwards and backwards without end. Grey
 * ones keep all their levels; colours are reduced to the 256 that suit all frames together.
 */
export async function animate(frames: readonly Picture[]): Promise<Uint8Array> {
  const { GIFEncoder, quantize, applyPalette } = await loadGifenc();
  const [{ width, height, channels }] = frames;
  let palette: Palette;
  let indices: Uint8Array[];
  if (channels === 1) {
    palette = Array.from({ length: COLOURS }, (_, level) => [level, level, level]);
    indices = frames.map(({ data }) => data);
  } else {
    const opaque = frames.map(({ data }) => addAlpha(data));
    palette = quantize(joinBytes(opaque), COLOURS);
    indices = opaque.map((rgba) => applyPalette(rgba, palette));
  }
  const gif = GIFEncoder();
  const last = frames.length - 1;
  const order = [...frames.keys(), ...[...frames.keys()].slice(1, -1).reverse()];
  order.forEach((frame, place) => {
    const delay = frame === 0 || frame === last ? 2 * FRAME_MS : FRAME_MS;
    // The first frame's palette is that of all.
    gif.writeFrame(indices[frame], width, height, { delay, ...(place === 0 && { palette, repeat: 0 }) });
  });
  gif.finish();
  return gif.bytes();
}

async function loadGifenc(): Promise<Gifenc> {
  // @ts-expect-error: it has no types
  const loaded = await import('gifenc');
  // As a module of CommonJS, which Node takes it for where it is not bundled, it stands under
  // `default`.
  return 'quantize' in loaded ? loaded : loaded.default;
}

function addAlpha(rgb: Uint8Array): Uint8Array {
  const rgba = new Uint8Array((rgb.length / 3) * 4);
  for (let i = 0, j = 0; i < rgb.length; i += 3, j += 4) {
    rgba.set(rgb.subarray(i, i + 3), j);
    rgba[j + 3] = 255;
  }
  return rgba;
}
