/** A table whose row number knows its factors, as data sets in their own order, and its files. */
import { RandomStream } from '../../src/random.js';
import { npyBytes, zipBytes } from '../io/builders.js';

/** N. */
export const ROWS = 400;

const random = new RandomStream(11, 0, 0);
/** About normal. */
const noise = () => Array.from({ length: 12 }, () => random.word() / 2 ** 32).reduce((sum, x) => sum + x, -6);

const combinations = Array.from({ length: ROWS }, () => random.below(12)).sort((a, b) => a - b);
/** (N, 2): 3 and 4 values. */
export const factors = combinations.map((value) => [Math.floor(value / 4), value % 4]);
/** (N, 3): two that know a factor each, and one that knows none. */
export const latents = factors.map(([a, b]) => [a + 0.3 * noise(), b + 0.3 * noise(), noise()].map(rounded));

function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

/** A column of a table. */
export const columnOf = (rows: ReadonlyArray<readonly number[]>, column: number) => rows.map((row) => row[column]);

/** A text table. */
export function csv(header: readonly string[] | null, rows: ReadonlyArray<ReadonlyArray<unknown>>, separator = ',') {
  return `${[...(header === null ? [] : [header]), ...rows].map((row) => row.join(separator)).join('\n')}\n`;
}

/** An .npy file of float64, or int64 where told. */
export function npy(
  values: readonly number[],
  shape: readonly number[],
  descr: '<f8' | '<i8' | '|u1' = '<f8',
): Uint8Array {
  const data =
    descr === '<f8'
      ? Float64Array.from(values)
      : descr === '|u1'
        ? Uint8Array.from(values)
        : BigInt64Array.from(values, BigInt);
  return npyBytes({ descr, shape, data: new Uint8Array(data.buffer) });
}

/** An .npz file. */
export function npz(members: Readonly<Record<string, Uint8Array>>): Uint8Array {
  return zipBytes(Object.entries(members).map(([name, content]) => ({ name: `${name}.npy`, content })));
}

/** The two arrays as members. */
export const ofLatents = npy(latents.flat(), [ROWS, 3]);
export const ofFactors = npy(factors.flat(), [ROWS, 2], '<i8');
