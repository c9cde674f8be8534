/**
 * What encodes rows as latents, and may decode them: a trained model, or anything else that does
 * (principal components, raw pixels, a network of your own). Numbers go in and numbers come out,
 * whatever computes them. Letters: R rows, D latents, K factors, F values of a vector.
 */

/** Some rows of a data set, or rows that were drawn to order. */
export interface EncoderRows {
  /** R. */
  readonly count: number;
  /** Images (R, H, W, C), bytes 0 .. 255; or vectors (R, F), float32. */
  readonly values: Uint8Array | Float32Array;
  /** The numbers of the rows in their data set; absent if they are of none. */
  readonly numbers?: Int32Array;
  /** (R, K), row-major; absent if they are not known. */
  readonly factors?: Float64Array;
}

/** What rows are encoded as: posteriors, or points. */
export interface Codes {
  /** (R, D), row-major: means of the posteriors, or the points themselves. */
  readonly mu: Float32Array;
  /** (R, D): natural logarithms of the posteriors' variances; absent if codes are points. */
  readonly logvar?: Float32Array;
}

/**
 * An encoder of rows, each by itself: what a row is encoded as does not depend on the rows beside
 * it.
 * @example
 * // The factors themselves, to compare with.
 * const truth: Encoder = {
 *   latents: 3,
 *   encode: ({ factors }) => ({ mu: Float32Array.from(factors!) }),
 * };
 */
export interface Encoder {
  /** D. */
  readonly latents: number;
  encode(rows: EncoderRows): Codes | Promise<Codes>;
  /**
   * Latents (R, D) to rows: images (R, H, W, C), from 0 (black) to 1, or vectors (R, F). Absent if
   * it cannot.
   */
  decode?(z: Float32Array): Float32Array | Promise<Float32Array>;
}
