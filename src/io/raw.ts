import { DataError, wrongValue } from '../errors.js';
import type { Dtype } from '../matrix.js';
import { mention, type Phrase, phrase } from '../phrase.js';
import type { ArrayFile } from './array-file.js';
import type { ArrayFormat, RawOptions } from './array-format.js';
import { denseEntry, rangePayload } from './dense.js';
import { ITEM_BYTES } from './dtype.js';
import type { Role } from './roles.js';
import type { ByteSource } from './source.js';

const FITS_SHOWN = 8;

/**
 * Opens a file of bare little-endian values, row by row.
 *
 * @param expectedRows the rows of the file it belongs to, for a better message
 * @throws DataError when the columns are not said, naming those that fit, or when they do not fit
 */
export function openRaw(
  source: ByteSource,
  raw: RawOptions = {},
  role: Role = 'latents',
  expectedRows?: number,
): ArrayFile {
  const { path, size } = source;
  const dtype = raw.dtype ?? (role === 'factors' ? 'int32' : 'float32');
  const itemBytes = ITEM_BYTES[dtype];
  if (size % itemBytes !== 0) {
    throw new DataError(
      `no VMAT header: expected a multiple of ${itemBytes} bytes for bare values of ${dtype}, got ${size}`,
      { path },
    );
  }
  const { columns } = raw;
  if (columns === undefined) {
    throw new DataError(describeFits(size, dtype, size / itemBytes, role, expectedRows), { path });
  }
  if (!Number.isSafeInteger(columns) || columns < 1) {
    throw wrongValue({ option: 'columns', problem: `expected a whole number of at least 1, got ${columns}` });
  }
  const rowBytes = columns * itemBytes;
  if (size % rowBytes !== 0) {
    throw new DataError(
      `expected a multiple of ${rowBytes} bytes (${columns} ${columns === 1 ? 'column' : 'columns'} of ${dtype}), got ${size}`,
      { path },
    );
  }
  const layout = { dtype, bigEndian: false, fortranOrder: false, shape: [size / rowBytes, columns] };
  return { path, format: 'raw', arrays: [denseEntry(path, null, layout, rangePayload(source, 0, size))] };
}

function describeFits(size: number, dtype: Dtype, values: number, role: Role, expectedRows?: number): Phrase {
  const start = `no VMAT header; ${size} bytes of ${dtype} are ${values} values`;
  if (expectedRows !== undefined && expectedRows > 0 && values % expectedRows === 0) {
    const columns = values / expectedRows;
    return phrase`${start}, which in ${expectedRows} rows are ${columns} columns; say ${mention('columns', columns, role)}`;
  }
  const fits: number[] = [];
  for (let columns = 1; columns <= values && fits.length <= FITS_SHOWN && columns < 1e6; columns++) {
    if (values % columns === 0) fits.push(columns);
  }
  const shown = fits.slice(0, FITS_SHOWN).join(', ') + (fits.length > FITS_SHOWN ? ', ...' : '');
  const rows = expectedRows === undefined ? '' : `, none of them in ${expectedRows} rows`;
  return phrase`${start}, which fit ${shown} columns${rows}; say ${mention('columns', 'N', role)}`;
}

/** Bare values, which say nothing of themselves and begin with anything. */
export const raw = {
  name: 'raw',
  extensions: ['bin', 'raw', 'dat'],
  byName: 'always',
  open: (source, { raw: options, role, expectedRows }) => openRaw(source, options, role, expectedRows),
} as const satisfies ArrayFormat;
