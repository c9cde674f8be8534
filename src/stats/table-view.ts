/** Latents and factors as a metric of the caller's sees them. Every array is a copy. */
export interface TableView {
  /** N. */
  readonly rows: number;
  /** D. */
  readonly latentCount: number;
  /** K, constant factors included. */
  readonly factorCount: number;
  /** Latents that vary, by index; constant means maximum = minimum. */
  readonly varyingLatents: readonly number[];
  readonly varyingFactors: readonly number[];
  readonly constantLatents: readonly number[];
  readonly constantFactors: readonly number[];
  /** The values of one latent, N of them. */
  latent(d: number): Float64Array;
  /**
   * One factor: of a discrete one the codes 0 .. size - 1 of its values in increasing order, of a
   * continuous one the values, N of them.
   */
  factor(k: number): { readonly values: Float64Array; readonly size: number | null };
}
