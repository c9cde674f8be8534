/**
 * The two 16-bit floating point formats, by their bits: exact both ways, subnormals, infinities and
 * NaN included.
 */

const bits_u32 = new Uint32Array(1);
const value_f32 = new Float32Array(bits_u32.buffer);

/** The bits of the float32 that equals a float16. */
export function widenHalf(half: number): number {
  const sign = (half & 0x8000) << 16;
  const magnitude = half & 0x7fff;
  // Infinity and NaN: the exponent is all ones in both formats, the payload keeps its leading bits.
  if (magnitude >= 0x7c00) return (sign | 0x7f800000 | ((magnitude & 0x3ff) << 13)) >>> 0;
  if (magnitude >= 0x0400) return (sign | ((magnitude << 13) + 0x38000000)) >>> 0;
  // Subnormals are whole multiples of 2^-24, which float32 holds as normal numbers.
  value_f32[0] = magnitude * 2 ** -24;
  return (sign | bits_u32[0]) >>> 0;
}

/** The bits of the float16 nearest to a number, ties to even; beyond the largest it is infinity. */
export function narrowToHalf(value: number): number {
  value_f32[0] = value;
  const bits = bits_u32[0];
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7c00 | Math.max(1, (magnitude >>> 13) & 0x3ff);
  if (magnitude >= 0x47800000) return sign | 0x7c00;
  if (magnitude < 0x38800000) {
    // Adding 0.5 leaves a float32 whose last bit is worth 2^-24: the hardware rounds for us.
    value_f32[0] = Math.abs(value_f32[0]) + 0.5;
    return sign | (bits_u32[0] - 0x3f000000);
  }
  const tie = 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((magnitude - 0x38000000 + tie) >>> 13);
}
