/** What `scoreFiles` can be asked for. */
import type { OpenOptions } from '../../io/index.js';
import type { Dtype } from '../../matrix.js';
import type { MetricSpelling } from '../../metrics/index.js';
import { THREADS } from '../../options/common-rules.js';
import type { NumberRule, Rule } from '../../options/rule.js';
import { SCORE_OPTIONS, type ScoreOptions } from '../score-options.js';
import { READING_OPTIONS } from './reading-options.js';

/** Options of `scoreFiles`: those of `score`, and how to read the files. */
export interface ScoreFilesOptions<Name extends string = MetricSpelling>
  extends Omit<ScoreOptions<Name>, 'posterior' | 'origin'> {
  /** The array of an archive to take as latents; with commas, several of one column each. */
  readonly latentsMember?: string;
  /** The array of an archive to take as factors; with commas, several of one column each. */
  readonly factorsMember?: string;
  /**
   * Columns of the latents: how many there are of bare values; of a table which ones, by names,
   * ranges and patterns (`a,b`, `0:3`, `z*`).
   */
  readonly latentColumns?: number | string;
  /** Columns of the factors; without a file of factors, columns of the latents' table. */
  readonly factorColumns?: number | string;
  /** Type of latents that are bare values. Default float32. */
  readonly latentsDtype?: Dtype;
  /** Type of factors that are bare values. Default int32. */
  readonly factorsDtype?: Dtype;
  /** Whether the first row of a text table holds names; `auto`, the default, looks. */
  readonly header?: OpenOptions['header'];
  /** Which arrays have samples as columns. */
  readonly transpose?: 'latents' | 'factors' | 'both' | 'none';
  /** Leaves out the rows in which a number is missing, and counts them. Default false. */
  readonly dropNan?: boolean;
  /**
   * How many threads compute. Default: all that the machine has if there is slow work for them,
   * else this one.
   */
  readonly threads?: number;
}

const { posterior: _posterior, origin: _origin, ...OF_SCORE } = SCORE_OPTIONS;
const { latentsMember, factorsMember, latentColumns, factorColumns, latentsDtype, factorsDtype } = READING_OPTIONS;
const { transpose, dropNan, header } = READING_OPTIONS;

/** Every option of `scoreFiles`. */
export const SCORE_FILES_OPTIONS = {
  ...OF_SCORE,
  threads: { ...THREADS, default: null, defaultText: 'all, if there is slow work for them' } as NumberRule,
  latentsMember,
  factorsMember,
  latentColumns,
  factorColumns,
  latentsDtype,
  factorsDtype,
  transpose,
  dropNan,
  header,
} satisfies Record<keyof ScoreFilesOptions, Rule>;
