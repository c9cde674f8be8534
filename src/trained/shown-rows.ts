/** The images that pictures are of. */
import { splitRows } from '../data/split.js';
import { wrongValue } from '../errors.js';
import { encodeRows } from '../train/encode-rows.js';
import type { EncoderOnData } from './encoder-on-data.js';

/** Rows that are shown at most, if none were held out. */
const ROWS_AT_MOST = 10_000;

/**
 * The rows that pictures count from 0: those held out from training, in the order of the run's
 * posterior.npz; of other data, and if none were held out, some that the seed of the data draws:
 * neighbours are often alike.
 */
export async function chooseShownRows({ dataset, testRows, dataSeed }: EncoderOnData): Promise<Int32Array> {
  const { size } = dataset;
  if (testRows > 0) return (await splitRows(size, testRows, dataSeed)).test;
  const { test, train } = await splitRows(size, Math.min(ROWS_AT_MOST, size - 1), dataSeed);
  return size > ROWS_AT_MOST ? test : Int32Array.of(...test, train(0));
}

/** The means (N, D) of the images at some places of the rows that are shown. */
export async function meansAt(
  { encoder, dataset }: EncoderOnData,
  shown: Int32Array,
  places: readonly number[],
): Promise<Float32Array> {
  return (
    await encodeRows(
      encoder,
      dataset,
      Int32Array.from(places, (place) => shown[place]),
    )
  ).mu;
}

export function checkPlace(place: number, rows: number, name = 'row'): void {
  if (Number.isInteger(place) && place >= 0 && place < rows) return;
  throw wrongValue({
    option: name,
    problem: `expected a whole number from 0 to ${rows - 1}, a row held out, got ${place}`,
  });
}
