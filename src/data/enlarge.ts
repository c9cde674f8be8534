import type { ImageShape } from './dataset.js';

/** The side, in pixels, that small images are brought near to. */
const COMFORTABLE_SIDE = 64;

/** The whole factor that small images are shown at; 1 for those of 64 pixels or more. */
export function comfortableScale({ height, width }: ImageShape): number {
  return Math.max(1, Math.round(COMFORTABLE_SIDE / Math.max(height, width)));
}

/** The shape of an image whose pixels are `scale` times as high and wide. */
export function enlargedShape({ height, width, channels }: ImageShape, scale: number): ImageShape {
  return { height: height * scale, width: width * scale, channels };
}

/** Images (count, H, W, C) with every pixel `scale` times as high and wide, and their shape. */
export function enlarge(
  images: Uint8Array,
  shape: ImageShape,
  scale: number,
): { readonly images: Uint8Array; readonly image: ImageShape } {
  const { width, channels } = shape;
  const image = enlargedShape(shape, scale);
  if (scale === 1) return { images, image };
  const lines = images.length / (width * channels);
  const lineBytes = image.width * channels;
  const large = new Uint8Array(images.length * scale ** 2);
  for (let y = 0; y < lines; y++) {
    const first = y * scale * lineBytes;
    for (let x = 0; x < width; x++) {
      const pixel = images.subarray((y * width + x) * channels, (y * width + x + 1) * channels);
      for (let i = 0; i < scale; i++) large.set(pixel, first + (x * scale + i) * channels);
    }
    for (let i = 1; i < scale; i++) large.copyWithin(first + i * lineBytes, first, first + lineBytes);
  }
  return { images: large, image };
}
