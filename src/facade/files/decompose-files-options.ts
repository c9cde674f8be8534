/** What `decomposeFiles` can be asked for. */
import type { OpenOptions } from '../../io/index.js';
import type { Dtype } from '../../matrix.js';
import { STRICT, THREADS } from '../../options/common-rules.js';
import { boolean, type NumberRule, type Rule } from '../../options/rule.js';
import { DECOMPOSE_OPTIONS, type DecomposeOptions } from '../decompose-options.js';
import { READING_OPTIONS } from './reading-options.js';

/** Options of `decomposeFiles`: those of `decompose`, and how to read the files. */
export interface DecomposeFilesOptions extends DecomposeOptions {
  /** The array to take as means; without it the one of a usual name. */
  readonly muMember?: string;
  /** The array to take as logarithms of variances; without it the one of a usual name. */
  readonly logvarMember?: string;
  /** The array to take as samples; without it the one of a usual name, if there is one. */
  readonly zMember?: string;
  /**
   * The array of one archive to take as factors; without it the one of a usual name, if there is
   * one.
   */
  readonly factorsMember?: string;
  /**
   * Columns of the means: how many there are of bare values; of a table which ones, by names,
   * ranges and patterns (`a,b`, `0:3`, `z*`).
   */
  readonly latentColumns?: number | string;
  /** The same of the logarithms of variances. Default as means. */
  readonly logvarColumns?: number | string;
  /** The same of the samples. Default as means, and none of one table. */
  readonly zColumns?: number | string;
  /** Type of bare values. Default float32. */
  readonly latentsDtype?: Dtype;
  /** Whether the first row of a text table holds names; `auto`, the default, looks. */
  readonly header?: OpenOptions['header'];
  /** Which arrays have samples as columns: `latents` are mu, logvar and z. */
  readonly transpose?: 'latents' | 'factors' | 'both' | 'none';
  /** Leaves out the rows in which a number is missing, and counts them. Default false. */
  readonly dropNan?: boolean;
  /** Refuses what would be decided about the data unasked, and noted. Default false. */
  readonly strict?: boolean;
  /** Draws z from the seed even if an archive has one. Default false. */
  readonly draw?: boolean;
  /**
   * How many threads compute. Default: all that the machine has if there is work for them, else
   * this one.
   */
  readonly threads?: number;
}

const { muMember, logvarMember, zMember, factorsMember, latentColumns, logvarColumns, zColumns } = READING_OPTIONS;
const { latentsDtype, transpose, dropNan, header } = READING_OPTIONS;

/** Every option of `decomposeFiles`. */
export const DECOMPOSE_FILES_OPTIONS = {
  ...DECOMPOSE_OPTIONS,
  draw: boolean({ default: false, description: 'draw z from the seed even if the files have one' }),
  threads: { ...THREADS, default: null, defaultText: 'all, if there is work for them' } as NumberRule,
  muMember,
  logvarMember,
  zMember,
  factorsMember: { ...factorsMember, needs: { option: 'estimator', values: ['exact'] } },
  latentColumns,
  logvarColumns,
  zColumns,
  latentsDtype,
  transpose,
  dropNan,
  header,
  strict: STRICT,
} satisfies Record<keyof DecomposeFilesOptions, Rule>;
