/** Posteriors to try estimators on. */
import type { Core } from '../../bindings/core.js';
import type { SampledPosterior } from '../../src/decomposition/minibatch.js';
import { normals } from '../assembly/samples.js';
import { readGoldenArray } from '../golden/load-golden.js';
import type { PlainBatch, Table } from './plain-estimators.js';

/** N rows of D latents that know something, and overlap. */
export function drawPosterior(rows: number, latents: number, seed: number): PlainBatch {
  const table = (of: (noise: number) => number, offset: number): Table => {
    const noise = normals(rows * latents, 3 * seed + offset);
    return Array.from({ length: rows }, (_, row) => noise.slice(row * latents, (row + 1) * latents).map(of));
  };
  const mu = table((x) => x, 0);
  const logvar = table((x) => 0.5 * x - 1, 1);
  const noise = table((x) => x, 2);
  const z = mu.map((row, i) => Float64Array.from(row, (m, d) => m + Math.exp(logvar[i][d] / 2) * noise[i][d]));
  return { mu, logvar, z };
}

/** The golden posterior. */
export async function readPosterior(): Promise<PlainBatch> {
  const read = async (member: string): Promise<Table> => {
    const { data, rows, columns } = await readGoldenArray('g_posterior', member);
    return Array.from({ length: rows }, (_, row) =>
      Float64Array.from(data.subarray(row * columns, (row + 1) * columns)),
    );
  };
  return { mu: await read('latents'), logvar: await read('logvar'), z: await read('z') };
}

/** Some rows of a posterior, in this order. */
export function rowsOf({ mu, logvar, z }: PlainBatch, rows: ArrayLike<number>): PlainBatch {
  const take = (table: Table) => Array.from(rows, (row) => table[row]);
  return { mu: take(mu), logvar: take(logvar), z: take(z) };
}

/** Copies a posterior to the memory of the kernels, column by column. */
export function uploadPosterior(core: Core, { mu, logvar, z }: PlainBatch): SampledPosterior {
  const [rows, latents] = [mu.length, mu[0].length];
  const upload = (table: Table) =>
    core.arena.upload(
      'f64',
      Float64Array.from({ length: rows * latents }, (_, at) => table[at % rows][Math.floor(at / rows)]),
    );
  return { rows, latents, mu: upload(mu), logvar: upload(logvar), z: upload(z) };
}
