import type { ImageShape } from '../../data/dataset.js';

/**
 * Heights and widths of an image that is halved (rounded up) `times` times, the first of them its
 * own.
 */
export function halvedSizes(
  { height, width }: ImageShape,
  times: number,
): Array<readonly [height: number, width: number]> {
  const sizes: Array<readonly [number, number]> = [[height, width]];
  for (let i = 0; i < times; i++) {
    const [h, w] = sizes[i];
    sizes.push([Math.ceil(h / 2), Math.ceil(w / 2)]);
  }
  return sizes;
}
