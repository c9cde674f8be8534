/** Inputs that break metrics elsewhere: each is fed to every metric of the registry. */
import type { CommonOptions } from '../../src/index.js';
import { RandomStream } from '../../src/random.js';

export interface UglyInput {
  readonly latents: number[][];
  readonly factors: number[][];
  readonly options?: CommonOptions;
  /** Means of posteriors, where they are not the latents. */
  readonly mu?: number[][];
  /** What the notes of every metric that looks at it must say. */
  readonly constantLatents?: string;
  readonly constantFactors?: string;
}

const words = new RandomStream(7, 100, 0);
const uniform = () => words.word() / 2 ** 32;
const table = (rows: number, row: (i: number) => number[]) => Array.from({ length: rows }, (_, i) => row(i));

/** Three factors on a grid, and latents that know them with noise. */
const factors = table(240, (i) => [i % 3, Math.floor(i / 3) % 4, Math.floor(i / 12) % 5]);
const latents = factors.map(([a, b, c]) => [a + uniform(), c - 0.3 * b + uniform(), b + 0.1 * uniform(), uniform()]);
const position = factors.map((row) => [row[0], row[1] + uniform(), row[2] / 7 + 0.01 * uniform()]);

const change = (rows: number[][], how: (row: number[], i: number) => number[]) => rows.map(how);

export const UGLY_INPUTS: Readonly<Record<string, UglyInput>> = {
  'nothing ugly': { latents, factors },
  'continuous factors': { latents, factors: position },
  'a constant latent': {
    latents: change(latents, ([a, , b, c]) => [a, -3.25, b, c]),
    factors,
    constantLatents: 'latent 1 is constant',
  },
  'a constant factor': {
    latents,
    factors: change(factors, ([a, b]) => [a, 9, b]),
    constantFactors: 'factor 1 is constant',
  },
  'constant latents and factors': {
    latents: change(latents, ([a, b]) => [0, a, 0, b]),
    factors: change(factors, ([a]) => [a, 1, 1]),
    constantLatents: 'latents 0 and 2 are constant',
    constantFactors: 'factors 1 and 2 are constant',
  },
  'a constant continuous factor': {
    latents,
    factors: change(position, ([, b]) => [0.5, b]),
    constantFactors: 'factor 0 is constant',
  },
  'duplicate latents': { latents: change(latents, ([a, b, c]) => [a, a, b, c, a]), factors },
  'duplicate factors': { latents, factors: change(factors, ([a, b]) => [a, b, a]) },
  'one latent': { latents: change(latents, ([a]) => [a]), factors },
  'one factor': { latents, factors: change(factors, ([, b]) => [b]) },
  'one latent and one continuous factor': {
    latents: change(latents, ([a]) => [a]),
    factors: change(position, ([, b]) => [b]),
  },
  'one constant latent': { latents: change(latents, () => [1]), factors, constantLatents: 'latent 0 is constant' },
  'one constant factor': { latents, factors: change(factors, () => [1]), constantFactors: 'factor 0 is constant' },
  'two rows': {
    latents: [
      [0, 1],
      [1, 0.5],
    ],
    factors: [
      [0.5, 2.5],
      [1.5, 1.25],
    ],
  },
  'two rows that agree on a factor': {
    latents: [
      [0, 1],
      [1, 0.5],
    ],
    factors: [
      [3, 0.5],
      [3, 1.5],
    ],
  },
  'three rows': {
    latents: [
      [0, 1],
      [1, 0.5],
      [2, 3],
    ],
    factors: [
      [0, 0.5],
      [0, 1.5],
      [1, 2.5],
    ],
  },
  'huge offsets': { latents: change(latents, (row) => row.map((z, d) => z + 10 ** (3 * d + 3))), factors },
  'offsets that leave no digits': { latents: change(latents, (row) => row.map((z) => z + 1e15)), factors },
  'tiny scales': { latents: change(latents, (row) => row.map((z, d) => z * 10 ** (-9 * d - 9))), factors },
  'scales near the ends of float64': {
    latents: change(latents, ([a, b, c]) => [a * 1e-140, b * 1e140, c * 1e-300]),
    // Beyond 1e60 means are refused.
    mu: change(latents, ([a, b, c]) => [a * 1e-140, b * 1e55, c * 1e-300]),
    factors,
  },
  'continuous factors of huge offset and tiny scale': {
    latents,
    factors: change(position, ([a, b, c]) => [a + 0.5, 1e9 + b, 1e-12 * c]),
  },
  'all rows equal': {
    latents: change(latents, () => [1, 2]),
    factors: change(factors, () => [3, 4]),
    constantLatents: 'latents 0 and 1 are constant',
    constantFactors: 'factors 0 and 1 are constant',
  },
  'a value that one row has': { latents, factors: change(factors, ([a, b], i) => [i === 17 ? 99 : a, b]) },
  'values that one row has, all but one': { latents, factors: change(factors, ([a], i) => [i < 100 ? i : 100, a]) },
  'a latent that one row leaves': { latents: change(latents, ([a], i) => [a, i === 100 ? 1e6 : 0]), factors },
  'two values of very different frequency': { latents, factors: change(factors, ([a], i) => [i < 3 ? 1 : 0, a]) },
  'more latents than rows (D = 500)': {
    latents: table(120, () => Array.from({ length: 500 }, uniform)),
    factors: factors.slice(0, 120),
  },
  'many factors (K = 50)': {
    latents: latents.slice(0, 200),
    factors: table(200, (i) => Array.from({ length: 50 }, (_, k) => (i * (k + 3) + (i >> 3)) % (2 + (k % 5)))),
  },
  'exact rows that miss values': {
    latents,
    factors,
    options: { trainRows: { from: 0, to: 2 }, testRows: [239, 5] },
  },
};
