/** The images of each step, as tensors: a function of the step's number. */
import { BatchCursor } from '../data/batch-cursor.js';
import type { Dataset } from '../data/index.js';
import { readImages } from '../data/read-images.js';
import type { RowSplit } from '../data/split.js';
import { STREAMS } from '../random.js';
import type { Tensor, TensorLibrary } from './tensors.js';

export interface Batches {
  /** Images (B, H, W, C) in [0, 1]; `second` is another batch, where one is wanted. */
  load(step: number): Promise<{ readonly images: Tensor; readonly second: Tensor | null }>;
}

export function openBatches(
  tf: TensorLibrary,
  dataset: Dataset,
  split: RowSplit,
  batchSize: number,
  seed: number,
  wantsSecond: boolean,
): Batches {
  const first = new BatchCursor(split.trainSize, seed);
  const second = new BatchCursor(split.trainSize, seed, STREAMS.secondBatchOrder);
  const loadFrom = async (cursor: BatchCursor, step: number) => {
    const places = await cursor.rowsOf(step, batchSize);
    return loadImages(tf, dataset, places.map(split.train));
  };
  return {
    async load(step) {
      const images = await loadFrom(first, step);
      try {
        return { images, second: wantsSecond ? await loadFrom(second, step) : null };
      } catch (error) {
        images.dispose();
        throw error;
      }
    },
  };
}

/** Batches that are loaded before they are asked for. */
export interface BatchesAhead extends Batches {
  /** Begins to load a step's batch. The data set is not to be read otherwise until it has been given. */
  start(step: number): void;
  /** Frees the batch that was not asked for. */
  close(): Promise<void>;
}

export function loadAhead(tf: TensorLibrary, batches: Batches): BatchesAhead {
  let ahead: { readonly step: number; readonly batch: ReturnType<Batches['load']> } | null = null;
  const close = async () => {
    const left = ahead;
    ahead = null;
    await left?.batch.then(({ images, second }) => tf.dispose([images, second])).catch(() => {});
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

/** Bytes 0 .. 255 as a tensor in [0, 1]. */
export function toTensor(tf: TensorLibrary, bytes: Uint8Array, shape: number[]): Tensor {
  const values = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) values[i] = bytes[i] / 255;
  return tf.tensor(values, shape);
}
