import { DataError } from '../errors.js';
import type { SparseMatrix } from '../sparse-matrix.js';
import type { ArrayEntry } from './array-file.js';
import { refusalOfFilling } from './sparse.js';
import { type TableAbout, wholeEntry } from './whole-entry.js';

/**
 * An entry whose zeros are not stored: it can be read as it is, or filled in.
 * @param about with the size of its file, which limits how large it may get
 */
export function sparseEntry(
  path: string,
  name: string | null,
  { fileBytes, ...about }: TableAbout & { readonly fileBytes: number },
  readSparse: () => Promise<SparseMatrix>,
): ArrayEntry {
  const refusal = refusalOfFilling(about.shape, fileBytes);
  const read = async () => {
    if (refusal !== null) throw new DataError(refusal, { path, ...(name !== null && { member: name }) });
    return (await readSparse()).toMatrix();
  };
  return { ...wholeEntry(path, name, about, read), readSparse };
}
