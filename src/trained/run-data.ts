/** The data that a run was trained on. */
import {
  type Dataset,
  type FileOptions,
  givenFileOptions,
  type ImageShape,
  isNothingThere,
  isSomethingThere,
  type Reading,
} from '../data/index.js';
import { dataRangeError, wrongValue } from '../errors.js';
import { dataAreGone, openGiven } from '../train/open-data.js';
import type { RunConfig } from '../train/run/config.js';

/**
 * Images that are drawn come from the seed that they had, which is the run's own for data unless
 * the caller opened them.
 */
export function seedOf(config: RunConfig): number {
  const { seed } = config.data.identity;
  return typeof seed === 'number' ? seed : config.dataSeed;
}

/**
 * Opens the data that a run names, as they were opened for training, whether or not they are what
 * they were.
 * @param given options that take the place of those
 */
export function openNamed(config: RunConfig, given: FileOptions = {}): Promise<Dataset> {
  const { name, path, options, reading } = config.data;
  return openGiven(path ?? name, { ...options, ...givenFileOptions(given) }, seedOf(config), reading);
}

/** How other data are read for a run: as its own were, in the size of its images. */
export function readingFor({ data: { reading, image } }: RunConfig): Reading {
  const { height, width, channels } = (image ?? {}) as Partial<ImageShape>;
  return {
    ...(height !== undefined && height === width && { size: height }),
    ...((channels === 1 || channels === 3) && { channels }),
    ...reading,
  };
}

/** Whether there is something where a run had its data. */
export function areOwnDataThere({ data }: RunConfig): Promise<boolean> {
  return isSomethingThere(data.path ?? data.name);
}

/** The data that a run names; they may have been moved, or be others by now. */
export async function openOwn(config: RunConfig, given: FileOptions): Promise<Dataset> {
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

function listOptions(options: object): string {
  const words = Object.entries(options).map(([name, value]) => `${name} ${value}`);
  return words.join(', ') || 'none';
}

/** Whether a data set is what a run was trained on. */
export function isSame({ data }: RunConfig, { identity }: Dataset): boolean {
  const before = Object.entries(data.identity).filter(([name]) => name !== 'testRows');
  const now = Object.entries(identity);
  return now.length === before.length && before.every(([name, value]) => identity[name] === value);
}
