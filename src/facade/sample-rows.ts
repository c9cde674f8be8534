/** A random part of the rows, if all of them would take too long. */
import { withCore } from '../../bindings/core.js';
import { chooseRows } from '../decomposition/samples.js';
import { pickRows } from '../matrix.js';
import { type Note, note } from '../note.js';
import { integer } from '../options/rule.js';
import { STREAMS } from '../random.js';
import { type Latents, SparseMatrix } from '../sparse-matrix.js';

/** How many rows to take. */
export const SAMPLED_ROWS = integer({
  minimum: 2,
  defaultText: 'all',
  description: 'take so many rows, drawn from the seed, if there are more',
});

/** Some of the rows of several arrays. */
export interface SampledRows<Arrays> {
  readonly arrays: Arrays;
  /** How many rows there were; undefined if all are taken. */
  readonly totalRows: number | undefined;
  readonly notes: readonly Note[];
}

/**
 * Draws `count` rows without replacement, the same ones of every array, in their order.
 * @param arrays of as many rows each; others are left for the check that names them
 */
export async function sampleRows<Arrays extends Readonly<Record<string, Latents | undefined>>>(
  arrays: Arrays,
  count: number | null | undefined,
  seed: number,
): Promise<SampledRows<Arrays>> {
  const given = Object.entries(arrays).flatMap(([name, matrix]) => (matrix ? [[name, matrix] as const] : []));
  const [[, { rows }]] = given;
  if (count == null || count >= rows || given.some(([, matrix]) => matrix.rows !== rows)) {
    return { arrays, totalRows: undefined, notes: [] };
  }
  const chosen = await withCore((core) => chooseRows(core, rows, count, seed, STREAMS.sampledTableRows));
  const picked = given.map(([name, matrix]) => [
    name,
    matrix instanceof SparseMatrix ? matrix.pickRows(chosen) : pickRows(matrix, chosen),
  ]);
  const text = `${count} of ${rows} rows, drawn by seed ${seed}`;
  return {
    arrays: { ...arrays, ...Object.fromEntries(picked) },
    totalRows: rows,
    notes: [note('drawn-rows', text, { option: 'rows' })],
  };
}
