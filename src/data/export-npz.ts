import { factorLabelMembers } from '../io/factor-labels.js';
import { type PiecewiseArray, writePieces } from '../io/npz-pieces.js';
import type { FactorType } from '../types.js';
import type { Dataset } from './dataset.js';

/** Images are read so many bytes at a time. */
const PIECE_BYTES = 4 * 1024 ** 2;

/** Rows that are written: some by number, or all. */
export type RowList = Int32Array | 'all';

export function countRows({ size }: Dataset, rows: RowList): number {
  return rows === 'all' ? size : rows.length;
}

/** The numbers of rows at places [from, to). */
function rowsAt(rows: RowList, from: number, to: number): Int32Array {
  return rows === 'all' ? Int32Array.from({ length: to - from }, (_, i) => from + i) : rows.subarray(from, to);
}

/**
 * Writes rows as .npz: `images` uint8 (N, H, W), or (N, H, W, C) of several channels, and, where
 * factors are known, `factors` float64 (N, K), `factor_names` and `factor_types` (`discrete` or
 * `continuous`), K strings each.
 *
 * @param rows numbers of rows, in the order in which they are written; default all
 * @param compress deflates; the archive's images are then held in memory in deflated form
 * @returns the archive in pieces; images are read as it is written
 */
export function exportNpz(dataset: Dataset, rows: RowList = 'all', compress = false): AsyncGenerator<Uint8Array> {
  const { image, factors } = dataset;
  const count = countRows(dataset, rows);
  const imageBytes = image.height * image.width * image.channels;
  const step = Math.max(1, Math.floor(PIECE_BYTES / imageBytes));

  async function* imagePieces(): AsyncGenerator<Uint8Array> {
    for (let from = 0; from < count; from += step) {
      const chosen = rowsAt(rows, from, Math.min(count, from + step));
      const images = new Uint8Array(chosen.length * imageBytes);
      await dataset.readImages(chosen, images);
      yield images;
    }
  }

  async function* factorPieces(): AsyncGenerator<Uint8Array> {
    for (let from = 0; from < count; from += step) {
      const chosen = rowsAt(rows, from, Math.min(count, from + step));
      const values = new Float64Array(chosen.length * factors.length);
      await dataset.readFactors(chosen, values);
      yield new Uint8Array(values.buffer);
    }
  }

  const channels = image.channels === 1 ? [] : [image.channels];
  const images: PiecewiseArray = {
    name: 'images',
    dtype: 'uint8',
    shape: [count, image.height, image.width, ...channels],
    pieces: imagePieces,
  };
  if (factors.length === 0) return writePieces([images], compress);
  const table: PiecewiseArray = {
    name: 'factors',
    dtype: 'float64',
    shape: [count, factors.length],
    pieces: factorPieces,
  };
  const types = factors.map(({ size }): FactorType => (size === null ? 'continuous' : 'discrete'));
  const labels = factorLabelMembers(
    factors.map(({ name }) => name),
    types,
  );
  return writePieces([images, table, ...labels], compress);
}
