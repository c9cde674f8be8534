/** Codes of a data set, as tables that metrics take. */
import type { Dataset } from '../data/index.js';
import { pickRows, splitRows } from '../data/split.js';
import type { Encoder } from '../encoder.js';
import { wrongValue } from '../errors.js';
import type { GivenOf } from '../options/rule.js';
import { encodeRows } from '../train/encode-rows.js';
import { type LabelledTables, tabulate } from '../train/posterior-archive.js';
import { checkDeclared, ENCODE_OPTIONS, ROWS_OF_OTHERS, type SPLITS } from './declared-options.js';
import {
  type DataOptions,
  type EncoderOnData,
  type GivenRun,
  type OwnEncoderOptions,
  withEncoderOnData,
} from './encoder-on-data.js';
import type { LoadRunOptions } from './load-run.js';

export interface EncodeOptions extends LoadRunOptions, DataOptions, GivenOf<typeof ENCODE_OPTIONS> {
  readonly signal?: AbortSignal;
  /** Told what will be encoded before the first image is read. */
  readonly onPlan?: (plan: EncodePlan) => void;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

/** What will be encoded. */
export interface EncodePlan {
  readonly data: string;
  readonly split: (typeof SPLITS)[number];
  readonly rows: number;
  /** Rows that there are in the split. */
  readonly available: number;
  /** That the tables take, in memory and in posterior.npz. */
  readonly bytes: number;
}

/** Codes of rows: tables that `score` and `decompose` take as they are. */
export interface EncodedPosterior extends LabelledTables {
  /** The numbers of the rows in the data set. */
  readonly rows: Int32Array;
  readonly data: string;
}

/** Codes by the model of a run. */
export interface EncodedByRun extends EncodedPosterior {
  /** Steps that the model was trained for. */
  readonly step: number;
  readonly backend: string;
  readonly device: string;
  readonly warnings: readonly string[];
}

/** Tables are kept in memory until the last row has been encoded. */
const BYTES_AT_MOST = 2 ** 31;

/**
 * Encodes images: means, logarithms of variances, a sample, and the factors. Images are read 64 at
 * a time; the tables stay in memory, 2 GiB of them at most.
 * @param given the path of a run's folder (Node), a folder in memory, a loaded model, or an encoder
 *   of your own, with data
 * @throws RangeError if the images have another shape than the model's, there are fewer rows, or
 *   the tables of so many have no place in memory
 * @example
 * const { mu, factors } = await encode('runs/first', { split: 'all', rows: 10_000 });
 * const report = await score(mu, factors);
 */
export async function encode(given: GivenRun, options?: EncodeOptions): Promise<EncodedByRun>;
export async function encode(given: Encoder, options: OwnEncoderOptions<EncodeOptions>): Promise<EncodedPosterior>;
export async function encode(
  given: GivenRun | Encoder,
  options: EncodeOptions = {},
): Promise<EncodedPosterior | EncodedByRun> {
  checkDeclared('encode', options, ENCODE_OPTIONS);
  return withEncoderOnData(given, options, async (on) => {
    const { encoder, model, dataset } = on;
    const choice = chooseSplit(on, options);
    const plan = planTables(choice, dataset, encoder.latents);
    options.onPlan?.(plan);
    const rows = await chooseRows(on, choice, options.seed ?? on.dataSeed);
    const encoded = await encodeRows(encoder, dataset, rows, (done) => {
      options.signal?.throwIfAborted();
      options.onProgress?.({ done, total: rows.length });
    });
    const seed = options.seed ?? on.seed;
    const tables = await tabulate(encoded, encoder.latents, dataset, seed, model?.reparameterise);
    const posterior = { ...tables, rows, data: dataset.name };
    if (model === null) return posterior;
    const { step, backend, device, warnings } = model;
    return { ...posterior, step, backend, device, warnings };
  });
}

interface Choice {
  readonly split: (typeof SPLITS)[number];
  readonly available: number;
  readonly count: number;
}

function chooseSplit({ dataset, isOwn, testRows }: EncoderOnData, { split: wanted, rows }: EncodeOptions): Choice {
  const split = wanted ?? (testRows > 0 ? 'test' : 'all');
  if (split !== 'all' && !isOwn) {
    throw wrongValue({
      option: 'split',
      problem: `${dataset.name} is not the data of the run: expected all, got ${split}`,
    });
  }
  const available = { test: testRows, train: dataset.size - testRows, all: dataset.size }[split];
  const count = rows ?? (wanted === undefined && split === 'all' ? Math.min(ROWS_OF_OTHERS, available) : available);
  if (!Number.isInteger(count) || count < 1 || count > available) {
    throw wrongValue({ option: 'rows', problem: describeCount(dataset, split, available, count) });
  }
  return { split, available, count };
}

function planTables({ split, available, count }: Choice, { name, factors }: Dataset, latents: number): EncodePlan {
  const rowBytes = 3 * Float32Array.BYTES_PER_ELEMENT * latents + Float64Array.BYTES_PER_ELEMENT * factors.length;
  const most = Math.floor(BYTES_AT_MOST / rowBytes);
  if (count <= most) return { data: name, split, rows: count, available, bytes: count * rowBytes };
  throw wrongValue({
    option: 'rows',
    problem: `expected at most ${most} of ${latents} latents, whose tables take ${BYTES_AT_MOST} bytes, got ${count}, the rows of ${name} in split ${split}`,
  });
}

async function chooseRows(
  { dataset, testRows, dataSeed }: EncoderOnData,
  { split, count }: Choice,
  seed: number,
): Promise<Int32Array> {
  if (split === 'all') return pickRows(dataset.size, count, seed);
  const cut = await splitRows(dataset.size, testRows, dataSeed);
  if (split === 'test') return cut.test.slice(0, count);
  return (await pickRows(cut.trainSize, count, seed)).map(cut.train);
}

function describeCount({ name }: Dataset, split: string, available: number, count: number): string {
  if (available === 0) return `split: no rows of ${name} were held out: expected train or all, got ${split}`;
  return `expected a whole number from 1 to ${available}, the rows of ${name} in split ${split}, got ${count}`;
}
