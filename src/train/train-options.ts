/** The options of `train`, checked and filled in. */
import type { Dataset, FileOptions } from '../data/index.js';
import { checkOptions, checkValue, isInRange, refuseUnknown } from '../options/check-options.js';
import { SEED, THREADS } from '../options/common-rules.js';
import { parseValue } from '../options/parse-value.js';
import { choice, type GivenOf, integer, number, other } from '../options/rule.js';
import { BACKEND_NAMES } from './backends/backend.js';
import { findLikelihood, LIKELIHOODS } from './likelihoods/index.js';
import type { Likelihood } from './likelihoods/likelihood.js';
import type { Architecture } from './models/architecture.js';
import { ARCHITECTURES, findArchitecture } from './models/index.js';
import { findObjective, objectives } from './objectives/index.js';
import type { Objective, ObjectiveOptions } from './objectives/objective.js';
import { checkDataOptions } from './open-data.js';
import type { TrainProgress } from './progress.js';
import type { RunFolder } from './run/run-folder.js';
import type { TensorLibrary } from './tensors.js';

/** What is wrong with one of the caller's own is said when it is looked up. */
const isOwn = <Part extends object>(_value: object): _value is Part => true;

const COUNT = { minimum: 1, maximum: 1e9 };

/** Every option of `train`, but those that only a program can give. */
export const TRAIN_OPTIONS = {
  /** The objective: `vae`, `beta-vae` (the default), `beta-tcvae`, `factor-vae` ..., or one of your own. */
  model: choice(
    objectives.map(({ name }) => name),
    { default: 'beta-vae', own: isOwn<Objective>, description: 'training objective' },
  ),
  /** `burgess` (the default), `locatello` or `mlp`, or one of your own. */
  architecture: choice(
    ARCHITECTURES.map(({ name }) => name),
    { default: 'burgess', own: isOwn<Architecture>, description: 'network architecture' },
  ),
  /** D, the number of latents: 1 to 1,024. Default 10. */
  latents: integer({ default: 10, minimum: 1, maximum: 1024, description: 'dimensions of the latent space' }),
  /** `bernoulli` (the default) or `gaussian`, or one of your own, which computes on one thread. */
  likelihood: choice(
    LIKELIHOODS.map(({ name }) => name),
    { default: 'bernoulli', own: isOwn<Likelihood>, description: 'likelihood of pixels' },
  ),
  /** Steps in all, those before a resumption included. Default 5,000. */
  steps: integer({ ...COUNT, default: 5000, description: 'training steps in all' }),
  /** B, images per step. Default: the architecture's. */
  batchSize: integer({
    // Estimators of densities look at pairs of rows.
    minimum: 2,
    maximum: 65_536,
    defaultText: "the architecture's, 64",
    unit: 'images',
    description: 'images per step',
  }),
  /** Of Adam. Default: the architecture's. */
  learningRate: number({
    minimum: 0,
    isOpen: true,
    defaultText: "the architecture's",
    description: 'learning rate of Adam',
  }),
  /** Seed of what the model is trained by: its first weights, the order of batches, its draws. A whole number from 0 to 2^53 - 1. Default 0. */
  seed: { ...SEED, description: 'seed of the initial weights, the order of batches and the draws of the model' },
  /**
   * Seed of the data: images that are drawn, and which rows are held out, whatever the data. Default 0, so that models of different seeds are of the same
   * images and compared on the same rows.
   */
  dataSeed: { ...SEED, description: 'seed for generated images and for the train/test split' },
  /** The backend, or `auto` (the default): the first that really works. */
  backend: choice(['auto', ...BACKEND_NAMES], {
    default: 'auto',
    description: 'tensor library that computes; auto is the first that works',
  }),
  /**
   * How many threads compute, on the wasm and cpu backends: 1 (this one, the default) to 64, or `auto`, as many as are of use, which is one on other backends. The
   * numbers are the same for any number.
   */
  threads: other<number | 'auto'>({
    expected: 'a whole number from 1 to 64, or auto',
    accepts: (value) => value === 'auto' || isInRange(value as number, THREADS),
    parse: (words) => (words === 'auto' ? words : (parseValue(words, THREADS) as number)),
    placeholder: 'n',
    defaultText: 'as many as help, 4 at most',
    description: 'threads on wasm and cpu; results do not depend on it',
  }),
  /** Rows that are kept from training, to be scored and encoded. Default: a tenth, 10,000 at most. */
  testRows: integer({
    minimum: 0,
    defaultText: 'a tenth, 10000 at most',
    description: 'images held out from training',
  }),
  /** Held-out rows that are scored. Default 3,000, or all that there are. */
  scoreRows: integer({ minimum: 0, defaultText: '3000', description: 'held-out images that are scored' }),
  /** Steps between two lines of the log. Default 10. */
  logEvery: integer({ ...COUNT, default: 10, description: 'steps between lines of the log' }),
  /** Steps between two scorings of held-out rows; 0 for none but the last. Default 500. */
  scoreEvery: integer({ ...COUNT, minimum: 0, default: 500, description: 'steps between scores; 0 for the end alone' }),
  /** Steps between two checkpoints. Default 200. */
  checkpointEvery: integer({ ...COUNT, default: 200, description: 'steps between checkpoints' }),
};

