/** The order in which rows are trained on. */
import { withCore } from '../../bindings/core.js';
import { wrongValue } from '../errors.js';
import { STREAMS } from '../random.js';

/**
 * Batches of places 0 .. size - 1: epochs follow each other without a gap, each a permutation of
 * all places that is a function of the seed, the stream and its number. A batch that an epoch does
 * not fill goes on with the next one, so that every place comes once in each epoch.
 *
 * A batch is a function of its step; two epochs are kept, 4 bytes a place each.
 */
export class BatchCursor {
  readonly #size: number;
  readonly #seed: number;
  readonly #stream: number;
  readonly #epochs = new Map<number, Promise<Int32Array>>();

  /**
   * @param size how many places there are, at least 1
   * @param stream `STREAMS.batchOrder`, or `STREAMS.secondBatchOrder` for batches beside those
   */
  constructor(size: number, seed: number, stream: number = STREAMS.batchOrder) {
    if (!Number.isInteger(size) || size < 1) {
      throw wrongValue({ option: 'batches', problem: `expected at least 1 row to train on, got ${size}` });
    }
    this.#size = size;
    this.#seed = seed;
    this.#stream = stream;
  }

  /** The places of the batch of a step, which count from 0. */
  async rowsOf(step: number, batchSize: number): Promise<Int32Array> {
    const places = new Int32Array(batchSize);
    for (let filled = 0; filled < batchSize; ) {
      const at = step * batchSize + filled;
      const epoch = Math.floor(at / this.#size);
      const from = at % this.#size;
      const part = (await this.#epoch(epoch)).subarray(from, from + batchSize - filled);
      places.set(part, filled);
      filled += part.length;
    }
    return places;
  }

  #epoch(epoch: number): Promise<Int32Array> {
    const known = this.#epochs.get(epoch);
    if (known !== undefined) return known;
    const order = withCore((core) => {
      const places = core.arena.alloc('i32', this.#size);
      core.random.shuffledRows(places, this.#size, { seed: this.#seed, stream: this.#stream, index: epoch });
      return places.array.slice();
    });
    for (const old of this.#epochs.keys()) if (this.#epochs.size > 1) this.#epochs.delete(old);
    this.#epochs.set(epoch, order);
    return order;
  }
}
