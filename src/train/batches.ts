/** The rows of each step, as tensors: a function of the step's number. */
import { BatchCursor } from '../data/batch-cursor.js';
import { type DrawnRows, openFactorBatches } from '../data/factor-batches.js';
import type { Dataset } from '../data/index.js';
import { readImages } from '../data/read-images.js';
import type { RowSplit } from '../data/split.js';
import { wrongValue } from '../errors.js';
import { STREAMS } from '../random.js';
import { listRuns } from './phases.js';
import type { Batch, BatchRequest, System } from './system.js';
import type { Tensor, TensorLibrary } from './tensors.js';
import type { StepBatches } from './trainer.js';

export interface Batches {
  load(step: number): Promise<StepBatches>;
}

/**
 * Opens the batches that the phases of a system ask for.
 * @throws RangeError for what cannot be had of the data: labels without factors, groups of factors
 * that do not repeat
 */
export function openBatches(
  tf: TensorLibrary,
  dataset: Dataset,
  split: RowSplit,
  batchSize: number,
  seed: number,
  system: Pick<System, 'phases'>,
): Batches {
  const loaders = new Map<BatchRequest, (time: number) => Promise<Batch>>();
  for (const { batches } of system.phases) {
    for (const request of Object.values(batches)) loaders.set(request, openRequest(request));
  }

  function openRequest(request: BatchRequest): (time: number) => Promise<Batch> {
    const { hasLabels = false } = request;
    if (hasLabels && dataset.factors.length === 0) {
      throw wrongValue({
        option: 'data',
        problem: `expected images with factors, which the model learns from, got ${dataset.name}`,
      });
    }
    if (request.kind === 'plain') {
      const stream = request.isSecond ? STREAMS.secondBatchOrder : STREAMS.batchOrder;
      const cursor = new BatchCursor(split.trainSize, seed, stream);
      return async (time) => {
        const places = await cursor.rowsOf(time, batchSize);
        return loadRows({ rows: places.map(split.train), groups: [] }, hasLabels);
      };
    }
    const drawn = openFactorBatches(dataset, split, request, batchSize, seed);
    return async (time) => loadRows(await drawn(time), hasLabels);
  }

  async function loadRows(drawn: DrawnRows, hasLabels: boolean): Promise<Batch> {
    const images =
      'rows' in drawn
        ? await loadImages(tf, dataset, drawn.rows)
        : await loadBytes(tf, dataset, drawn.values.length / dataset.factors.length, (bytes) =>
            dataset.renderFactors?.(drawn.values, bytes, drawn.index),
          );
    try {
      return { images, labels: hasLabels ? await loadLabels(tf, dataset, drawn) : null, groups: drawn.groups };
    } catch (error) {
      images.dispose();
      throw error;
    }
  }

  const runs = listRuns(system);
  return {
    async load(step) {
      const loaded: Array<Record<string, Batch>> = [];
      try {
        for (const { phase, timeAt } of runs) {
          const batches: Record<string, Batch> = {};
          loaded.push(batches);
          for (const [name, request] of Object.entries(phase.batches)) {
            batches[name] = await (loaders.get(request) as (time: number) => Promise<Batch>)(timeAt(step));
          }
        }
      } catch (error) {
        tf.dispose(loaded);
        throw error;
      }
      return loaded;
    },
  };
}

/** Batches that are loaded before they are asked for. */
export interface BatchesAhead extends Batches {
  /**
   * Begins to load a step's batch. The data set is not to be read otherwise until it has been
   * given.
   */
  start(step: number): void;
  /** Frees the batch that was not asked for. */
  close(): Promise<void>;
}

export function loadAhead(tf: TensorLibrary, batches: Batches): BatchesAhead {
  let ahead: { readonly step: number; readonly batch: ReturnType<Batches['load']> } | null = null;
  const close = async () => {
    const left = ahead;
    ahead = null;
    await left?.batch.then((loaded) => tf.dispose(loaded)).catch(() => {});
  };
  return {
    start(step) {
      ahead = { step, batch: batches.load(step) };
      // Heard of where it is asked for.
      ahead.batch.catch(() => {});
    },
    async load(step) {
      if (ahead?.step !== step) await close();
      const { batch } = ahead ?? { batch: batches.load(step) };
      ahead = null;
      return batch;
    },
    close,
  };
}

/** The images of some rows, (rows, H, W, C) in [0, 1]. */
export async function loadImages(tf: TensorLibrary, dataset: Dataset, rows: ArrayLike<number>): Promise<Tensor> {
  const { height, width, channels } = dataset.image;
  return toTensor(tf, await readImages(dataset, rows), [rows.length, height, width, channels]);
}

async function loadBytes(
  tf: TensorLibrary,
  { image: { height, width, channels } }: Dataset,
  rows: number,
  write: (bytes: Uint8Array) => void | Promise<void>,
): Promise<Tensor> {
  const bytes = new Uint8Array(rows * height * width * channels);
  await write(bytes);
  return toTensor(tf, bytes, [rows, height, width, channels]);
}

/** Factors (B, K). */
async function loadLabels(tf: TensorLibrary, dataset: Dataset, drawn: DrawnRows): Promise<Tensor> {
  const columns = dataset.factors.length;
  const values = 'rows' in drawn ? new Float64Array(drawn.rows.length * columns) : drawn.values;
  if ('rows' in drawn) await dataset.readFactors(drawn.rows, values);
  return tf.tensor(Float32Array.from(values), [values.length / columns, columns]);
}

/** Bytes 0 .. 255 as a tensor in [0, 1]. */
export function toTensor(tf: TensorLibrary, bytes: Uint8Array, shape: number[]): Tensor {
  const values = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) values[i] = bytes[i] / 255;
  return tf.tensor(values, shape);
}
