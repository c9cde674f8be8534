/** Rows of a data set through an encoder. */
import type { Dataset } from '../data/index.js';
import { readImages } from '../data/read-images.js';
import type { Codes, Encoder } from '../encoder.js';
import { dataRangeError } from '../errors.js';
import { pieces } from './pieces.js';
import { takeTurn } from './take-turn.js';

/**
 * Rows that are encoded at a time: a batch of training, so that signals wait no longer for their
 * turn than there.
 */
const ROWS_AT_A_TIME = 64;

/** Codes of some rows, and their factors (N, K), row-major. */
export interface EncodedRows extends Codes {
  readonly factors: Float64Array;
}

/**
 * Encodes rows some at a time; `onChunk` is told how many are done, and stops it by throwing.
 * @throws RangeError for codes of another shape than (rows, latents)
 */
export async function encodeRows(
  encoder: Encoder,
  dataset: Dataset,
  rows: Int32Array,
  onChunk?: (done: number) => void,
): Promise<EncodedRows> {
  const { latents } = encoder;
  const columns = dataset.factors.length;
  const factors = new Float64Array(rows.length * columns);
  await dataset.readFactors(rows, factors);
  const mu = new Float32Array(rows.length * latents);
  let logvar: Float32Array | undefined;
  for (const [from, to] of pieces(rows.length, ROWS_AT_A_TIME)) {
    onChunk?.(from);
    const numbers = rows.subarray(from, to);
    const codes = await encoder.encode({
      count: to - from,
      values: await readImages(dataset, numbers),
      numbers,
      ...(columns > 0 && { factors: factors.subarray(from * columns, to * columns) }),
    });
    if (from === 0 && codes.logvar !== undefined) logvar = new Float32Array(mu.length);
    checkCodes(codes, to - from, latents, logvar !== undefined);
    mu.set(codes.mu, from * latents);
    logvar?.set(codes.logvar as Float32Array, from * latents);
    await takeTurn();
  }
  return { mu, ...(logvar && { logvar }), factors };
}

function checkCodes(codes: Codes, rows: number, latents: number, hasLogvar: boolean): void {
  const expected = { mu: rows * latents, logvar: hasLogvar ? rows * latents : undefined };
  for (const name of ['mu', 'logvar'] as const) {
    if (codes[name]?.length === expected[name]) continue;
    const what = expected[name] === undefined ? 'none, as of the rows before' : `${rows} x ${latents} values`;
    throw dataRangeError(`encoder: expected ${name} of ${what}, got ${codes[name]?.length ?? 'none'}`);
  }
}
