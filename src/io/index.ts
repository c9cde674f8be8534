/**
 * Reading and writing files of arrays, anywhere: nothing here knows of a file system.
 * `file-source.ts` and `write-file.ts` add Node's.
 */
import type { ArrayFile } from './array-file.js';
import type { OpenOptions } from './array-format.js';
import { checkSource } from './check-given.js';
import { detectFormat, isPacked } from './detect.js';
import { gunzip } from './gzip.js';
import { checkOpenOptions } from './open-options.js';
import { type ByteSource, memorySource } from './source.js';

export type { ArrayEntry, ArrayFile, RowChunk, TakenColumn } from './array-file.js';
export type { OpenOptions, RawOptions } from './array-format.js';
export {
  countColumns,
  describeWords,
  dropRowNames,
  findColumns,
  type KeptColumns,
  nameColumn,
  noteRowNames,
  withColumns,
  writeRanges,
} from './columns.js';
export { type Conversion, type ConvertOptions, convertArrays, formatForPath } from './convert.js';
export type { CsvWriteOptions } from './csv.js';
export { type FactorLabels, factorLabelMembers, readFactorLabels } from './factor-labels.js';
export { type FloatTensor, type FloatTensors, readFloatTensors, writeFloatTensors } from './float-tensors.js';
export type { Format, OutputFormat } from './formats.js';
export { type ArrayInspection, inspectArray } from './inspect.js';
export type { NamedMatrix } from './named-matrix.js';
export type { NpzWriteOptions } from './npz.js';
export { OPEN_OPTIONS } from './open-options.js';
export {
  describeArrays,
  findByRole,
  findMember,
  holdsNothingUsable,
  memberNamed,
  noteRivals,
  pickArray,
  pickFactors,
  pickLatents,
} from './pick.js';
export {
  findPosterior,
  lacksArray,
  nameArrays,
  type PosteriorNames,
  type PosteriorSearch,
  pickPosterior,
  readArrays,
} from './pick-posterior.js';
export { nameReading, nameReadingNotes, READING_NAMES, type ReadingNames } from './reading-names.js';
export { joinColumns, transposed, withWords } from './reshape.js';
export { ROLES, type Role } from './roles.js';
export type { Metadata } from './safetensors-header.js';
export { formatShape } from './shape.js';
export { type ByteSource, blobSource, memorySource } from './source.js';
export { MOST_WORDS_BYTES, type NamedStrings } from './strings.js';
export { writeCsv, writeNpy, writeNpz, writeSafetensors, writeVmat } from './write-given.js';

/**
 * Opens a file of arrays. The format is told by its first bytes, and by its name only where those
 * say nothing. Headers are read and checked; numbers are read by the entries. (A text table has no
 * header and is read through.) What gzip packed is unpacked into memory, up to 2 GiB
 * (`mostUnpacked`).
 *
 * @throws DataError with the place where the file is damaged or cannot be read; OptionError for
 * what is no source, and for options that cannot be
 *
 * @example
 * const file = await openArrays(blobSource(blob));
 * const latents = await pickLatents(file).read();
 */
export async function openArrays(source: ByteSource, options: OpenOptions = {}): Promise<ArrayFile> {
  checkSource(source);
  const given = checkOpenOptions(options);
  const inMemory = source.size <= SMALL_FILE_BYTES ? await intoMemory(source) : source;
  const unpacked = (await isPacked(inMemory)) ? await gunzip(inMemory) : inMemory;
  return (await detectFormat(unpacked, given)).open(unpacked, given);
}

// What is read at once, because reading it in thousands of pieces takes far longer.
const SMALL_FILE_BYTES = 4 << 20;

async function intoMemory(source: ByteSource): Promise<ByteSource> {
  return memorySource(await source.read(0, source.size), source.path);
}
