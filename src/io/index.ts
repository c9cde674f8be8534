/**
 * Reading and writing files of arrays, anywhere: nothing here knows of a file system.
 * `file-source.ts` and `write-file.ts` add Node's.
 */
import type { ArrayFile } from './array-file.js';
import { openCsv } from './csv.js';
import { detectFormat } from './detect.js';
import { openNpy } from './npy.js';
import { openNpz } from './npz.js';
import { openParquet } from './parquet.js';
import { openRaw, type RawOptions } from './raw.js';
import type { Role } from './roles.js';
import { openSafetensors } from './safetensors.js';
import type { ByteSource } from './source.js';
import { openVmat } from './vmat.js';

export type { ArrayEntry, ArrayFile, Format, RowChunk } from './array-file.js';
export { type Conversion, type ConvertOptions, convertArrays, formatForPath, type OutputFormat } from './convert.js';
export { type CsvWriteOptions, writeCsv } from './csv.js';
export { type FactorLabels, factorLabelMembers, readFactorLabels } from './factor-labels.js';
export { type FloatTensor, type FloatTensors, readFloatTensors, writeFloatTensors } from './float-tensors.js';
export { type ArrayInspection, inspectArray } from './inspect.js';
export type { NamedMatrix } from './named-matrix.js';
export { writeNpy } from './npy.js';
export { type NpzWriteOptions, writeNpz } from './npz.js';
export { describeArrays, findByRole, pickArray, pickFactors, pickLatents } from './pick.js';
export {
  findPosterior,
  nameArrays,
  type PosteriorNames,
  type PosteriorSearch,
  pickPosterior,
  readArrays,
} from './pick-posterior.js';
export type { RawOptions } from './raw.js';
export { ROLES, type Role, type RoleNames } from './roles.js';
export { writeSafetensors } from './safetensors.js';
export type { Metadata } from './safetensors-header.js';
export { type ByteSource, blobSource, memorySource } from './source.js';
export type { NamedStrings } from './strings.js';
export { writeVmat } from './vmat.js';

/** What a file does not say itself. */
export interface OpenOptions {
  /** For a file of bare values without a header. */
  readonly raw?: RawOptions;
  /** What the file is given as: decides the dtype of bare values, and the option that messages name. */
  readonly role?: Role;
  /** The rows of the file it belongs to, which tells the columns of bare values in messages. */
  readonly expectedRows?: number;
  /** Whether the first row of a text table holds names; `auto`, the default, looks whether it holds no number. */
  readonly header?: 'auto' | boolean;
}

/**
 * Opens a file of arrays. The format is told by its first bytes, and by its name only where those say nothing.
 * Headers are read and checked; numbers are read by the entries. (A text table has no header and is read through.)
 *
 * @throws DataError with the place where the file is damaged or cannot be read
 *
 * @example
 * const file = await openArrays(blobSource(blob));
 * const latents = await pickLatents(file).read();
 */
export async function openArrays(source: ByteSource, options: OpenOptions = {}): Promise<ArrayFile> {
  const { header, raw, role, expectedRows } = options;
  const format = await detectFormat(source);
  switch (format) {
    case 'npy':
      return openNpy(source);
    case 'npz':
      return openNpz(source);
    case 'vmat':
      return openVmat(source);
    case 'safetensors':
      return openSafetensors(source);
    case 'parquet':
      return openParquet(source);
    case 'csv':
    case 'tsv':
      return openCsv(source, { header, isTabbed: format === 'tsv' });
    case 'raw':
      return openRaw(source, raw, role, expectedRows);
  }
}
