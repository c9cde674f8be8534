import * as assert from 'uvu/assert';

/** Passes where the numbers differ by no more than a share of the largest that is expected. */
export function assertWithin(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  share: number,
  what: string,
): void {
  assert.is(actual.length, expected.length, what);
  const bound = share * Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i] - expected[i]);
    assert.ok(difference <= bound, `${what}[${i}]: ${actual[i]}, expected ${expected[i]} within ${bound}`);
  }
}
