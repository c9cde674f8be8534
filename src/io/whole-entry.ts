import { type Dtype, Matrix } from '../matrix.js';
import type { ArrayEntry, RowChunk } from './array-file.js';
import { heldBytes } from './dtype.js';
import { rowsAndColumns } from './shape.js';

const CHUNK_BYTES = 4 << 20;

/** What is known of a table before it is read. */
export interface TableAbout extends Pick<ArrayEntry, 'columnNames' | 'words' | 'rowNameColumns' | 'notes'> {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
}

/** An entry that cannot be read in parts: chunks are rows of the whole. */
export function wholeEntry(
  path: string,
  name: string | null,
  about: TableAbout,
  read: () => Promise<Matrix>,
): ArrayEntry {
  const { rows, columns } = rowsAndColumns(about.shape);
  return {
    path,
    name,
    ...about,
    bytes: rows * columns * heldBytes(about.dtype),
    refusal: null,
    read,
    async *chunks(): AsyncGenerator<RowChunk> {
      const { data, dtype } = await read();
      const step = Math.max(1, Math.floor(CHUNK_BYTES / (columns * heldBytes(dtype))));
      for (let firstRow = 0; firstRow < rows; firstRow += step) {
        const count = Math.min(step, rows - firstRow);
        const part = data.slice(firstRow * columns, (firstRow + count) * columns);
        yield { firstRow, matrix: new Matrix(part, count, columns, dtype) };
      }
    },
  };
}
