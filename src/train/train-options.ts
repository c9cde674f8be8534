/** The options of `train`, checked and filled in. */
import type { Dataset, FileOptions } from '../data/index.js';
import { optionRangeError, optionTypeError } from '../errors.js';
import { didYouMean } from '../suggest.js';
import type { BackendName } from './backends/backend.js';
import { findLikelihood } from './likelihoods/index.js';
import type { Likelihood } from './likelihoods/likelihood.js';
import type { Architecture } from './models/architecture.js';
import { findArchitecture } from './models/index.js';
import { findObjective, resolveObjectiveOptions } from './objectives/index.js';
import type { Objective, ObjectiveOptions } from './objectives/objective.js';
import { checkDataOptions } from './open-data.js';
import type { TrainProgress } from './progress.js';
import type { RunFolder } from './run/run-folder.js';
import type { TensorLibrary } from './tensors.js';

export interface TrainOptions {
  /** A data set by name (`shapes-5`, `sprites` ...), the path of a file or folder, a Blob, or one that is open already. */
  readonly data: string | Blob | Dataset;
  /** What a file or folder of images does not say itself: `{ size: 64, crop: 148 }`. Kept with the run, and used wherever its data are opened. */
  readonly dataOptions?: FileOptions;
  /** The objective: `vae`, `beta-vae` (the default), `beta-tcvae`, `factor-vae` ..., or one of your own. */
  readonly model?: string | Objective;
  /** The objective's own options, such as `{ beta: 4 }`. */
  readonly modelOptions?: Readonly<Record<string, unknown>>;
  /** `burgess` (the default), `locatello` or `mlp`, or one of your own. */
  readonly architecture?: string | Architecture;
  /** D, the number of latents: 1 to 1,024. Default 10. */
  readonly latents?: number;
  /** `bernoulli` (the default) or `gaussian`, or one of your own, which computes on one thread. */
  readonly likelihood?: string | Likelihood;
  /** Steps in all, those before a resumption included. Default 5,000. */
  readonly steps?: number;
  /** B, images per step. Default: the architecture's. */
  readonly batchSize?: number;
  /** Of Adam. Default: the architecture's. */
  readonly learningRate?: number;
  /** Seed of what the model is trained by: its first weights, the order of batches, its draws. A whole number from 0 to 2^53 - 1. Default 0. */
  readonly seed?: number;
  /**
   * Seed of the data: images that are drawn, and which rows are held out, whatever the data. Default 0, so that models of different seeds are of the same
   * images and compared on the same rows.
   */
  readonly dataSeed?: number;
  /** The backend, or `auto` (the default): the first that really works. */
  readonly backend?: BackendName | 'auto';
  /** A tfjs of your own, which then computes, on the backend that it is set to. */
  readonly tf?: TensorLibrary;
  /**
   * How many threads compute, on the wasm and cpu backends: 1 (this one, the default) to 64, or `auto`, as many as are of use, which is one on other backends. The
   * numbers are the same for any number.
   */
  readonly threads?: number | 'auto';
  /** Where the run is kept: the path of a folder (Node), or a folder in memory. Default: in memory, and returned. */
  readonly out?: string | RunFolder;
  /** Goes on with the run in `out`. */
  readonly resume?: boolean;
  /** Rows that are kept from training, to be scored and encoded. Default: a tenth, 10,000 at most. */
  readonly testRows?: number;
  /** Steps between two lines of the log. Default 10. */
  readonly logEvery?: number;
  /** Steps between two scorings of held-out rows; 0 for none but the last. Default 500. */
  readonly scoreEvery?: number;
  /** Held-out rows that are scored. Default 3,000, or all that there are. */
  readonly scoreRows?: number;
  /** Steps between two checkpoints. Default 200. */
  readonly checkpointEvery?: number;
  /** Stops at the next step: a checkpoint is written, and the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told of what has been opened, then of every step. */
  readonly onProgress?: (progress: TrainProgress) => void;
}

