/** The data of a run: the images that its model was trained on, or others like them. */
import { type Dataset, type FileOptions, givenFileOptions, isNothingThere } from '../data/index.js';
import { splitRows } from '../data/split.js';
import { dataRangeError, wrongValue } from '../errors.js';
import type { Model } from './load-run.js';
import { checkDataOptions, isToOpen, openGiven } from './open-data.js';
import type { RunConfig } from './run/config.js';

export interface DataOptions {
  /** Images: a data set by name, the path of a file or folder, a Blob, or one that is open already. Default: the run's own. */
  readonly data?: string | Blob | Dataset;
  /** How a file of images is opened: `{ size: 64 }`. Of the run's own data, as for training, but that `unpackTo` may be another file. */
  readonly dataOptions?: FileOptions;
  /** Told what has been opened, before anything is computed; `notes` say what was decided: what is taken as white, columns left out ... */
  readonly onOpened?: (opened: DataOpening) => void;
}

/** Data that have been opened. */
export interface DataOpening {
  readonly data: string;
  readonly notes: readonly string[];
}

/** A data set beside a run. */
export interface RunData {
  readonly dataset: Dataset;
  /** Whether it is the one that the run was trained on, so that held-out rows are known. */
  readonly isOwn: boolean;
}

/**
 * Opens data for a model; what the caller opened stays open.
 * @throws RangeError where its images have another shape than the model's
 */
export async function withRunData<R>(
  { config, image }: Pick<Model, 'config' | 'image'>,
  { data, dataOptions = {}, onOpened }: DataOptions,
  work: (data: RunData) => Promise<R>,
): Promise<R> {
  checkDataOptions(data, dataOptions);
  const dataset = await (data === undefined
    ? openOwn(config, dataOptions)
    : openGiven(data, dataOptions, seedOf(config)));
  try {
    const [expected, got] = [image, dataset.image].map(({ height, width, channels }) =>
      [height, width, channels].join(' x '),
    );
    if (expected !== got) {
      throw dataRangeError(
        `data: expected images of ${expected} (height, width, channels), as the model was trained on, got ${dataset.name} of ${got}`,
      );
    }
    onOpened?.({ data: dataset.name, notes: dataset.notes ?? [] });
    return await work({ dataset, isOwn: isSame(config, dataset) });
  } finally {
    if (data === undefined || isToOpen(data)) await dataset.close?.();
  }
}

/** Images that are drawn come from the seed that they had, which is the run's own for data unless the caller opened them. */
function seedOf(config: RunConfig): number {
  const { seed } = config.data.identity;
  return typeof seed === 'number' ? seed : config.dataSeed;
}

/**
 * Opens the data that a run names, as they were opened for training, whether or not they are what they were.
 * @param given options that take the place of those
 */
export function openNamed(config: RunConfig, given: FileOptions = {}): Promise<Dataset> {
  const { name, path, options } = config.data;
  return openGiven(path ?? name, { ...options, ...givenFileOptions(given) }, seedOf(config));
}

/** The data that a run names; they may have been moved, or be others by now. */
async function openOwn(config: RunConfig, given: FileOptions): Promise<Dataset> {
  const { name, path, options = {} } = config.data;
  const dataset = await openNamed(config, given).catch((error) => {
    throw isNothingThere(error) ? dataAreGone(path ?? name) : error;
  });
  if (isSame(config, dataset)) return dataset;
  await dataset.close?.();
  const { unpackTo: _, ...deciding } = givenFileOptions(given);
  if (Object.keys(deciding).length > 0) {
    throw wrongValue({
      option: 'dataOptions',
      problem: `expected those that the run was trained with, ${listOptions(options)}, got ${listOptions(deciding)}; to take '${path ?? name}' for other images, name it as data`,
    });
  }
  throw dataRangeError(
    `data: '${path ?? name}' is not what the run was trained on any more: name it as data to take it for other images`,
  );
}

/** What is said where the data of a run are not where they were. */
export function dataAreGone(where: string): RangeError {
  return dataRangeError(`data: the run was trained on '${where}', which is not there: say where its images are`);
}

function listOptions(options: object): string {
  const words = Object.entries(options).map(([name, value]) => `${name} ${value}`);
  return words.join(', ') || 'none';
}

function isSame({ data }: RunConfig, { identity }: Dataset): boolean {
  const before = Object.entries(data.identity).filter(([name]) => name !== 'testRows');
  const now = Object.entries(identity);
  return now.length === before.length && before.every(([name, value]) => identity[name] === value);
}

/** Rows that are shown at most, where none were held out. */
const ROWS_AT_MOST = 10_000;

/**
 * The rows that pictures count from 0: those held out from training, in the order of the run's posterior.npz; of other data, and where none
 * were held out, some that the seed of the data draws: neighbours are often alike.
 */
export async function rowsToShow({ config }: Pick<Model, 'config'>, { dataset, isOwn }: RunData): Promise<Int32Array> {
  const testRows = config.data.identity.testRows as number;
  if (isOwn && testRows > 0) return (await splitRows(dataset.size, testRows, config.dataSeed)).test;
  const { size } = dataset;
  const { test, train } = await splitRows(size, Math.min(ROWS_AT_MOST, size - 1), config.dataSeed);
  return size > ROWS_AT_MOST ? test : Int32Array.of(...test, train(0));
}

/** The images of some rows, bytes. */
export async function readRows(dataset: Dataset, rows: ArrayLike<number>): Promise<Uint8Array> {
  const { height, width, channels } = dataset.image;
  const images = new Uint8Array(rows.length * height * width * channels);
  await dataset.readImages(rows, images);
  return images;
}
