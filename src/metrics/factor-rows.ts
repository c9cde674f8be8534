/** Factors and latents of some rows, as learners take them. */
import { unitsOf } from '../learners/units.js';
import type { Table } from '../stats/table.js';

/** Reads factor k off rows: its values, or their codes, as numbers. */
export function factorNumbers(table: Table, k: number): (rows: Int32Array) => Float64Array {
  const { codes, values } = table.factors[k];
  const truth = codes ? Float64Array.from(codes.array) : (values?.array.slice() as Float64Array);
  return (rows) => Float64Array.from(rows, (row) => truth[row]);
}

/** Takes numbers to multiples of the deviation of these, from their mean; equal ones to 0. */
export function standardiser(values: Float64Array): (value: number) => number {
  const { centre, spread } = unitsOf(values);
  return (value) => (value - centre) / spread;
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