/** What only a program can give; `train` checks each of them when it uses it. */
const GIVEN_AS_OBJECTS = ['data', 'dataOptions', 'modelOptions', 'tf', 'out', 'resume', 'signal', 'onProgress'];

export interface TrainOptions extends GivenOf<typeof TRAIN_OPTIONS> {
  /** A data set by name (`shapes-5`, `sprites` ...), the path of a file or folder, a Blob, or one that is open already. */
  readonly data: string | Blob | Dataset;
  /** What a file or folder of images does not say itself: `{ size: 64, crop: 148 }`. Kept with the run, and used wherever its data are opened. */
  readonly dataOptions?: FileOptions;
  /** The objective's own options, such as `{ beta: 4 }`. */
  readonly modelOptions?: Readonly<Record<string, unknown>>;
  /** A tfjs of your own, which then computes, on the backend that it is set to. */
  readonly tf?: TensorLibrary;
  /** Where the run is kept: the path of a folder (Node), or a folder in memory. Default: in memory, and returned. */
  readonly out?: string | RunFolder;
  /** Goes on with the run in `out`. */
  readonly resume?: boolean;
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

/** @throws OptionError naming the option, what was expected and what was given */
export function planTraining(options: TrainOptions): TrainPlan {
  refuseUnknown('train', options, [...GIVEN_AS_OBJECTS, ...Object.keys(TRAIN_OPTIONS)]);
  checkDataOptions(options.data, options.dataOptions ?? {});
  const own = Object.entries(options).filter(([name]) => name in TRAIN_OPTIONS);
  const {
    testRows: _,
    scoreRows: _scored,
    backend: _backend,
    ...values
  } = checkOptions({ name: 'train' }, Object.fromEntries(own), TRAIN_OPTIONS);
  const objective = findObjective(values.model);
  const architecture = findArchitecture(values.architecture);
  return {
    ...values,
    objective,
    objectiveOptions: checkOptions(
      { name: objective.name, isNamed: true },
      options.modelOptions ?? {},
      objective.options ?? {},
    ),
    architecture,
    likelihood: findLikelihood(values.likelihood),
    batchSize: values.batchSize ?? architecture.batchSize,
    learningRate: values.learningRate ?? architecture.learningRate,
    threads: values.threads ?? 1,
  };
}

/** How many rows are held out and scored, of N. */
export function planRows(options: TrainOptions, size: number): { testRows: number; scoreRows: number } {
  const { testRows = Math.min(10_000, Math.floor(size / 10)), scoreRows = Math.min(3000, testRows) } = options;
  checkValue({ option: 'testRows' }, testRows, { ...TRAIN_OPTIONS.testRows, maximum: size - 1 });
  checkValue({ option: 'scoreRows' }, scoreRows, { ...TRAIN_OPTIONS.scoreRows, maximum: testRows });
  return { testRows, scoreRows };
}

/** @throws RangeError or TypeError for what no generator can be keyed by */
export function checkSeed(option: string, seed: unknown): number {
  return checkValue({ option }, seed, SEED) as number;
}
