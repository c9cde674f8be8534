/**
 * Where an image's parameters are, f64[9]: what is drawn, the centre in pixels (x to the right, y
 * down), its size as a share of full size, the angle in the plane and the second angle in turns,
 * and its red, green and blue in [0, 1]; images of one channel are drawn in red's.
 */
export const IMAGE: usize = 72;

// @ts-ignore: decorator
@inline
export function shapeOf(image: usize): i32 {
  return <i32>load<f64>(image);
}
// @ts-ignore: decorator
@inline
export function centreX(image: usize): f64 {
  return load<f64>(image, 8);
}
// @ts-ignore: decorator
@inline
export function centreY(image: usize): f64 {
  return load<f64>(image, 16);
}
// @ts-ignore: decorator
@inline
export function sizeOf(image: usize): f64 {
  return load<f64>(image, 24);
}
// @ts-ignore: decorator
@inline
export function turnOf(image: usize): f64 {
  return load<f64>(image, 32);
}
// @ts-ignore: decorator
@inline
export function secondTurnOf(image: usize): f64 {
  return load<f64>(image, 40);
}
// @ts-ignore: decorator
@inline
export function colourOf(image: usize, channel: i32): f64 {
  return load<f64>(image + (<usize>channel << 3), 48);
}

/** No shape reaches further from its centre at full size, in pixels. */
const REACH: f64 = 15.51;

/** The first row or column of pixels that can be touched, of those around `centre`. */
// @ts-ignore: decorator
@inline
export function firstPixel(centre: f64, size: f64): i32 {
  return max(0, <i32>Math.floor(centre - size * REACH));
}

/** The one after the last. */
// @ts-ignore: decorator
@inline
export function lastPixel(centre: f64, size: f64): i32 {
  return min(64, <i32>Math.floor(centre + size * REACH) + 1);
}

/** The byte of a value in [0, 1]. */
// @ts-ignore: decorator
@inline
export function byteOf(value: f64): u8 {
  return <u8>(<i32>nearest<f64>(255.0 * value));
}
