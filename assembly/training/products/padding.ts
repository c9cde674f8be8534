/** Copies of pieces of images with a margin of zeros, so that no loop asks where an image ends. */

/**
 * to, f32[lines][columns][channels], = lines [top, top + lines) and columns [left, left + columns)
 * of an image (height, width, channels), with 0 where that is outside.
 */
export function copyPadded(
  to: usize,
  image: usize,
  height: i32,
  width: i32,
  channels: i32,
  top: i32,
  lines: i32,
  left: i32,
  columns: i32,
): void {
  const pixelBytes = <usize>channels << 2;
  const lineBytes = <usize>columns * pixelBytes;
  const first = max(left, 0);
  const last = min(left + columns, width);
  const innerBytes = <usize>max(last - first, 0) * pixelBytes;
  const beforeBytes = min(<usize>(first - left) * pixelBytes, lineBytes);
  for (let y = top; y < top + lines; y++, to += lineBytes) {
    if (y < 0 || y >= height || innerBytes == 0) {
      memory.fill(to, 0, lineBytes);
      continue;
    }
    memory.fill(to, 0, beforeBytes);
    memory.copy(to + beforeBytes, image + (<usize>y * <usize>width + <usize>first) * pixelBytes, innerBytes);
    memory.fill(to + beforeBytes + innerBytes, 0, lineBytes - beforeBytes - innerBytes);
  }
}

/** to, f32[count][padded], = from, f32[count][width], with 0 behind each. */
export function widen(to: usize, from: usize, count: i32, width: i32, padded: i32): void {
  const bytes = <usize>width << 2;
  const paddedBytes = <usize>padded << 2;
  for (let i = 0; i < count; i++, from += bytes, to += paddedBytes) {
    memory.copy(to, from, bytes);
    memory.fill(to + bytes, 0, paddedBytes - bytes);
  }
}
