import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import type { Dataset } from '../../src/data/index.js';
import { DataError } from '../../src/errors.js';

/** The path of a file that another writer has made. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
}

/** Element i of the flat array is 7 i mod 251, as in fixtures/make.py. */
export function ramp(count: number, more = 0): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => ((i * 7) % 251) + more);
}

export async function imagesOf(dataset: Dataset, rows: readonly number[]): Promise<Uint8Array> {
  const { height, width, channels } = dataset.image;
  const out = new Uint8Array(rows.length * height * width * channels);
  await dataset.readImages(rows, out);
  return out;
}

export async function factorsOf(dataset: Dataset, rows: readonly number[]): Promise<number[]> {
  const out = new Float64Array(rows.length * dataset.factors.length);
  await dataset.readFactors(rows, out);
  return Array.from(out);
}

export function rowsOf(dataset: Dataset): number[] {
  return Array.from({ length: dataset.size }, (_, row) => row);
}

/** The message of the DataError that a promise ends in. */
export async function refusalOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    assert.instance(error, DataError, String((error as Error)?.stack));
    return (error as Error).message;
  }
  return assert.unreachable('expected a refusal') as never;
}

/** Runs with files in a folder of their own, gone afterwards. */
export async function inFolder<T>(
  files: Readonly<Record<string, Uint8Array>>,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'vaemetrics-data-'));
  try {
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
