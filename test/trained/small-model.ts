/** A small run, and what its tests share. */
import { type RunFolder, train } from '../../src/train.js';
import { smallData } from '../train/small-data.js';

export const LATENTS = 4;
export const TEST_ROWS = 120;

export async function trainSmallModel(out: RunFolder): Promise<void> {
  await train({
    data: smallData,
    backend: 'wasm',
    model: 'vae',
    latents: LATENTS,
    batchSize: 32,
    steps: 60,
    testRows: TEST_ROWS,
    out,
  });
}

export async function refusalOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
  } catch (error) {
    return `${(error as Error).name} ${(error as { code?: string }).code}: ${(error as Error).message}`;
  }
  return 'nothing was refused';
}

export async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}
