import { Matrix } from '../../src/matrix.js';
import type { Rows } from './score.js';

/** The first rows of a table, at most so many, with the first factors alone. */
export function firstRows({ rows, latents, factors }: Rows, most: number, factorCount: number): Rows {
  const count = Math.min(rows, most);
  const chosen = new Int32Array(count * factorCount);
  for (let i = 0; i < chosen.length; i++) {
    chosen[i] = factors.data[Math.floor(i / factorCount) * factors.columns + (i % factorCount)];
  }
  return {
    rows: count,
    latents: new Matrix(latents.data.slice(0, count * latents.columns), count, latents.columns),
    factors: new Matrix(chosen, count, factorCount),
  };
}
