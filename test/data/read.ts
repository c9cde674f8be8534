import type { Dataset } from '../../src/data/dataset.js';

/** The images of some rows. */
export async function imagesOf(dataset: Dataset, rows: ArrayLike<number>): Promise<Uint8Array> {
  const { height, width, channels } = dataset.image;
  const out = new Uint8Array(rows.length * height * width * channels);
  await dataset.readImages(rows, out);
  return out;
}

/** The factors of some rows, one array each. */
export async function factorsOf(dataset: Dataset, rows: ArrayLike<number>): Promise<number[][]> {
  const K = dataset.factors.length;
  const out = new Float64Array(rows.length * K);
  await dataset.readFactors(rows, out);
  return Array.from({ length: rows.length }, (_, i) => [...out.subarray(i * K, (i + 1) * K)]);
}

/** Images of given factors. */
export async function rendered(dataset: Dataset, values: readonly number[][], index = 0): Promise<Uint8Array> {
  const { height, width, channels } = dataset.image;
  const out = new Uint8Array(values.length * height * width * channels);
  await dataset.renderFactors?.(Float64Array.from(values.flat()), out, index);
  return out;
}

/** What a call rejects with. */
export async function refusalOf(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('expected a refusal');
}
