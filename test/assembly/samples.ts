/**
 * Numbers to try kernels on, the same in every run, and comparisons that name the first element
 * that differs.
 */
import * as assert from 'uvu/assert';

/**
 * The distance from 1 to the next float64 above, halved: what one rounding can move a value by,
 * relatively.
 */
export const ROUNDING = 2 ** -53;

/** Uniform numbers from 0 to 1 (mulberry32), for test data only. */
export function uniforms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` normal numbers (Box and Muller). */
export function normals(count: number, seed: number): Float64Array {
  const next = uniforms(seed);
  return Float64Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  );
}

/** `count` whole numbers from 0 to n - 1. */
export function codes(count: number, n: number, seed: number): Int32Array {
  const next = uniforms(seed);
  return Int32Array.from({ length: count }, () => Math.floor(next() * n));
}

/**
 * A table too large for a cache, beyond the 8 MiB from which the bindings have kernels read rows
 * early; and some of its rows.
 */
export function largeTable(type: 'f32' | 'f64', columns: number, count: number) {
  const rows = Math.ceil((9 * 2 ** 20) / columns / (type === 'f32' ? 4 : 8));
  const numbers = Float64Array.from({ length: rows * columns }, (_, i) => (Math.imul(i, 0x9e3779b1) >> 8) / 2 ** 23);
  const chosen = codes(count, rows, columns);
  const gathered = Float64Array.from({ length: count * columns }, (_, i) => {
    return numbers[chosen[Math.floor(i / columns)] * columns + (i % columns)];
  });
  return { numbers, chosen, gathered };
}

/** The numbers as a kernel for this element type sees them. */
export function rounded(numbers: ArrayLike<number>, type: 'f32' | 'f64' | 'i32'): Float64Array {
  if (type === 'f64') return Float64Array.from(numbers);
  return Float64Array.from(type === 'f32' ? Float32Array.from(numbers) : Int32Array.from(numbers));
}

/** A sum that loses nothing but the last rounding (Neumaier), for oracles. */
export function exactSum(numbers: Iterable<number>): number {
  let sum = 0;
  let lost = 0;
  for (const x of numbers) {
    const next = sum + x;
    lost += Math.abs(sum) >= Math.abs(x) ? sum - next + x : x - next + sum;
    sum = next;
  }
  return sum + lost;
}

/** Passes where both have the same numbers; 0 and -0 are the same. */
export function assertSame(actual: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  assert.is(actual.length, expected.length, `${what}: length`);
  for (let i = 0; i < expected.length; i++) {
    if (actual[i] !== expected[i]) assert.is(actual[i], expected[i], `${what}: element ${i}`);
  }
}

/**
 * Passes where each number is within `bound` (one for all, or one for each) of what is expected.
 */
export function assertNear(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  bound: number | ArrayLike<number>,
  what: string,
): void {
  assert.is(actual.length, expected.length, `${what}: length`);
  for (let i = 0; i < expected.length; i++) {
    const most = typeof bound === 'number' ? bound : bound[i];
    if (Math.abs(actual[i] - expected[i]) <= most) continue;
    assert.unreachable(`${what}: element ${i}: expected ${expected[i]} to within ${most}, got ${actual[i]}`);
  }
}

/** Pearson's statistic of counts against what was expected of them. */
export function chiSquare(counts: ArrayLike<number>, expected: number | ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) {
    const mean = typeof expected === 'number' ? expected : expected[i];
    sum += (counts[i] - mean) ** 2 / mean;
  }
  return sum;
}

/**
 * What chi-square with this many degrees of freedom stays below but for about one seed in a million
 * (Wilson and Hilferty's approximation at 4.75 standard deviations). Seeds are fixed: a test that
 * passes keeps passing.
 */
export function chiSquareLimit(freedom: number): number {
  const share = 2 / (9 * freedom);
  return freedom * (1 - share + 4.75 * Math.sqrt(share)) ** 3;
}
