/**
 * What the options of `train` accept; those that only a program can give are in train-options.ts.
 */

import { isInRange } from '../options/check-options.js';
import { SEED, THREADS } from '../options/common-rules.js';
import { parseValue } from '../options/parse-value.js';
import { choice, integer, number, other } from '../options/rule.js';
import type { Architecture } from './architectures/architecture.js';
import { ARCHITECTURES } from './architectures/index.js';
import { BACKEND_NAMES } from './backends/backend.js';
import { LIKELIHOODS } from './likelihoods/index.js';
import type { Likelihood } from './likelihoods/likelihood.js';
import { objectives } from './objectives/index.js';
import type { Objective } from './objectives/objective.js';

/** What is wrong with one of the caller's own is said when it is looked up. */
const isOwn = <Part extends object>(_value: object): _value is Part => true;

const COUNT = { minimum: 1, maximum: 1e9 };

/** Every option of `train`, but those that only a program can give. */
export const TRAIN_OPTIONS = {
  /**
   * The objective: `vae`, `beta-vae` (the default), `beta-tcvae`, `factor-vae` ..., or one of your
   * own.
   */
  model: choice(
    objectives.map(({ name }) => name),
    { default: 'beta-vae', own: isOwn<Objective>, description: 'training objective' },
  ),
  /** `burgess` (the default), `locatello` or `mlp`, or one of your own. */
  architecture: choice(
    ARCHITECTURES.map(({ name }) => name),
    { default: 'burgess', own: isOwn<Architecture>, description: 'network architecture' },
  ),
  /** Of `mlp`: units of each hidden layer. Default 1,200. */
  mlpWidth: integer({
    minimum: 1,
    maximum: 16_384,
    defaultText: '1200',
    unit: 'units',
    description: 'width of the hidden layers of mlp',
    needs: { option: 'architecture', values: ['mlp'] },
  }),
  /** Of `mlp`: hidden layers of the encoder; the decoder has one more. Default 2. */
  mlpDepth: integer({
    minimum: 1,
    maximum: 16,
    defaultText: '2',
    unit: 'layers',
    description: 'hidden layers of the encoder of mlp; the decoder has one more',
    needs: { option: 'architecture', values: ['mlp'] },
  }),
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
  /**
   * Seed of what the model is trained by: its first weights, the order of batches, its draws. A
   * whole number from 0 to 2^53 - 1. Default 0.
   */
  seed: { ...SEED, description: 'seed of the initial weights, the order of batches and the draws of the model' },
  /**
   * Seed of the data: images that are drawn, and which rows are held out, whatever the data.
   * Default 0, so that models of different seeds are of the same images and compared on the same
   * rows.
   */
  dataSeed: { ...SEED, description: 'seed for generated images and for the train/test split' },
  /** The backend, or `auto` (the default): the first that really works. */
  backend: choice(['auto', ...BACKEND_NAMES], {
    default: 'auto',
    description: 'tensor library that computes; auto is the first that works',
  }),
  /**
   * How many threads compute, on the wasm and cpu backends: 1 (this one, the default) to 64, or
   * `auto`, as many as are of use, which is one on other backends. The numbers are the same for any
   * number.
   */
  threads: other<number | 'auto'>({
    expected: 'a whole number from 1 to 64, or auto',
    accepts: (value) => value === 'auto' || isInRange(value as number, THREADS),
    parse: (words) => (words === 'auto' ? words : (parseValue(words, THREADS) as number)),
    placeholder: 'n',
    defaultText: 'as many as help, 4 at most',
    description: 'threads on wasm and cpu; results do not depend on it',
  }),
  /**
   * Rows that are kept from training, to be scored and encoded. Default: a tenth, 10,000 at most.
   */
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
