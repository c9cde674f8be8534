/** The contract of every baseline: an encoder that nothing was trained for. */
import type { Dataset } from '../data/index.js';
import type { Encoder } from '../encoder.js';
import type { Note } from '../note.js';
import type { GivenOf, Rules, ValuesOf } from '../options/rule.js';
import type { BASELINE_OPTIONS } from './options.js';

/** The options of all baselines, as they are given. */
export type BaselineOptions = GivenOf<typeof BASELINE_OPTIONS>;

/** The values of the options that a baseline has. */
export type BaselineValues = ValuesOf<typeof BASELINE_OPTIONS>;

/** An encoder, and what a reader of its codes should know. */
export interface FittedEncoder extends Encoder {
  readonly notes: readonly Note[];
}

export interface Baseline {
  readonly name: string;
  /** A few words, for help and docs. */
  readonly summary: string;
  /** Those of the options that it has, by their names. */
  readonly options: Rules;
  /**
   * Makes the encoder of a data set.
   * @param pause called between parts of the work, in which it waits; stops it by throwing
   * @throws RangeError for data that it cannot encode
   */
  fit(dataset: Dataset, values: BaselineValues, pause: () => Promise<void>): Promise<FittedEncoder> | FittedEncoder;
}
