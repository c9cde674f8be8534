import type { MatrixLike } from '../matrix.js';
import type { Note } from '../note.js';
import type { GivenOf, Rules, ValuesOf } from '../options/rule.js';
import type { PosteriorInput } from '../posterior.js';
import type { HistogramOptions } from '../stats/mutual-information.js';
import type { TableView } from '../stats/table-view.js';
import type { CommonOptions, Preset, Sampler, Score } from '../types.js';

/** What a metric's computation may use beside its table and options. */
export interface MetricContext {
  readonly seed: number;
  readonly sampler?: Sampler;
  /**
   * Call between pieces of work: reports progress, lets the event loop turn, and throws if the
   * computation was cancelled.
   */
  pause(phase: string, done: number, total: number): void | Promise<void>;
  /** What {@link Metric.pieces} computed, in order; in threads where there are some. */
  pieces<Piece>(): Promise<readonly Piece[]>;
}

/** Independent shares of a metric's work, which several threads can take. */
export interface Pieces<Options, Piece> {
  count(table: TableView, options: Options): number;
  /**
   * One piece: a plain object, and a function of the table, the options, the seed and the index
   * alone.
   */
  compute(table: TableView, options: Options, context: Omit<MetricContext, 'pieces'>, index: number): Promise<Piece>;
}

/** The sizes of a table. */
export interface TableShape {
  /** N. */
  readonly rows: number;
  /** D. */
  readonly latents: number;
  /** K. */
  readonly factors: number;
}

/** What a metric takes. */
export interface Cost {
  /** Of one thread of a common processor: how it grows with the table, more than how long it is. */
  readonly seconds: number;
  /** Of memory beside the table's. */
  readonly bytes: number;
}

/** What a metric returns; the façade adds range, options and the rest. */
export interface Outcome<Parts = object> {
  /** Null only where the score is undefined; `notes` then says why. */
  readonly value: number | null;
  readonly parts: Parts;
  /** The least and the most that the score can be, if its options make them others. */
  readonly range?: Metric['range'];
  /** Texts, or data that name options so that a command line shows flags. */
  readonly notes: ReadonlyArray<Note | string>;
}

/**
 * An entry of the registry. The command line, its help, the docs and the report derive from these.
 */
export interface Metric<R extends Rules = Rules, Parts = object> {
  /** Its key everywhere: kebab-case. */
  readonly name: string;
  readonly aliases: readonly string[];
  /** As one would print it: `FactorVAE score`. */
  readonly title: string;
  /** What it means, in a few words, for the report's table. */
  readonly summary: string;
  readonly needs: ReadonlyArray<'latents' | 'factors' | 'posterior'>;
  /** The least and the most a score can be; null if there is none. */
  readonly range: readonly [number | null, number | null];
  readonly better: 'higher' | 'lower';
  /** Its own options, whose defaults the metric is computed with. */
  readonly options: R;
  /**
   * What sets the metric to the formula, bins and batches of a paper or a published library: the
   * options that differ from the defaults, none where they agree. A preset that is not here has no
   * such metric.
   */
  readonly presets?: Readonly<Partial<Record<Preset, GivenOf<R>>>>;
  /**
   * Of a preset that cannot be followed in everything: what is done otherwise, which the notes then
   * say.
   */
  readonly presetLimits?: Readonly<Partial<Record<Preset, string>>>;
  /**
   * Takes seconds where the others take milliseconds: computed only where asked for, by name or
   * with `all`.
   */
  readonly isSlow?: boolean;
  /** Author, year, where in the paper. */
  readonly source: string;
  /**
   * Whether finitely many rows push the score away from that of infinitely many, in proportion to
   * 1/N, as plug-in estimates do.
   */
  readonly isPlugIn: boolean;
  /**
   * The histograms that it is computed from, where it reads nothing else of the latents: these are
   * counted beforehand, once for all metrics, and the latents need not be held.
   */
  histograms?(options: ValuesOf<R>): HistogramOptions;
  /**
   * What it takes, by a formula: decides whether it is skipped where nobody said which metrics to
   * compute. Without one it never is.
   */
  cost?(shape: TableShape, options: ValuesOf<R>): Cost;
  /** Work that {@link compute} asks for by `context.pieces()`. */
  readonly pieces?: Pieces<ValuesOf<R>, unknown>;
  compute(table: TableView, options: ValuesOf<R>, context: MetricContext): Promise<Outcome<Parts>>;
}

/** A metric of this library. Called as a function, it computes itself alone. */
export interface NamedMetric<Name extends string, R extends Rules, Parts, Alias extends string = never>
  extends Metric<R, Parts> {
  /**
   * @param latents (N, D) numbers, samples are rows
   * @param factors (N, K) numbers, rows matching those of latents
   * @param options the metric's own beside the common ones
   * @throws TypeError, RangeError or DataError (each with a `code`) saying what was expected and
   * what was given
   */
  (latents: MatrixLike, factors: MatrixLike, options?: CommonOptions & GivenOf<R>): Promise<Score<Parts, ValuesOf<R>>>;
  readonly name: Name;
  readonly aliases: readonly Alias[];
}

/** A metric of this library that needs the posteriors themselves. */
export interface NamedPosteriorMetric<Name extends string, R extends Rules, Parts, Alias extends string = never>
  extends Metric<R, Parts> {
  /**
   * @param posterior mu and logvar (N, D), and z where there is one
   * @param factors (N, K) numbers, rows matching those of mu
   * @param options the metric's own beside the common ones
   * @throws TypeError, RangeError or DataError (each with a `code`) saying what was expected and
   * what was given
   */
  (
    posterior: PosteriorInput,
    factors: MatrixLike,
    options?: CommonOptions & GivenOf<R>,
  ): Promise<Score<Parts, ValuesOf<R>>>;
  readonly name: Name;
  readonly aliases: readonly Alias[];
}
