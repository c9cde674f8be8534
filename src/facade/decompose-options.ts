/** What `decompose` can be asked for, checked. */
import { ESTIMATOR_NAMES, type EstimatorName } from '../decomposition/estimators.js';
import { DEFAULT_TOLERANCE } from '../decomposition/joint-density.js';
import { wrongType, wrongValue } from '../errors.js';
import { refuseUnknown } from '../options/check-options.js';
import type { CommonOptions } from '../types.js';

/** Options of {@link decompose}. */
export interface DecomposeOptions extends Pick<CommonOptions, 'seed' | 'threads' | 'signal' | 'onProgress'> {
  /** `exact` (the default): every sample against every posterior. Or a minibatch estimator, as training uses them. */
  readonly estimator?: 'exact' | EstimatorName;
  /** Takes log q(z|x) and log p(z) of the samples in place of their closed forms, as minibatch estimators always do. Default false. */
  readonly sampled?: boolean;
  /** Of `exact`: how many rows are sampled, 2 to N. Default 10,000, or N where that is less. q(z) is always made of all N. */
  readonly samples?: number;
  /** Of an estimator: rows of a batch. Default 64, or N where that is less. */
  readonly batch?: number;
  /** Of an estimator: size of the data set that it is told. Default N. */
  readonly datasetSize?: number;
  /** Of `exact`: false sums every pair, for those who do not trust the bound of what shortcuts leave out. Default true. */
  readonly shortcuts?: boolean;
  /** Of `exact`: what shortcuts may at most change of a density, relative to it: 1e-11 to 1e-6. Default 1e-9. */
  readonly tolerance?: number;
  /** A latent is active where the variance of its mean is above this. Default 0.01. */
  readonly activeThreshold?: number;
  /** Adds `perSample` to the report. Default false. */
  readonly perSample?: boolean;
  /** Adds `timings` to the report. Default false, so that equal inputs give equal bytes. */
  readonly timings?: boolean;
}

const OPTIONS = [
  'seed',
  'threads',
  'signal',
  'onProgress',
  'estimator',
  'sampled',
  'samples',
  'batch',
  'datasetSize',
  'shortcuts',
  'tolerance',
  'activeThreshold',
  'perSample',
  'timings',
] as const satisfies ReadonlyArray<keyof DecomposeOptions>;

const DEFAULT_SAMPLES = 10_000;
const DEFAULT_BATCH = 64;

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

/** Options that only one kind of estimate has, so that none does nothing unseen. */
const OF_EXACT = ['samples', 'shortcuts', 'tolerance'] as const;
const OF_BATCHES = ['batch', 'datasetSize'] as const;

/**
 * Fills in defaults for N rows.
 * @throws TypeError or RangeError naming the option, what was expected and what was given
 */
export function resolvePlan(options: DecomposeOptions, rows: number): DecompositionPlan {
  refuseUnknown('decompose', options, OPTIONS);
  const { estimator = 'exact' } = options;
  for (const name of ['sampled', 'shortcuts', 'perSample', 'timings'] as const) {
    if (options[name] !== undefined && typeof options[name] !== 'boolean') {
      throw wrongType({ option: name, problem: `expected true or false, got ${typeof options[name]}` });
    }
  }
  const activeThreshold = between(options, 'activeThreshold', 0.01, 0, Number.MAX_VALUE);
  if (estimator === 'exact') {
    refuse(options, OF_BATCHES, 'a minibatch estimator');
    const { sampled = false, shortcuts = true } = options;
    if (!shortcuts && options.tolerance !== undefined) {
      throw wrongValue({
        option: 'tolerance',
        problem: 'expected none with shortcuts: false, which leaves nothing out',
      });
    }
    return {
      estimator,
      sampled,
      samples: whole(options, 'samples', Math.min(rows, DEFAULT_SAMPLES), 2, rows),
      tolerance: shortcuts ? between(options, 'tolerance', DEFAULT_TOLERANCE, 1e-11, 1e-6) : 0,
      activeThreshold,
    };
  }
  if (!(ESTIMATOR_NAMES as readonly unknown[]).includes(estimator)) {
    throw wrongValue({
      option: 'estimator',
      problem: `expected exact, ${ESTIMATOR_NAMES.join(', ')}, got '${String(estimator)}'`,
    });
  }
  refuse(options, OF_EXACT, 'the exact decomposition');
  if (options.sampled === false)
    throw wrongValue({ option: 'sampled', problem: `expected true with ${estimator}, got false` });
  const batch = whole(options, 'batch', Math.min(rows, DEFAULT_BATCH), 2, rows);
  return {
    estimator,
    sampled: true,
    samples: rows,
    batch,
    datasetSize: whole(options, 'datasetSize', rows, batch, Number.MAX_SAFE_INTEGER),
    activeThreshold,
  };
}

function refuse(options: DecomposeOptions, names: ReadonlyArray<keyof DecomposeOptions>, owner: string): void {
  const lost = names.find((name) => options[name] !== undefined);
  if (lost !== undefined) throw wrongValue({ option: lost, problem: `expected only with ${owner}` });
}

function whole(
  options: DecomposeOptions,
  name: 'samples' | 'batch' | 'datasetSize',
  otherwise: number,
  least: number,
  most: number,
): number {
  const value = options[name] ?? otherwise;
  if (typeof value !== 'number') throw wrongType({ option: name, problem: `expected a number, got ${typeof value}` });
  if (!Number.isInteger(value) || value < least || value > most) {
    throw wrongValue({ option: name, problem: `expected a whole number from ${least} to ${most}, got ${value}` });
  }
  return value;
}

function between(
  options: DecomposeOptions,
  name: 'tolerance' | 'activeThreshold',
  otherwise: number,
  least: number,
  most: number,
): number {
  const value = options[name] ?? otherwise;
  if (typeof value !== 'number') throw wrongType({ option: name, problem: `expected a number, got ${typeof value}` });
  if (!(value >= least && value <= most)) {
    throw wrongValue({ option: name, problem: `expected a number from ${least} to ${most}, got ${value}` });
  }
  return value;
}
