/** Data sets of arrays that are in memory already. */
import { dataRangeError, dataTypeError } from '../errors.js';
import { crc32 } from '../io/crc32.js';
import { type MatrixLike, toMatrix } from '../matrix.js';
import { checkRecord, refuseUnknown } from '../options/check-options.js';
import { checkNamesOfFactors } from './check-factors.js';
import type { Dataset, ImageShape } from './dataset.js';
import { tableOfColumns } from './files/columns-table.js';
import { fileDataset, imagesInMemory, NO_FACTORS } from './files/file-dataset.js';

/** Images in memory, and the factors that made them. */
export interface DatasetArrays {
  /** (N, H, W, C), row-major: bytes 0 .. 255, or floats from 0 to 1, which are rounded to bytes. */
  readonly images: Uint8Array | Float32Array | Float64Array;
  readonly height: number;
  readonly width: number;
  /** 1 (the default) or 3. */
  readonly channels?: number;
  /** (N, K); columns of values 0 .. size - 1 are discrete, others vary along a line. */
  readonly factors?: MatrixLike;
  readonly factorNames?: readonly string[];
  /** Default `images`. */
  readonly name?: string;
}

const ARRAYS = [
  'images',
  'height',
  'width',
  'channels',
  'factors',
  'factorNames',
  'name',
] as const satisfies ReadonlyArray<keyof DatasetArrays>;

/**
 * A data set of images in memory, to be trained on and scored. Bytes are not copied.
 * @throws TypeError or RangeError for arrays that are no images, or that do not belong together
 * @example
 * const dataset = createDataset({ images: bytes, height: 28, width: 28, factors: labels });
 */
export function createDataset(arrays: DatasetArrays): Dataset {
  refuseUnknown('createDataset', checkRecord('createDataset', arrays), ARRAYS);
  const { images, height, width, channels = 1, name = 'images' } = arrays;
  if (typeof name !== 'string' || name === '') {
    throw dataTypeError(`name: expected a text, got ${typeof name === 'string' ? 'an empty one' : typeof name}`);
  }
  if (arrays.factors === undefined && arrays.factorNames !== undefined) {
    throw dataRangeError('factorNames: expected none without factors, got some');
  }
  const image = checkShape({ height, width, channels });
  const each = height * width * channels;
  if (!(images instanceof Uint8Array || images instanceof Float32Array || images instanceof Float64Array)) {
    throw dataTypeError('images: expected a Uint8Array, Float32Array or Float64Array');
  }
  const rows = images.length / each;
  if (!Number.isInteger(rows) || rows === 0) {
    throw dataRangeError(
      `images: expected a multiple of ${each} values (${height} x ${width} x ${channels}), got ${images.length}`,
    );
  }
  const bytes = images instanceof Uint8Array ? images : roundPixels(images, each);
  const found = arrays.factors === undefined ? { table: NO_FACTORS, notes: [] } : readFactors(arrays, rows);
  return fileDataset({
    name,
    path: name,
    identity: { format: 'arrays', checksum: checksumOf(bytes, arrays.factors) },
    images: imagesInMemory(bytes, image),
    ...found,
  });
}

/** Of images and factors: a resumed run compares it. */
function checksumOf(images: Uint8Array, factors: MatrixLike | undefined): string {
  const values = factors === undefined ? new Float64Array(0) : Float64Array.from(toMatrix(factors, 'factors').data);
  return crc32(new Uint8Array(values.buffer), crc32(images)).toString(16).padStart(8, '0');
}

function checkShape(image: ImageShape): ImageShape {
  for (const [side, length] of Object.entries(image)) {
    const isRight = Number.isInteger(length) && length >= 1 && (side !== 'channels' || length === 1 || length === 3);
    if (isRight) continue;
    const expected = side === 'channels' ? '1 or 3' : 'a whole number of at least 1';
    throw dataRangeError(`${side}: expected ${expected}, got ${length}`);
  }
  return image;
}

function roundPixels(images: Float32Array | Float64Array, each: number): Uint8Array {
  return Uint8Array.from(images, (value, i) => {
    if (value >= 0 && value <= 1) return Math.round(value * 255);
    throw dataRangeError(`images: expected floats from 0 to 1, got ${value} in row ${Math.floor(i / each)}`);
  });
}

function readFactors({ factors, factorNames }: DatasetArrays, rows: number) {
  const table = toMatrix(factors as MatrixLike, 'factors');
  if (table.rows !== rows) throw dataRangeError(`factors: expected ${rows} rows to match images, got ${table.rows}`);
  if (factorNames !== undefined && !Array.isArray(factorNames)) {
    throw dataTypeError(
      `factorNames: expected an array of names, got ${factorNames === null ? 'null' : typeof factorNames}`,
    );
  }
  const names: readonly string[] = factorNames ?? Array.from({ length: table.columns }, (_, k) => `factor${k}`);
  if (names.length !== table.columns) {
    throw dataRangeError(`factorNames: expected ${table.columns} names, got ${names.length}`);
  }
  checkNamesOfFactors('factorNames', names);
  const bad = Array.from(table.data).findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const place = `row ${Math.floor(bad / table.columns)}, column ${bad % table.columns}`;
    throw dataRangeError(`factors: expected numbers, got ${table.data[bad]} in ${place}`);
  }
  return tableOfColumns({ names, values: table.data, rows }, false);
}
