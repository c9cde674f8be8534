import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { memorySource, openArrays } from '../../src/io/index.js';
import type { Matrix } from '../../src/matrix.js';

/** The names of the cases. */
export const CASES = [
  'a_perfect',
  'b_permuted_noise',
  'c_rotated',
  'd_partial',
  'e2_degenerate_latents',
  'e_degenerate',
  'f_digits_pca',
  'g_posterior',
  'h_grid',
  'o_offset_scale',
  't_tiny',
] as const;
export type Case = (typeof CASES)[number];

/** Cases of definitions.json. */
export type DefinedCase = 'p_perm' | 'p_rot' | 'p_over';

/** Latents and factors of a case. */
export async function readGolden(name: Case | DefinedCase): Promise<{ latents: Matrix; factors: Matrix }> {
  return { latents: await readGoldenArray(name, 'latents'), factors: await readGoldenArray(name, 'factors') };
}

/** One array of a case. */
export async function readGoldenArray(name: Case | DefinedCase, member: string): Promise<Matrix> {
  const bytes = await readFile(new URL(`${name}.npz`, import.meta.url));
  const file = await openArrays(memorySource(bytes, `${name}.npz`));
  const entry = file.arrays.find((array) => array.name === member);
  if (!entry) throw new Error(`${name}.npz has no ${member}`);
  return entry.read();
}

// biome-ignore lint/suspicious/noExplicitAny: the shape differs from entry to entry
type Json = any;

const expected: Json = JSON.parse(readFileSync(new URL('expected.json', import.meta.url), 'utf8'));

/** What the authors' code returned: `result` of an entry. */
export function expectedOf(name: Case, key: string): Json {
  const entry = expected.cases[name].metrics[key];
  if (!entry) throw new Error(`expected.json has no ${key} for ${name}`);
  return entry.result;
}

const definitions: Json = JSON.parse(readFileSync(new URL('definitions.json', import.meta.url), 'utf8'));

/** What a definition gives by an independent implementation, and by its authors' code. */
export function definitionOf(name: DefinedCase, key: string): { ours: Json; theirs: Json } {
  const { metrics, peers } = definitions.cases[name];
  return { ours: metrics[key], theirs: peers[key] };
}

const identifiability: Json = JSON.parse(readFileSync(new URL('identifiability.json', import.meta.url), 'utf8'));

/**
 * What MCC and R2 are by an independent implementation and by the authors' programs, and the rows
 * that they learned from and were judged on.
 */
export function identifiabilityOf(name: DefinedCase, key: string) {
  const { metrics, peers, train } = identifiability.cases[name];
  const rowsOf = (mark: string) => [...train].flatMap((own: string, row: number) => (own === mark ? [row] : []));
  return { ours: metrics[key] as Json, theirs: (peers[key] ?? {}) as Json, trainRows: rowsOf('1'), testRows: rowsOf('0') };
}

/** The rows that an entry was trained and tested on. */
export async function splitOf(name: Case, key: string): Promise<{ train: Int32Array; test: Int32Array }> {
  const { order, train_rows, test_rows } = expected.cases[name].metrics[key].params;
  const perm = order.startsWith('perm') ? (await readGoldenArray(name, 'perm')).data : null;
  const take = ([start, end]: [number, number]) =>
    Int32Array.from({ length: end - start }, (_, i) => (perm ? perm[start + i] : start + i));
  return { train: take(train_rows), test: take(test_rows) };
}