/** Options with defaults filled in, before the data are open. */
export interface TrainPlan {
  readonly objective: Objective;
  readonly objectiveOptions: ObjectiveOptions;
  readonly architecture: Architecture;
  readonly likelihood: Likelihood;
  readonly latents: number;
  readonly steps: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly seed: number;
  readonly dataSeed: number;
  readonly threads: number | 'auto';
  readonly logEvery: number;
  readonly scoreEvery: number;
  readonly checkpointEvery: number;
}

const NAMES: ReadonlyArray<keyof TrainOptions> = [
  'data',
  'dataOptions',
  'model',
  'modelOptions',
  'architecture',
  'latents',
  'likelihood',
  'steps',
  'batchSize',
  'learningRate',
  'seed',
  'dataSeed',
  'backend',
  'tf',
  'threads',
  'out',
  'resume',
  'testRows',
  'logEvery',
  'scoreEvery',
  'scoreRows',
  'checkpointEvery',
  'signal',
  'onProgress',
];

/** @throws TypeError or RangeError naming the option, what was expected and what was given */
export function planTraining(options: TrainOptions): TrainPlan {
  for (const name of Object.keys(options)) {
    if ((NAMES as readonly string[]).includes(name)) continue;
    throw optionTypeError(
      `train: expected options ${NAMES.join(', ')}, got an unknown one, '${name}'${didYouMean(name, NAMES)}`,
    );
  }
  checkDataOptions(options.data, options.dataOptions ?? {});
  const objective = findObjective(options.model ?? 'beta-vae');
  const architecture = findArchitecture(options.architecture ?? 'burgess');
  return {
    objective,
    objectiveOptions: resolveObjectiveOptions(objective, options.modelOptions),
    architecture,
    likelihood: findLikelihood(options.likelihood ?? 'bernoulli'),
    latents: wholeNumber('latents', options.latents ?? 10, 1, 1024),
    steps: wholeNumber('steps', options.steps ?? 5000, 1, 1e9),
    // Estimators of densities look at pairs of rows.
    batchSize: wholeNumber('batchSize', options.batchSize ?? architecture.batchSize, 2, 65536),
    learningRate: positiveNumber('learningRate', options.learningRate ?? architecture.learningRate),
    seed: checkSeed('seed', options.seed ?? 0),
    dataSeed: checkSeed('dataSeed', options.dataSeed ?? 0),
    threads: options.threads === 'auto' ? 'auto' : wholeNumber('threads', options.threads ?? 1, 1, 64),
    logEvery: wholeNumber('logEvery', options.logEvery ?? 10, 1, 1e9),
    scoreEvery: wholeNumber('scoreEvery', options.scoreEvery ?? 500, 0, 1e9),
    checkpointEvery: wholeNumber('checkpointEvery', options.checkpointEvery ?? 200, 1, 1e9),
  };
}

/** How many rows are held out and scored, of N. */
export function planRows(options: TrainOptions, size: number): { testRows: number; scoreRows: number } {
  const testRows = wholeNumber('testRows', options.testRows ?? Math.min(10_000, Math.floor(size / 10)), 0, size - 1);
  const scoreRows = wholeNumber('scoreRows', options.scoreRows ?? Math.min(3000, testRows), 0, testRows);
  return { testRows, scoreRows };
}

/** @throws TypeError or RangeError for what no generator can be keyed by */
export function checkSeed(name: string, seed: unknown): number {
  return wholeNumber(name, seed, 0, Number.MAX_SAFE_INTEGER);
}

function wholeNumber(name: string, value: unknown, least: number, most: number): number {
  if (typeof value !== 'number') throw optionTypeError(`${name}: expected a number, got ${typeof value}`);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw optionRangeError(`${name}: expected a whole number from ${least} to ${most}, got ${value}`);
}

function positiveNumber(name: string, value: unknown): number {
  if (typeof value !== 'number') throw optionTypeError(`${name}: expected a number, got ${typeof value}`);
  if (Number.isFinite(value) && value > 0) return value;
  throw optionRangeError(`${name}: expected a number above 0, got ${value}`);
}
