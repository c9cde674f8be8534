import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { narrowToHalf, widenHalf } from '../../src/io/half.js';

const bits = new Uint32Array(1);
const value = new Float32Array(bits.buffer);

/** The definition of IEEE 754 binary16. */
function meaningOf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

test('widens every float16 to the float32 that equals it', () => {
  for (let half = 0; half < 65536; half++) {
    bits[0] = widenHalf(half);
    if (!Object.is(value[0], meaningOf(half))) assert.is(value[0], meaningOf(half), `0x${half.toString(16)}`);
  }
});

test('narrows every float16 back to itself, and NaN to NaN', () => {
  for (let half = 0; half < 65536; half++) {
    if ((half & 0x7fff) > 0x7c00) continue;
    if (narrowToHalf(meaningOf(half)) !== half) assert.is(narrowToHalf(meaningOf(half)), half);
  }
  assert.is(narrowToHalf(Number.NaN) & 0x7c00, 0x7c00);
  assert.ok((narrowToHalf(Number.NaN) & 0x3ff) !== 0);
});

test('rounds to the nearest float16, ties to even', () => {
  for (let half = 0; half < 0x7bff; half++) {
    const low = meaningOf(half);
    const high = meaningOf(half + 1);
    const middle = (low + high) / 2;
    const even = half % 2 === 0 ? half : half + 1;
    if (narrowToHalf(middle) !== even) assert.is(narrowToHalf(middle), even, `tie above 0x${half.toString(16)}`);
    const below = middle - (high - low) / 64;
    if (narrowToHalf(below) !== half)
      assert.is(narrowToHalf(below), half, `below the tie above 0x${half.toString(16)}`);
    const above = middle + (high - low) / 64;
    if (narrowToHalf(-above) !== half + 1 + 0x8000) assert.is(narrowToHalf(-above), half + 1 + 0x8000);
  }
  assert.is(narrowToHalf(65519.99), 0x7bff);
  assert.is(narrowToHalf(65520), 0x7c00);
  assert.is(narrowToHalf(1e300), 0x7c00);
});

test.run();
