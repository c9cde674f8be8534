/**
 * The contract of every data set: images by row, and the factors that made them where they are
 * known.
 */

/** Values of a discrete factor, in the order of their numbers. */
export type FactorValues = ReadonlyArray<number | string>;

/** A generative factor: a column of the table of factors. */
export interface Factor {
  readonly name: string;
  /**
   * The number of its values, which are then 0 .. size - 1; null for one that varies along a line.
   */
  readonly size: number | null;
  /** What the numbers stand for, if not for themselves. */
  readonly values?: FactorValues;
  /** Where it varies along a line: the least of its values, and what all are below (or at most). */
  readonly range?: readonly [from: number, to: number];
}

/**
 * How data were read, so that others are read alike: what is white, how pictures are cut, and how
 * values of factors are numbered. Plain data, which a run keeps.
 */
export interface Reading {
  /** The value of a white pixel in whole numbers; nothing of images that say it themselves. */
  readonly white?: number;
  readonly order?: 'nhwc' | 'nchw';
  /** Edge that images are resized to, in pixels. */
  readonly size?: number;
  readonly crop?: number;
  readonly channels?: 1 | 3;
  /** By factor: its values in the order of their numbers, if those are not the numbers. */
  readonly labels?: Readonly<Record<string, FactorValues>>;
}

/** Height, width and channels of the images. */
export interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Images by row. Rows are the same images for every call, on every platform. */
export interface Dataset {
  /** What the user calls it: `shapes-5`, or the file's name. */
  readonly name: string;
  /**
   * What the images depend on (generator, seed, the file's size and checksum of its header ...); a
   * resumed run compares it.
   */
  readonly identity: Readonly<Record<string, string | number | boolean | null>>;
  /** N rows. */
  readonly size: number;
  readonly image: ImageShape;
  /** Whether every pixel is 0 or 1. */
  readonly isBinary: boolean;
  /** The K factors; none where they are not known. */
  readonly factors: readonly Factor[];
  /**
   * What was decided when it was opened, for people: the order of dimensions, columns left out ...
   */
  readonly notes?: readonly string[];
  /** How it was read; nothing of images that are drawn. */
  readonly reading?: Reading;
  /** Writes the images of some rows, one after the other, as bytes 0 .. 255, (rows, H, W, C). */
  readImages(rows: ArrayLike<number>, out: Uint8Array): void | Promise<void>;
  /** Writes the factors of some rows, (rows, K): numbers of values, or values. */
  readFactors(rows: ArrayLike<number>, out: Float64Array): void | Promise<void>;
  /**
   * Draws images whose factors are given, where the generator can: `values` (rows, K) as
   * `readFactors` gives them. What is not a factor (noise) is drawn from the seed and `index`.
   */
  readonly renderFactors?: (values: Float64Array, out: Uint8Array, index: number) => void | Promise<void>;
  close?(): void | Promise<void>;
}
