/** What `decompose` can be asked for, checked. */
import { ESTIMATOR_NAMES, type EstimatorName } from '../decomposition/estimators.js';
import { DEFAULT_TOLERANCE } from '../decomposition/joint-density.js';
import { wrongValue } from '../errors.js';
import { checkValue } from '../options/check-options.js';
import { ON_PROGRESS, SEED, SIGNAL, THREADS } from '../options/common-rules.js';
import { boolean, choice, integer, number, type Rule, type ValuesOf } from '../options/rule.js';
import { mention, phrase } from '../phrase.js';
import type { CommonOptions } from '../types.js';
import { SAMPLED_ROWS } from './sample-rows.js';

/** Options of `decompose`. */
export interface DecomposeOptions extends Pick<CommonOptions, 'seed' | 'threads' | 'signal' | 'onProgress'> {
  /**
   * `exact` (the default): every sample against every posterior. Or a minibatch estimator, as
   * training uses them.
   */
  readonly estimator?: 'exact' | EstimatorName;
  /**
   * Takes log q(z|x) and log p(z) of the samples in place of their closed forms, as minibatch
   * estimators always do. Default false.
   */
  readonly sampled?: boolean;
  /**
   * Of `exact`: how many rows are sampled, 2 to N. Default 10,000, or N where that is less. q(z) is
   * always made of all N.
   */
  readonly samples?: number;
  /** Of an estimator: rows of a batch. Default 64, or N where that is less. */
  readonly batchSize?: number;
  /** Of an estimator: size of the data set that it is told. Default N. */
  readonly datasetSize?: number;
  /**
   * Of `exact`: false sums every pair, for those who do not trust the bound of what shortcuts leave
   * out. Default true.
   */
  readonly shortcuts?: boolean;
  /**
   * Of `exact`: what shortcuts may at most change of a density, relative to it: 1e-11 to 1e-6.
   * Default 1e-9.
   */
  readonly tolerance?: number;
  /** A latent is active where the variance of its mean is above this. Default 0.01. */
  readonly activeThreshold?: number;
  /**
   * How many rows to take, drawn from the seed without replacement: q(z) is then made of these
   * alone. Default: all.
   */
  readonly rows?: number;
  /** Adds `perSample` to the report. Default false. */
  readonly perSample?: boolean;
  /** Adds `timings` to the report. Default false, so that equal inputs give equal bytes. */
  readonly timings?: boolean;
}

const DEFAULT_SAMPLES = 10_000;
const DEFAULT_BATCH_SIZE = 64;

const ofExact = { needs: { option: 'estimator', values: ['exact'] } };
const ofBatches = { needs: { option: 'estimator', values: ESTIMATOR_NAMES } };

/** Every option of `decompose`. */
export const DECOMPOSE_OPTIONS = {
  estimator: choice(['exact', ...ESTIMATOR_NAMES], {
    default: 'exact',
    description: 'every sample against every posterior, or a minibatch estimator as training uses them',
  }),
  samples: integer({
    minimum: 2,
    defaultText: `${DEFAULT_SAMPLES}, or all rows if they are fewer`,
    description: 'rows to average over, drawn from the seed',
    ...ofExact,
  }),
  sampled: boolean({
    defaultText: 'false, with a minibatch estimator true',
    description: 'log q(z|x) and log p(z) of the samples, not their closed forms',
  }),
  batchSize: integer({
    minimum: 2,
    defaultText: `${DEFAULT_BATCH_SIZE}, or all rows if they are fewer`,
    description: 'rows of a batch',
    ...ofBatches,
  }),
  datasetSize: integer({
    minimum: 2,
    defaultText: 'the rows there are',
    description: 'rows of the data set that the estimator is told',
    ...ofBatches,
  }),
  tolerance: number({
    minimum: 1e-11,
    maximum: 1e-6,
    defaultText: String(DEFAULT_TOLERANCE),
    description: 'what shortcuts may change of a density, relative to it',
    ...ofExact,
  }),
  shortcuts: boolean({
    default: true,
    description: 'leave out of sums what cannot change them by more than the tolerance',
    ...ofExact,
  }),
  activeThreshold: number({
    default: 0.01,
    minimum: 0,
    description: 'a latent is active if the variance of its mean is above this',
  }),
  rows: { ...SAMPLED_ROWS, description: 'take so many posteriors, drawn from the seed, if there are more' },
  perSample: boolean({ default: false, description: 'the log-densities of every sample' }),
  timings: boolean({ default: false, description: 'seconds' }),
  seed: SEED,
  threads: THREADS,
  signal: SIGNAL,
  onProgress: ON_PROGRESS,
} satisfies Record<keyof DecomposeOptions, Rule>;

/** What is to be computed: every option with its default. */
export type DecompositionPlan = ExactPlan | MinibatchPlan;

/** Every sample against every posterior. */
export interface ExactPlan {
  readonly estimator: 'exact';
  readonly sampled: boolean;
  /** M. */
  readonly samples: number;
  /** 0 leaves nothing out. */
  readonly tolerance: number;
  readonly activeThreshold: number;
}

/** An estimator of training, on batches. */
export interface MinibatchPlan {
  readonly estimator: EstimatorName;
  readonly sampled: true;
  /** N: all rows. */
  readonly samples: number;
  readonly batch: number;
  readonly datasetSize: number;
  readonly activeThreshold: number;
}

/**
 * What to compute of N rows.
 * @param options checked by {@link DECOMPOSE_OPTIONS}
 * @throws RangeError naming the option, what was expected and what was given
 */
export function resolvePlan(options: ValuesOf<typeof DECOMPOSE_OPTIONS>, rows: number): DecompositionPlan {
  const { estimator, sampled, shortcuts, tolerance, activeThreshold } = options;
  if (estimator === 'exact') {
    if (!shortcuts && tolerance !== null) {
      throw wrongValue({
        option: 'tolerance',
        problem: phrase`expected none beside ${mention('shortcuts', false)}, which leaves nothing out`,
      });
    }
    return {
      estimator,
      sampled: sampled ?? false,
      samples: between('samples', options.samples ?? Math.min(rows, DEFAULT_SAMPLES), 2, rows),
      tolerance: shortcuts ? (tolerance ?? DEFAULT_TOLERANCE) : 0,
      activeThreshold,
    };
  }
  if (sampled === false) {
    throw wrongValue({ option: 'sampled', problem: `expected true with ${estimator}, got false` });
  }
  const batch = between('batchSize', options.batchSize ?? Math.min(rows, DEFAULT_BATCH_SIZE), 2, rows);
  return {
    estimator,
    sampled: true,
    samples: rows,
    batch,
    datasetSize: between('datasetSize', options.datasetSize ?? rows, batch, Number.MAX_SAFE_INTEGER),
    activeThreshold,
  };
}

/** The bounds that depend on the rows. */
function between(option: string, value: number, minimum: number, maximum: number): number {
  return checkValue({ option }, value, integer({ minimum, maximum, description: '' })) as number;
}
