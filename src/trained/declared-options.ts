/** The options of what is done with a trained model, each declared once. */
import { checkOptions, refuseUnknown } from '../options/check-options.js';
import { SEED } from '../options/common-rules.js';
import { parseNumbers } from '../options/parse-lists.js';
import { boolean, choice, integer, number, other, type Rules, type ValuesOf } from '../options/rule.js';
import { TRAIN_OPTIONS } from '../train/declared-options.js';

/** Which weights of a run are meant. */
export const WEIGHT_OPTIONS = {
  checkpoint: choice(['last', 'best'], {
    defaultText: 'last',
    description: 'weights of the last checkpoint, or of the one that scored best',
  }),
  untrained: boolean({ description: 'the weights before the first step, to compare with', excludes: ['checkpoint'] }),
};

/** What computes. */
export const BACKEND_OPTION = { backend: TRAIN_OPTIONS.backend };

const STEPS = { minimum: 2, maximum: 1000 };
const PLACE = { minimum: 0, unit: 'rows' };

const latents = (description: string, defaultText: string) =>
  other<readonly number[]>({
    expected: 'an array of whole numbers',
    accepts: Array.isArray,
    parse: parseNumbers,
    placeholder: 'list',
    defaultText,
    description,
  });

const RANGE = number({ default: 3, minimum: 0, isOpen: true, description: 'values reach from -x to x' });

export const TRAVERSE_OPTIONS = {
  /** Around the posterior mean of a `row` (the default) or the mean of the `prior`, 0. */
  from: choice(['row', 'prior'], {
    default: 'row',
    description: 'vary around the mean of a held-out image, or of the prior',
  }),
  /**
   * Of those held out, counted from 0 in the order of the run's posterior.npz. Default 0; not with
   * `prior`.
   */
  row: integer({
    ...PLACE,
    defaultText: '0',
    description: 'that image, as row of posterior.npz, from 0',
    needs: { option: 'from', values: ['row'] },
  }),
  /** Values of a latent: 2 to 1,000, default 11. */
  steps: integer({ ...STEPS, default: 11, description: 'values of a latent' }),
  /** They reach from -range to range. Default 3. */
  range: RANGE,
  /**
   * The latents to show, in this order. Default: all, those of the largest divergence first; of
   * points of the largest variance.
   */
  latents: latents('latents to show, in this order, as 0,3,5', 'all by their KL; of ae and dae by the variance of mu'),
};

export const INTERPOLATE_OPTIONS = {
  /** Of the rows held out, counted from 0 in the order of the run's posterior.npz. */
  from: integer({ ...PLACE, description: 'a held-out image, as row of posterior.npz, from 0' }),
  to: integer({ ...PLACE, description: 'another held-out image' }),
  /** Images from the one to the other, both included: 2 to 1,000, default 11. */
  steps: integer({ ...STEPS, default: 11, description: 'images on the way' }),
};

export const MANIFOLD_OPTIONS = {
  /**
   * The latent of the columns, and that of the lines. Default: the two of the largest divergence;
   * of points of the largest variance.
   */
  latents: latents(
    'the latent of the columns and that of the lines, as 0,3',
    'those of the largest KL; of ae and dae of the largest variance',
  ),
  /** Values of each: 2 to 1,000, default 15. */
  steps: integer({ ...STEPS, default: 15, description: 'images along each side' }),
  /** They reach from -range to range. Default 3. */
  range: RANGE,
  /** The row held out whose posterior mean the other latents keep. Default: none, they are 0. */
  row: integer({
    ...PLACE,
    defaultText: 'none, they are 0',
    description: 'the held-out image whose means the other latents keep',
  }),
};

export const RECONSTRUCT_OPTIONS = {
  /** How many images. Default 8. */
  rows: integer({ default: 8, minimum: 1, maximum: 10_000, unit: 'images', description: 'how many images' }),
};

export const SPLITS = ['test', 'train', 'all'] as const;

/** Rows of other data, if nothing else is said. */
export const ROWS_OF_OTHERS = 10_000;

export const ENCODE_OPTIONS = {
  /**
   * Which rows: `test`, those held out from training (the default), `train`, or `all`. Of other
   * data than the run's own there are only `all`.
   */
  split: choice(SPLITS, {
    defaultText: 'test; all of other data',
    description: "rows of the run's data: held out, trained on, or all",
  }),
  /**
   * How many of them. Default: all of the split that is named or that was held out; of other data,
   * if no split is named, 10,000 at most.
   */
  rows: integer({
    minimum: 1,
    defaultText: `all of the split; of other data ${ROWS_OF_OTHERS} at most`,
    description: 'how many of them',
  }),
  /**
   * Seed of the samples z; in splits `train` and `all` of the choice of `rows` too. Those of `test`
   * are the first. Default: the run's, that of its data for the rows; 0 for an encoder of your own.
   * Which rows were held out the seed of the run's data says.
   */
  seed: integer({
    minimum: SEED.minimum,
    maximum: SEED.maximum,
    defaultText: "the run's",
    description: 'seed of the samples z, and of which rows of train or all are taken',
  }),
};

/** What all of them take beside their own. */
const SHARED = [
  ...Object.keys({ ...WEIGHT_OPTIONS, ...BACKEND_OPTION }),
  ...['onWarning', 'tf', 'model', 'architecture', 'likelihood', 'data', 'dataOptions', 'onOpened', 'onShape'],
  ...['signal', 'onPlan', 'onProgress'],
];

/**
 * The options of one of them, checked, each with its value.
 * @throws OptionError for unknown names, wrong kinds and values out of range
 */
export function checkDeclared<R extends Rules>(name: string, options: object, rules: R): ValuesOf<R> {
  refuseUnknown(name, options, [...Object.keys(rules), ...SHARED]);
  const own = Object.entries(options).filter(([option]) => option in rules);
  return checkOptions({ name }, Object.fromEntries(own), rules);
}
