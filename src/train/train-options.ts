/** The options of `train`, checked and filled in. */
import type { Dataset, FileOptions } from '../data/index.js';
import { wrongType } from '../errors.js';
import { checkOptions, checkRecord, checkValue } from '../options/check-options.js';
import { SEED, SIGNAL } from '../options/common-rules.js';
import { boolean, type GivenOf, other } from '../options/rule.js';
import { mention, phrase } from '../phrase.js';
import type { Architecture, DenseSizes } from './architectures/architecture.js';
import { findArchitecture } from './architectures/index.js';
import { MLP_SIZES } from './architectures/mlp.js';
import { TRAIN_OPTIONS } from './declared-options.js';
import { findLikelihood } from './likelihoods/index.js';
import type { Likelihood } from './likelihoods/likelihood.js';
import { findObjective, objectives } from './objectives/index.js';
import type { Objective, ObjectiveOptions } from './objectives/objective.js';
import { checkDataOptions } from './open-data.js';
import type { TrainProgress } from './progress.js';
import type { RunFolder } from './run/run-folder.js';
import type { TensorLibrary } from './tensors.js';

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const record = (description: string) =>
  other<object>({
    expected: 'an object of options',
    accepts: (value) => isObject(value) && !Array.isArray(value),
    description,
  });

/** What only a program can give. */
const GIVEN_AS_OBJECTS = {
  data: other<TrainOptions['data']>({
    expected: 'a name, a path, a Blob or a data set',
    accepts: (value) =>
      typeof value === 'string'
        ? value !== ''
        : value instanceof Blob || typeof (value as Dataset | null)?.readImages === 'function',
    description: 'images to train on',
  }),
  dataOptions: record('how a file of images is read'),
  modelOptions: record("the objective's own options"),
  tf: other<TensorLibrary>({
    expected: 'a tfjs',
    accepts: (value) => typeof (value as TensorLibrary | null)?.ready === 'function',
    description: 'a tfjs of your own, which computes',
  }),
  out: other<string | RunFolder>({
    expected: 'the path of a folder, or a folder in memory',
    accepts: (value) =>
      typeof value === 'string' ? value !== '' : typeof (value as RunFolder | null)?.writeAtomically === 'function',
    description: 'where the run is kept',
  }),
  resume: boolean({ description: 'goes on with the run in out' }),
  signal: SIGNAL,
  onProgress: other<(progress: TrainProgress) => void>({
    expected: 'a function',
    accepts: (value) => typeof value === 'function',
    description: 'is told of every step',
  }),
};

export interface TrainOptions extends GivenOf<typeof TRAIN_OPTIONS> {
  /**
   * A data set by name (`shapes-5`, `sprites` ...), the path of a file or folder, a Blob, or one
   * that is open already.
   */
  readonly data: string | Blob | Dataset;
  /**
   * What a file or folder of images does not say itself: `{ size: 64, crop: 148 }`. Kept with the
   * run, and used wherever its data are opened.
   */
  readonly dataOptions?: FileOptions;
  /** The objective's own options, such as `{ beta: 4 }`. */
  readonly modelOptions?: Readonly<Record<string, unknown>>;
  /** A tfjs of your own, which then computes, on the backend that it is set to. */
  readonly tf?: TensorLibrary;
  /**
   * Where the run is kept: the path of a folder (Node), or a folder in memory. Default: in memory,
   * and returned.
   */
  readonly out?: string | RunFolder;
  /** Goes on with the run in `out`. */
  readonly resume?: boolean;
  /**
   * Stops at the next step: a checkpoint is written, and the promise rejects with the signal's
   * reason.
   */
  readonly signal?: AbortSignal;
  /** Told of what has been opened, then of every step. */
  readonly onProgress?: (progress: TrainProgress) => void;
}

/** Options with defaults filled in, before the data are open. */
export interface TrainPlan {
  readonly objective: Objective;
  readonly objectiveOptions: ObjectiveOptions;
  readonly architecture: Architecture;
  /** Sizes of mlp that were asked for. */
  readonly mlp?: DenseSizes;
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
  const given = checkRecord('train', options);
  refuseMisplaced(given);
  const checked = checkOptions({ name: 'train' }, given, { ...TRAIN_OPTIONS, ...GIVEN_AS_OBJECTS });
  if (checked.data === null) {
    throw wrongType({ option: 'data', problem: `expected ${GIVEN_AS_OBJECTS.data.expected}, got nothing` });
  }
  checkDataOptions(options.data, options.dataOptions ?? {});
  const { testRows: _, scoreRows: _scored, backend: _backend, ...values } = checked;
  const objective = findObjective(values.model);
  const architecture = findArchitecture(values.architecture);
  return {
    steps: values.steps,
    latents: values.latents,
    seed: values.seed,
    dataSeed: values.dataSeed,
    logEvery: values.logEvery,
    scoreEvery: values.scoreEvery,
    checkpointEvery: values.checkpointEvery,
    objective,
    objectiveOptions: checkOptions(
      { name: objective.name, isNamed: true },
      options.modelOptions ?? {},
      objective.options ?? {},
    ),
    architecture,
    ...sizesOf(values),
    likelihood: findLikelihood(values.likelihood),
    batchSize: values.batchSize ?? architecture.batchSize,
    learningRate: values.learningRate ?? architecture.learningRate,
    threads: values.threads ?? 1,
  };
}

function sizesOf({ mlpWidth, mlpDepth }: { mlpWidth: number | null; mlpDepth: number | null }): Pick<TrainPlan, 'mlp'> {
  if (mlpWidth === null && mlpDepth === null) return {};
  return { mlp: { width: mlpWidth ?? MLP_SIZES.width, depth: mlpDepth ?? MLP_SIZES.depth } };
}

/** @throws TypeError for an option of an objective that stands beside its name */
function refuseMisplaced(given: Readonly<Record<string, unknown>>): void {
  const known = [...Object.keys(TRAIN_OPTIONS), ...Object.keys(GIVEN_AS_OBJECTS)];
  for (const option of Object.keys(given)) {
    if (known.includes(option)) continue;
    const owner = objectives.find(({ options = {} }) => Object.hasOwn(options, option));
    if (owner === undefined) continue;
    const suggestion = phrase`give it in ${mention('modelOptions')}: { ${option} }`;
    throw wrongType({ option, problem: `not an option of train, but of models such as ${owner.name}`, suggestion });
  }
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
