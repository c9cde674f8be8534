import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { isCodedError } from '../../src/errors.js';
import { type ArrayEntry, type ArrayFile, memorySource, openArrays } from '../../src/io/index.js';

/** The bytes of a file that fixtures/make.py wrote. */
export function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`./fixtures/${name}`, import.meta.url)));
}

/** Opens bytes under a name. */
export function open(bytes: Uint8Array | string, path: string): Promise<ArrayFile> {
  return openArrays(memorySource(typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes, path));
}

/** The rows of an array, read whole and in chunks. */
export async function rowsOf(entry: ArrayEntry): Promise<number[][]> {
  const { data, rows, columns } = await entry.read();
  const inChunks: number[] = [];
  for await (const { matrix } of entry.chunks()) inChunks.push(...matrix.data);
  assert.equal(inChunks, [...data]);
  return Array.from({ length: rows }, (_, row) => [...data.subarray(row * columns, (row + 1) * columns)]);
}

const DAMAGES = 120;

/** Damages a file in many ways: it is read all the same, or refused by an error of ours. */
export async function survivesDamage(bytes: Uint8Array, path: string): Promise<void> {
  const readAll = async (damaged: Uint8Array, what: string) => {
    try {
      const { arrays } = await open(damaged, path);
      for (const entry of arrays) if (entry.refusal === null) await entry.read();
    } catch (error) {
      assert.ok(isCodedError(error), `${path}, ${what}: ${(error as Error).stack}`);
    }
  };
  const step = Math.max(1, Math.floor(bytes.length / DAMAGES));
  for (let at = 0, k = 0; at < bytes.length; at += step, k++) {
    const mask = [0xff, 0x01, 0x80][k % 3];
    const damaged = bytes.slice();
    damaged[at] ^= mask;
    await readAll(damaged, `byte ${at} ^ ${mask}`);
    if (k % 8 === 0) await readAll(bytes.subarray(0, at), `cut to ${at}`);
  }
}
