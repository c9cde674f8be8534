/** What commands work on: the encoder of a run, or one of the caller's own, and images. */
import type { Dataset, FileOptions, ImageShape } from '../data/index.js';
import type { Encoder } from '../encoder.js';
import { dataRangeError, wrongType, wrongValue } from '../errors.js';
import { checkDataOptions, isToOpen, openGiven } from '../train/open-data.js';
import type { RunFolder } from '../train/run/run-folder.js';
import { type LoadRunOptions, type Model, openModel } from './load-run.js';
import { isSame, openOwn, readingFor, seedOf } from './run-data.js';

/** A run: the path of its folder (Node), a folder in memory, or its model, loaded. */
export type GivenRun = string | RunFolder | Model;

export interface DataOptions {
  /**
   * Images: a data set by name, the path of a file or folder, a Blob, or one that is open already.
   * Default: the run's own.
   */
  readonly data?: string | Blob | Dataset;
  /**
   * How a file of images is opened: `{ size: 64 }`. Of the run's own data, as for training, but
   * that `unpackTo` may be another file.
   */
  readonly dataOptions?: FileOptions;
  /**
   * Told what has been opened, before anything is computed; `notes` say what was decided: what is
   * taken as white, columns left out ...
   */
  readonly onOpened?: (opened: DataOpening) => void;
}

/** Data that have been opened. */
export interface DataOpening {
  readonly data: string;
  readonly notes: readonly string[];
}

/**
 * The options of a command for an encoder of the caller's own: nothing is loaded, and it has no
 * data that could be meant.
 */
export type OwnEncoderOptions<O extends LoadRunOptions & DataOptions> = Omit<O, keyof LoadRunOptions | 'data'> &
  Required<Pick<DataOptions, 'data'>>;

export interface EncoderOnData {
  readonly encoder: Encoder;
  /** The model that the encoder is; null if it is the caller's own. */
  readonly model: Model | null;
  readonly dataset: Dataset;
  /** Whether the data are those that the run was trained on, so that held-out rows are known. */
  readonly isOwn: boolean;
  /** How many of them were held out; 0 of other data. */
  readonly testRows: number;
  /** The run's, of its model and of its data; 0 if there is none. */
  readonly seed: number;
  readonly dataSeed: number;
}

/** Whether an encoder is the caller's own. */
export function isOwnEncoder(given: GivenRun | Encoder): given is Encoder {
  return typeof given !== 'string' && 'encode' in given && !('config' in given);
}

/**
 * Loads the model of a run, unless it is loaded; `work` is done with it. Only what was loaded here
 * is closed.
 * @throws RangeError for options of loading beside a model that is loaded
 */
export async function withModel<R>(
  run: GivenRun,
  options: LoadRunOptions,
  work: (model: Model) => Promise<R>,
): Promise<R> {
  if (typeof run !== 'string' && 'encode' in run) {
    refuseLoading(options);
    return work(run);
  }
  const model = await openModel(run, options);
  try {
    return await work(model);
  } finally {
    await model.close();
  }
}

function refuseLoading(options: LoadRunOptions): void {
  for (const name of ['checkpoint', 'untrained', 'backend', 'tf'] as const) {
    if (options[name] !== undefined)
      throw wrongValue({ option: name, problem: `the model is loaded already, and has its own` });
  }
}

/**
 * Loads the model of a run, unless it is loaded or the encoder is the caller's own, and opens data;
 * `work` is done with both. What the caller opened stays open.
 * @throws TypeError for an encoder of the caller's own without data; RangeError for images of
 *   another shape than the model's, and for options of loading beside what is loaded
 */
export async function withEncoderOnData<R>(
  given: GivenRun | Encoder,
  options: LoadRunOptions & DataOptions,
  work: (on: EncoderOnData) => Promise<R>,
): Promise<R> {
  if (!isOwnEncoder(given)) return withModel(given, options, (model) => withData(model, model, options, work));
  refuseLoading(options);
  const { latents } = given;
  if (!Number.isInteger(latents) || latents < 1) {
    throw wrongValue({
      option: 'encoder',
      problem: `expected a whole number of latents of at least 1, got ${latents}`,
    });
  }
  return withData(given, null, options, work);
}

async function withData<R>(
  encoder: Encoder,
  model: Model | null,
  { data, dataOptions = {}, onOpened }: DataOptions,
  work: (on: EncoderOnData) => Promise<R>,
): Promise<R> {
  checkDataOptions(data, dataOptions);
  const dataset = await openData(model, data, dataOptions);
  try {
    if (model !== null) checkShape(dataset, model.image);
    onOpened?.({ data: dataset.name, notes: dataset.notes ?? [] });
    const { config } = model ?? {};
    const isOwn = config !== undefined && isSame(config, dataset);
    const testRows = isOwn ? (config.data.identity.testRows as number) : 0;
    const { seed, dataSeed } = config ?? { seed: 0, dataSeed: 0 };
    return await work({ encoder, model, dataset, isOwn, testRows, seed, dataSeed });
  } finally {
    if (data === undefined || isToOpen(data)) await dataset.close?.();
  }
}

function openData(model: Model | null, data: DataOptions['data'], dataOptions: FileOptions): Promise<Dataset> {
  if (data !== undefined) {
    return model === null
      ? openGiven(data, dataOptions, 0)
      : openGiven(data, dataOptions, seedOf(model.config), readingFor(model.config));
  }
  if (model !== null) return openOwn(model.config, dataOptions);
  throw wrongType({ option: 'data', problem: 'expected images for an encoder of your own, got none' });
}

function checkShape({ name, image }: Dataset, wanted: ImageShape): void {
  const [expected, got] = [wanted, image].map(({ height, width, channels }) => [height, width, channels].join(' x '));
  if (expected === got) return;
  throw dataRangeError(
    `data: expected images of ${expected} (height, width, channels), as the model was trained on, got ${name} of ${got}`,
  );
}
