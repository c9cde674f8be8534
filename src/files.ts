/** The façade plus readers and writers that need no file system: blobs and bytes in, bytes out. */

export { decomposeFiles } from './facade/files/decompose-files.js';
export type { DecomposeFilesOptions } from './facade/files/decompose-files-options.js';
export type { DecomposeFilesInput } from './facade/files/find-decomposed.js';
export type { ScoreFilesInput } from './facade/files/find-scored.js';
export type { ReadInput } from './facade/files/read-input.js';
export {
  type ReadOptions,
  readFactorLabels,
  readFactors,
  readLatents,
  readPosterior,
} from './facade/files/read-matrix.js';
export { scoreFiles } from './facade/files/score-files.js';
export type { ScoreFilesOptions } from './facade/files/score-files-options.js';
export * from './index.js';
export {
  type ArrayEntry,
  type ArrayFile,
  type ArrayInspection,
  type ByteSource,
  blobSource,
  type CsvWriteOptions,
  describeArrays,
  type FactorLabels,
  type Format,
  inspectArray,
  memorySource,
  type NamedMatrix,
  type NamedStrings,
  type NpzWriteOptions,
  type OpenOptions,
  openArrays,
  type PosteriorNames,
  pickArray,
  pickFactors,
  pickLatents,
  pickPosterior,
  type RawOptions,
  type Role,
  type RowChunk,
  writeCsv,
  writeNpy,
  writeNpz,
  writeSafetensors,
  writeVmat,
} from './io/index.js';
