/** Factors and latents of some rows, as learners take them. */
import type { Table } from '../stats/table.js';

/** Reads factor k off rows: its values, or their codes, as numbers. */
export function factorNumbers(table: Table, k: number): (rows: Int32Array) => Float64Array {
  const { codes, values } = table.factors[k];
  const truth = codes ? Float64Array.from(codes.array) : (values?.array.slice() as Float64Array);
  return (rows) => Float64Array.from(rows, (row) => truth[row]);
}

/** Takes numbers to multiples of the deviation of these, from their mean; equal ones to 0. */
export function standardiser(values: Float64Array): (value: number) => number {
  const mean = meanOf(values);
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2 / values.length, 0)) || 1;
  return (value) => (value - mean) / deviation;
}

/** Around one of the values, so that the mean of equal ones is that one. */
export function meanOf(values: Float64Array): number {
  return values[0] + values.reduce((sum, value) => sum + (value - values[0]), 0) / values.length;
}

/** The values that occur, in increasing order. */
export function classesOf(values: Float64Array): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

/** The latents of some rows, [latent][row]. */
export function columnsOf(table: Table, rows: Int32Array): Float64Array {
  const { latentCount } = table;
  const data = table.latents.array;
  const out = new Float64Array(latentCount * rows.length);
  for (let d = 0, to = 0; d < latentCount; d++) {
    for (let i = 0; i < rows.length; i++) out[to++] = data[rows[i] * latentCount + d];
  }
  return out;
}
