/** Data sets of arrays that are in memory already. */
import { dataRangeError, wrongType } from '../errors.js';
import { crc32 } from '../io/crc32.js';
import { type MatrixLike, toMatrix } from '../matrix.js';
import { checkOptions } from '../options/check-options.js';
import { describeValues } from '../options/describe-rule.js';
import { integer, other, text, type ValuesOf } from '../options/rule.js';
import { checkNamesOfFactors } from './check-factors.js';
import type { Dataset } from './dataset.js';
import { tableOfColumns } from './files/columns-table.js';
import { fileDataset, imagesInMemory, NO_FACTORS } from './files/file-dataset.js';
import { FILE_OPTIONS } from './files/file-options.js';

/** Images in memory, and the factors that made them. */
export interface DatasetArrays {
  /** (N, H, W, C), row-major: bytes 0 .. 255, or floats from 0 to 1, which are rounded to bytes. */
  readonly images: Pixels;
  readonly height: number;
  readonly width: number;
  /** 1 (the default) or 3. */
  readonly channels?: number;
  /** (N, K); columns of whole numbers are discrete, others vary along a line. */
  readonly factors?: MatrixLike;
  readonly factorNames?: readonly string[];
  /** Default `images`. */
  readonly name?: string;
}

type Pixels = Uint8Array | Float32Array | Float64Array;

const SIDE = { minimum: 1, unit: 'pixels' };

const ARRAYS = {
  images: other<Pixels>({
    expected: 'a Uint8Array, Float32Array or Float64Array',
    accepts: (value) => value instanceof Uint8Array || value instanceof Float32Array || value instanceof Float64Array,
    description: 'pixels, bytes or floats from 0 to 1',
  }),
  height: integer({ ...SIDE, description: 'lines of an image' }),
  width: integer({ ...SIDE, description: 'pixels of a line' }),
  channels: { ...FILE_OPTIONS.channels, defaultText: '1', description: '1 is grey, 3 is colour' },
  factors: other<MatrixLike>({ expected: 'a matrix', accepts: () => true, description: 'the factors that made each' }),
  factorNames: other<readonly string[]>({
    expected: 'an array of names',
    accepts: Array.isArray,
    description: 'names of the columns of factors',
    needs: { option: 'factors' },
  }),
  name: text({ placeholder: 'name', defaultText: 'images', description: 'what messages call the data set' }),
};

/**
 * A data set of images in memory, to be trained on and scored. Bytes are not copied.
 * @throws TypeError or RangeError for arrays that are no images, or that do not belong together
 * @example
 * const dataset = createDataset({ images: bytes, height: 28, width: 28, factors: labels });
 */
export function createDataset(arrays: DatasetArrays): Dataset {
  const given = checkOptions({ name: 'createDataset' }, arrays, ARRAYS);
  const { factors, factorNames } = given;
  const { name, channels } = { name: given.name ?? 'images', channels: given.channels ?? 1 };
  const [images, height, width] = [required('images', given), required('height', given), required('width', given)];
  const image = { height, width, channels };
  const each = height * width * channels;
  const rows = images.length / each;
  if (!Number.isInteger(rows) || rows === 0) {
    throw dataRangeError(
      `images: expected a multiple of ${each} values (${height} x ${width} x ${channels}), got ${images.length}`,
    );
  }
  const bytes = images instanceof Uint8Array ? images : roundPixels(images, each);
  const found = factors === null ? { table: NO_FACTORS, notes: [] } : readFactors(factors, factorNames, rows);
  return fileDataset({
    name,
    path: name,
    identity: { format: 'arrays', checksum: checksumOf(bytes, factors) },
    images: imagesInMemory(bytes, image),
    ...found,
  });
}

/** Of images and factors: a resumed run compares it. */
function checksumOf(images: Uint8Array, factors: MatrixLike | null): string {
  const values = factors === null ? new Float64Array(0) : Float64Array.from(toMatrix(factors, 'factors').data);
  return crc32(new Uint8Array(values.buffer), crc32(images)).toString(16).padStart(8, '0');
}

/** A value that has no default. */
function required<Name extends keyof typeof ARRAYS>(option: Name, values: ValuesOf<typeof ARRAYS>) {
  const value = values[option];
  if (value !== null) return value as NonNullable<typeof value>;
  throw wrongType({ option, problem: `expected ${describeValues(ARRAYS[option])}, got nothing` });
}

function roundPixels(images: Exclude<Pixels, Uint8Array>, each: number): Uint8Array {
  return Uint8Array.from(images, (value, i) => {
    if (value >= 0 && value <= 1) return Math.round(value * 255);
    throw dataRangeError(`images: expected floats from 0 to 1, got ${value} in row ${Math.floor(i / each)}`);
  });
}

function readFactors(factors: MatrixLike, factorNames: readonly string[] | null, rows: number) {
  const table = toMatrix(factors, 'factors');
  if (table.rows !== rows) throw dataRangeError(`factors: expected ${rows} rows to match images, got ${table.rows}`);
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
  return tableOfColumns({ names, values: table.data, rows });
}
