import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A network whose steps and checkpoints take next to nothing. */
export const NARROW = ['--architecture', 'mlp', '--mlp-width', '16', '--backend', 'wasm', '--threads', '1'];

/** A folder for the files of one test file, and how to be rid of it. */
export function makeFolder(): { at: (name: string) => string; remove: () => void; path: string } {
  const path = mkdtempSync(join(tmpdir(), 'vaemetrics-cli-'));
  return { path, at: (name) => join(path, name), remove: () => rmSync(path, { recursive: true, force: true }) };
}

/**
 * 240 samples of 3 factors (2, 3 and 4 values); latents 0 to 2 carry them, latent 3 carries
 * nothing.
 */
export function makeSamples(): { latents: Float32Array; factors: Int32Array; rows: number } {
  const rows = 240;
  const sizes = [2, 3, 4];
  const factors = new Int32Array(rows * 3);
  const latents = new Float32Array(rows * 4);
  for (let row = 0; row < rows; row++) {
    let rest = row;
    for (let k = 0; k < 3; k++) {
      factors[row * 3 + k] = rest % sizes[k];
      rest = Math.floor(rest / sizes[k]);
      // A little of the next factor, so that no score is exactly 1.
      latents[row * 4 + k] = factors[row * 3 + k] + ((row * 7919) % 31) / 40;
    }
    latents[row * 4 + 3] = ((row * 104729) % 97) / 97;
  }
  return { latents, factors, rows };
}

/** An .npy file, version 1.0, row by row. */
export function npyBytes(data: Float32Array | Float64Array | Int32Array, shape: readonly number[]): Uint8Array {
  const descr = data instanceof Float32Array ? '<f4' : data instanceof Float64Array ? '<f8' : '<i4';
  const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`;
  const header = `${dictionary.padEnd(128 - 10 - 1)}\n`;
  const start = new Uint8Array([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8]);
  return Buffer.concat([start, Buffer.from(header, 'latin1'), bytesOf(data)]);
}

/** A safetensors file. */
export function safetensorsBytes(
  tensors: Readonly<Record<string, { data: Float32Array | Int32Array; shape: readonly number[] }>>,
): Uint8Array {
  const header: Record<string, unknown> = {};
  let end = 0;
  for (const [name, { data, shape }] of Object.entries(tensors)) {
    const dtype = data instanceof Float32Array ? 'F32' : 'I32';
    header[name] = { dtype, shape, data_offsets: [end, end + data.byteLength] };
    end += data.byteLength;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, ...Object.values(tensors).map(({ data }) => bytesOf(data))]);
}

/** A CSV of rows. */
export function csvText(data: ArrayLike<number>, columns: number, header?: string): string {
  const lines = header === undefined ? [] : [header];
  for (let start = 0; start < data.length; start += columns) {
    lines.push(Array.from({ length: columns }, (_, i) => data[start + i]).join(','));
  }
  return `${lines.join('\n')}\n`;
}

export function bytesOf(data: Float32Array | Float64Array | Int32Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** The samples in every format the tests need. */
export function writeSamples(at: (name: string) => string): void {
  const { latents, factors, rows } = makeSamples();
  writeFileSync(at('latents.npy'), npyBytes(latents, [rows, 4]));
  writeFileSync(at('factors.npy'), npyBytes(factors, [rows, 3]));
  writeFileSync(at('short.npy'), npyBytes(factors.slice(0, 30), [10, 3]));
  writeFileSync(at('latents.bin'), bytesOf(latents));
  writeFileSync(at('factors.bin'), bytesOf(factors));
  writeFileSync(at('latents.csv'), csvText(latents, 4, 'a,b,c,d'));
  writeFileSync(at('factors.csv'), csvText(factors, 3));
  const tensors = { mu: { data: latents, shape: [rows, 4] }, factors: { data: factors, shape: [rows, 3] } };
  writeFileSync(at('posterior.safetensors'), safetensorsBytes(tensors));
  writeFileSync(at('broken.npy'), npyBytes(latents, [rows, 4]).subarray(0, 200));
  const holed = latents.slice();
  holed[4 * 7 + 2] = Number.NaN;
  writeFileSync(at('holed.npy'), npyBytes(holed, [rows, 4]));
}
