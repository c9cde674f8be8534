/** What the files of bench/kernels and bench/metrics hand to bench/run.ts. */
import type { Core } from '../bindings/core.js';
import type { Matrix } from '../src/matrix.js';

/**
 * The table that everything is measured on, and an instance of the kernels whose arena is empty.
 */
export interface Ground {
  readonly rows: number;
  readonly latents: Matrix;
  readonly factors: Matrix;
  readonly core: Core;
}

/**
 * The same computation twice: by the library, and in plain JavaScript as one would write it
 * without.
 */
export interface Contest {
  readonly name: string;
  /** How many things are worked on, and what they are, for the time that each takes. */
  readonly amount: number;
  readonly unit: string;
  /** Returns a number that depends on the result, so that no engine can leave the work out. */
  ours(): number | Promise<number>;
  plain(): number | Promise<number>;
  /** Throws where the two do not agree. */
  check(): void | Promise<void>;
  /** Seconds of parts of ours, one entry pushed per call. */
  readonly parts?: Readonly<Record<string, number[]>>;
}

/** One kernel family or metric. */
export interface Bench {
  readonly name: string;
  /**
   * Whether the first number of rows is enough: it takes the same time for every one, or plain
   * JavaScript takes too long for more.
   */
  readonly isFixedSize?: boolean;
  prepare(ground: Ground): readonly Contest[] | Promise<readonly Contest[]>;
}

/**
 * @throws Error naming the first element that differs by more than `tolerance` (relative to those
 * above 1)
 */
export function expectClose(
  name: string,
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
): void {
  if (got.length !== expected.length)
    throw new Error(`${name}: expected ${expected.length} numbers, got ${got.length}`);
  for (let i = 0; i < got.length; i++) {
    const difference = Math.abs(got[i] - expected[i]);
    if (!(difference <= tolerance * Math.max(1, Math.abs(expected[i])))) {
      throw new Error(`${name}: ours and plain JavaScript disagree at ${i}: ${got[i]} and ${expected[i]}`);
    }
  }
}

/** @throws Error naming the first element that differs */
export function expectEqual(name: string, got: ArrayLike<number>, expected: ArrayLike<number>): void {
  expectClose(name, got, expected, 0);
}
