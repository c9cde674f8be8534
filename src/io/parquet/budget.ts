/**
 * How much may be made of a Parquet file: a few bytes can stand for any number of equal values, and
 * a damaged file can ask for everything.
 */
import { DataError } from '../../errors.js';

const VALUES_OF_ANY_FILE = 2 ** 24;
const VALUES_PER_BYTE = 8;
const BYTES_OF_ANY_FILE = 64 << 20;
const BYTES_PER_BYTE = 64;
/** What a number takes unpacked: itself and its levels. */
const BYTES_PER_VALUE = 10;

/**
 * Refuses a table that is too large for its file.
 * @param values numbers in the table
 */
export function refuseHuge(values: number, size: number, path: string): void {
  const most = VALUES_OF_ANY_FILE + VALUES_PER_BYTE * size;
  if (values <= most) return;
  const problem = `expected at most ${most} values in a file of ${size} bytes, got ${values}; save them with numpy.savez`;
  throw new DataError(problem, { path });
}

/** The bytes that may be unpacked of a file, once for all its columns. */
export class Budget {
  private left: number;

  constructor(
    values: number,
    private readonly size: number,
    private readonly path: string,
  ) {
    this.left = BYTES_OF_ANY_FILE + BYTES_PER_BYTE * size + BYTES_PER_VALUE * values;
  }

  /** @throws DataError when it is spent */
  spend(bytes: number): void {
    this.left -= bytes;
    if (this.left >= 0) return;
    const problem = `its ${this.size} bytes unpack to more than is likely; it is damaged, or write it with snappy`;
    throw new DataError(problem, { path: this.path });
  }
}
