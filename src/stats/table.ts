import type { Block, RealBlock } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import type { PosteriorBlocks } from '../../bindings/kernels/posterior.js';
import type { FactorType } from '../types.js';
import type { ExactSplit } from './exact-split.js';
import type { TableView } from './table-view.js';

/** One factor, loaded. */
export interface Factor {
  readonly type: FactorType;
  /**
   * Whether all of its values are equal. A constant factor carries no information and is left out
   * everywhere.
   */
  readonly isConstant: boolean;
  /** Of a discrete factor: codes 0 .. size - 1 of its values in increasing order, i32[rows]. */
  readonly codes: Block<'i32'> | null;
  /** Of a discrete factor: how many values it takes. */
  readonly size: number | null;
  /**
   * Of a discrete factor: the values that the codes stand for, in increasing order; found when
   * asked for.
   */
  readonly levels: (() => Float64Array) | null;
  /** Of a continuous factor: its values, f64[rows]. */
  readonly values: Block<'f64'> | null;
}

/** What is known of latents that are not in the kernels' memory: f64[D] each. */
export interface Extremes {
  readonly minima: Float64Array;
  readonly maxima: Float64Array;
}

/** Latents of which zeros are not stored, in the kernels' memory. */
export interface SparseLatents extends Extremes {
  /** Values of one latent after the other, behind each a zero. */
  readonly values: RealBlock;
  /** The rows of the values, without those of the zeros. */
  readonly rows: Block<'i32'>;
  /** Where in `values` each latent begins, D + 1. */
  readonly starts: readonly number[];
}

/**
 * Latents and factors in the memory of the kernels, with everything that is computed from them
 * once.
 *
 * Metrics get a Table and call the functions of src/stats on it (bins, mutual information, votes
 * ...); what those compute is kept by {@link Table.memo}, so that no metric pays for what another
 * has done. A Table lives as long as the call of the façade that made it.
 */
export class Table implements TableView {
  readonly core: Core;
  /** N. */
  readonly rows: number;
  /** D. */
  readonly latentCount: number;
  /** K, constant factors included. */
  readonly factorCount: number;
  readonly factors: readonly Factor[];
  /** The latents, if their zeros are not stored. */
  readonly sparse: SparseLatents | null;
  /** Latents whose maximum equals their minimum. */
  readonly constantLatents: readonly number[];
  readonly constantFactors: readonly number[];
  /** f64[D] each. */
  readonly latentMinima: Float64Array;
  readonly latentMaxima: Float64Array;
  /** The rows to learn from and to be judged on, where the caller named them. */
  readonly exactSplit: ExactSplit | null;
  readonly posterior: PosteriorBlocks | null;

  readonly #latents: RealBlock | null;
  readonly #memory = new Map<string, Promise<unknown>>();
  readonly #depth: number;
  /** Where what depends on the latents alone may already be known. */
  readonly #sameLatents: Table | null;
  /** Where what depends on the factors alone may already be known. */
  readonly #sameFactors: Table | null;

  /**
   * @param latents (N, D), float32 or float64; without their zeros, where only counts of them are
   * read; or their extremes, where {@link keep} then hands over the counts
   */
  constructor(
    core: Core,
    rows: number,
    latentCount: number,
    latents: RealBlock | SparseLatents | Extremes,
    factors: readonly Factor[],
    exactSplit: ExactSplit | null = null,
    sameLatents: Table | null = null,
    posterior: PosteriorBlocks | null = null,
    sameFactors: Table | null = null,
  ) {
    this.core = core;
    this.rows = rows;
    this.latentCount = latentCount;
    this.factorCount = factors.length;
    this.#latents = 'minima' in latents ? null : latents;
    this.sparse = 'values' in latents ? latents : null;
    this.factors = factors;
    const { minima, maxima } = extremesOf(latents, core, rows, latentCount, sameLatents);
    this.latentMinima = minima;
    this.latentMaxima = maxima;
    this.constantLatents = indicesWhere(latentCount, (d) => this.latentMinima[d] === this.latentMaxima[d]);
    this.constantFactors = indicesWhere(factors.length, (k) => factors[k].isConstant);
    this.exactSplit = exactSplit;
    this.posterior = posterior;
    this.#sameLatents = sameLatents;
    this.#sameFactors = sameFactors;
    this.#depth = core.arena.depth;
  }

  /** (N, D), float32 or float64. */
  get latents(): RealBlock {
    if (this.#latents === null) throw new Error('table: expected the latents, got only counts of them');
    return this.#latents;
  }

  /** The factors that vary. */
  get varyingFactors(): number[] {
    return indicesWhere(this.factorCount, (k) => !this.factors[k].isConstant);
  }

  /** The latents that vary. */
  get varyingLatents(): number[] {
    return indicesWhere(this.latentCount, (d) => this.latentMinima[d] !== this.latentMaxima[d]);
  }

  latent(d: number): Float64Array {
    const data = this.latents.array;
    return Float64Array.from({ length: this.rows }, (_, row) => data[row * this.latentCount + d]);
  }

  factor(k: number): { values: Float64Array; size: number | null } {
    const { codes, values, size } = this.factors[k];
    return { values: Float64Array.from((codes ?? values)?.array ?? []), size };
  }

  /**
   * The result of `make`, computed at the first call for `key`. Blocks that `make` takes from the
   * arena stay as long as the table, so it must not be called inside a scope that is closed before.
   */
  memo<R>(key: string, make: () => R | Promise<R>): Promise<R> {
    let result = this.#memory.get(key) as Promise<R> | undefined;
    if (!result) {
      if (this.core.arena.depth !== this.#depth) throw new Error(`table: '${key}' would be lost with the open scope`);
      result = Promise.resolve(make());
      this.#memory.set(key, result);
    }
    return result;
  }

  /** Has {@link memo} answer `key` with what was computed elsewhere. */
  keep(key: string, result: unknown): void {
    this.#memory.set(key, Promise.resolve(result));
  }

  /** What {@link memo} knows for `key` already; undefined if nothing. */
  recall<R>(key: string): Promise<R> | undefined {
    return this.#memory.get(key) as Promise<R> | undefined;
  }

  /**
   * As {@link memo}, for what depends on the latents alone: a table with the same latents may have
   * it already.
   */
  memoOfLatents<R>(key: string, make: () => R | Promise<R>): Promise<R> {
    return this.#sameLatents?.recall<R>(key) ?? this.memo(key, make);
  }

  /** As {@link memo}, for what depends on the factors alone. */
  memoOfFactors<R>(key: string, make: () => R | Promise<R>): Promise<R> {
    return this.#sameFactors?.recall<R>(key) ?? this.memo(key, make);
  }
}

function extremesOf(
  latents: RealBlock | SparseLatents | Extremes,
  core: Core,
  rows: number,
  latentCount: number,
  sameLatents: Table | null,
): Extremes {
  if (sameLatents) return { minima: sameLatents.latentMinima, maxima: sameLatents.latentMaxima };
  return 'minima' in latents ? latents : core.moments.columnExtremes(latents, rows, latentCount);
}

function indicesWhere(count: number, test: (index: number) => boolean): number[] {
  const indices: number[] = [];
  for (let i = 0; i < count; i++) if (test(i)) indices.push(i);
  return indices;
}
