/** Posteriors of a model, as tables that metrics take. */
import { withCore } from '../../bindings/core.js';
import type { Dataset } from '../data/index.js';
import { pickRows, splitRows } from '../data/split.js';
import { wrongValue } from '../errors.js';
import type { FactorType } from '../types.js';
import { encodeRows, factorTypesOf } from './held-out.js';
import { type LoadRunOptions, type Model, withModel } from './load-run.js';
import { type PosteriorTables, tabulate } from './posterior-archive.js';
import type { RunConfig } from './run/config.js';
import type { RunFolder } from './run/run-folder.js';
import { type DataOptions, type RunData, withRunData } from './run-data.js';
import { checkSeed } from './train-options.js';

export const SPLITS = ['test', 'train', 'all'] as const;

export interface EncodeOptions extends LoadRunOptions, DataOptions {
  /** Which rows: `test`, those held out from training (the default), `train`, or `all`. Of other data than the run's own there are only `all`. */
  readonly split?: (typeof SPLITS)[number];
  /** How many of them. Default: all of the split that is named or that was held out; of other data, where no split is named, 10,000 at most. */
  readonly rows?: number;
  /**
   * Seed of the samples z; in splits `train` and `all` of the choice of `rows` too. Those of `test` are the first. Default: the run's, that of its data for
   * the rows. Which rows were held out the seed of the run's data says.
   */
  readonly seed?: number;
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

/** Posteriors of rows: tables that `score` and `decompose` take as they are. */
export interface EncodedPosterior extends PosteriorTables {
  /** The numbers of the rows in the data set. */
  readonly rows: Int32Array;
  readonly data: string;
  /** Names of the columns of the factors, and their kinds. */
  readonly factorNames: readonly string[];
  readonly factorTypes: readonly FactorType[];
  /** Steps that the model was trained for. */
  readonly step: number;
  readonly backend: string;
  readonly device: string;
  readonly warnings: readonly string[];
}

/** Rows of other data, where nothing else is said. */
export const ROWS_OF_OTHERS = 10_000;

/** Tables are kept in memory until the last row has been encoded. */
const BYTES_AT_MOST = 2 ** 31;

/**
 * Encodes images: means, logarithms of variances, a sample, and the factors. Images are read 64 at a time; the tables stay in memory, 2 GiB of them at most.
 * @param run the path of a run's folder (Node), a folder in memory, or a loaded model
 * @throws RangeError where the images have another shape than the model's, there are fewer rows, or the tables of so many have no place in memory
 * @example
 * const { mu, factors } = await encode('runs/first', { split: 'all', rows: 10_000 });
 * const report = await score(mu, factors);
 */
export async function encode(run: string | RunFolder | Model, options: EncodeOptions = {}): Promise<EncodedPosterior> {
  if (options.seed !== undefined) checkSeed('seed', options.seed);
  return withModel(run, options, (model) =>
    withRunData(model, options, async (data) => {
      const { dataset } = data;
      const seed = options.seed ?? model.config.seed;
      const choice = chooseSplit(model.config, data, options);
      const plan = planTables(choice, dataset, model.latents);
      options.onPlan?.(plan);
      const rows = await chooseRows(model.config, dataset, choice, options.seed ?? model.config.dataSeed);
      const { tf, encoder } = model.tensors;
      const encoded = await encodeRows(tf, encoder, dataset, rows, model.latents, (done) => {
        options.signal?.throwIfAborted();
        options.onProgress?.({ done, total: rows.length });
      });
      const { latents, code, step, backend, device, warnings } = model;
      const tables = await withCore((core) => tabulate(tf, core, encoded.mu, encoded.logvar, { latents, seed, code }));
      const columns = dataset.factors.length;
      return {
        ...tables,
        factors: columns === 0 ? null : { data: encoded.factors, rows: rows.length, columns },
        rows,
        data: dataset.name,
        factorNames: dataset.factors.map(({ name }) => name),
        factorTypes: factorTypesOf(dataset),
        step,
        backend,
        device,
        warnings,
      };
    }),
  );
}

interface Choice {
  readonly split: (typeof SPLITS)[number];
  readonly available: number;
  readonly count: number;
}

function chooseSplit(config: RunConfig, { dataset, isOwn }: RunData, { split: wanted, rows }: EncodeOptions): Choice {
  const testRows = isOwn ? (config.data.identity.testRows as number) : 0;
  const split = wanted ?? (testRows > 0 ? 'test' : 'all');
  if (!SPLITS.includes(split))
    throw wrongValue({ option: 'split', problem: `expected ${SPLITS.join(', ')}, got '${split}'` });
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
  config: RunConfig,
  dataset: Dataset,
  { split, count }: Choice,
  seed: number,
): Promise<Int32Array> {
  if (split === 'all') return pickRows(dataset.size, count, seed);
  const testRows = config.data.identity.testRows as number;
  const cut = await splitRows(dataset.size, testRows, config.dataSeed);
  if (split === 'test') return cut.test.slice(0, count);
  return (await pickRows(cut.trainSize, count, seed)).map(cut.train);
}

function describeCount({ name }: Dataset, split: string, available: number, count: number): string {
  if (available === 0) return `split: no rows of ${name} were held out: expected train or all, got ${split}`;
  return `expected a whole number from 1 to ${available}, the rows of ${name} in split ${split}, got ${count}`;
}
