import { DataError, dataRangeError } from '../../errors.js';
import { type Note, writeNotes } from '../../note.js';
import type { Dataset, Factor, ImageShape, Reading } from '../dataset.js';

/** Images by row, as a file has them. Rows have been checked by the caller. */
export interface ImageRows {
  readonly size: number;
  readonly image: ImageShape;
  readonly isBinary: boolean;
  read(rows: ArrayLike<number>, out: Uint8Array): void | Promise<void>;
}

/** Factors by row. */
export interface FactorTable {
  readonly factors: readonly Factor[];
  /** Writes the factors of a row into `out` from `at` on. */
  read(row: number, out: Float64Array, at: number): void;
}

/** What a reader has found. */
export interface FileParts {
  readonly name: string;
  readonly path: string;
  readonly identity: Readonly<Record<string, string | number | boolean | null>>;
  readonly images: ImageRows;
  readonly table: FactorTable;
  /** How the images were read. */
  readonly reading?: Omit<Reading, 'labels'>;
  /** What was decided on opening, for people. */
  readonly notes?: readonly Note[];
  readonly close?: () => void | Promise<void>;
}

/** The table of a data set whose factors are not known. */
export const NO_FACTORS: FactorTable = { factors: [], read: () => undefined };

/** Puts a data set together, with its checks of arguments. */
export function fileDataset({
  name,
  path,
  identity,
  images,
  table,
  reading = {},
  notes = [],
  close,
}: FileParts): Dataset {
  const { size, image, isBinary } = images;
  if (!Number.isInteger(size) || size < 1) {
    throw new DataError(`expected at least one image, got ${size === 0 ? 'none' : size}`, { path });
  }
  const imageBytes = image.height * image.width * image.channels;
  const count = table.factors.length;
  return {
    name,
    identity: { ...identity, rows: size, height: image.height, width: image.width, channels: image.channels },
    size,
    image,
    isBinary,
    factors: table.factors,
    notes: writeNotes(notes),
    reading: { ...reading, ...labelsOf(table.factors) },
    readImages(rows, out) {
      checkRows(rows, size, out.length, imageBytes);
      return images.read(rows, out);
    },
    readFactors(rows, out) {
      checkRows(rows, size, out.length, count);
      for (let i = 0; i < rows.length; i++) table.read(rows[i], out, i * count);
    },
    ...(close === undefined ? {} : { close }),
  };
}

// Beyond this a configuration would be a table of its own.
const MOST_LABELS = 1024;

/** The values of factors whose numbers are others. */
function labelsOf(factors: readonly Factor[]): Pick<Reading, 'labels'> {
  const named = factors.flatMap(({ name, values }) =>
    values === undefined || values.length > MOST_LABELS ? [] : [[name, values] as const],
  );
  return named.length === 0 ? {} : { labels: Object.fromEntries(named) };
}

function checkRows(rows: ArrayLike<number>, size: number, room: number, each: number): void {
  for (let i = 0; i < rows.length; i++) {
    if (!Number.isInteger(rows[i]) || rows[i] < 0 || rows[i] >= size) {
      throw dataRangeError(`expected rows from 0 to ${size - 1}, got ${rows[i]} at ${i}`);
    }
  }
  if (room < rows.length * each) throw dataRangeError(`expected room for ${rows.length * each} values, got ${room}`);
}

/** Images that are in memory, one after the other. */
export function imagesInMemory(bytes: Uint8Array, image: ImageShape): ImageRows {
  const imageBytes = image.height * image.width * image.channels;
  return {
    size: bytes.length / imageBytes,
    image,
    isBinary: bytes.every((value) => value === 0 || value === 255),
    read(rows, out) {
      for (let i = 0; i < rows.length; i++) {
        out.set(bytes.subarray(rows[i] * imageBytes, (rows[i] + 1) * imageBytes), i * imageBytes);
      }
    },
  };
}

/** Factors that run through a grid, the last one fastest. */
export function gridTable(factors: ReadonlyArray<readonly [name: string, size: number]>): FactorTable {
  return {
    factors: factors.map(([name, size]) => ({ name, size })),
    read(row, out, at) {
      let left = row;
      for (let k = factors.length - 1; k >= 0; k--) {
        const size = factors[k][1];
        out[at + k] = left % size;
        left = Math.floor(left / size);
      }
    },
  };
}
