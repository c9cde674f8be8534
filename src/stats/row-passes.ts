import type { Block } from '../../bindings/arena.js';
import type { RowGroups } from '../../bindings/kernels/drawing.js';
import { RandomStream, STREAMS } from '../random.js';

/**
 * Draws batches as `drawBatchRows` of the kernels does, but takes the rows of each value in turn:
 * shuffled, all of them once, then shuffled anew. So a batch of as many rows as a value has holds
 * each of them once. Batches go on where the last one ended, and are to be drawn in their order.
 *
 * @param isUniform whether all values of a factor are drawn alike, and not by their rows
 * @param stream of the choices of factor and value; index = number of the batch
 */
export function drawInPasses(
  groups: readonly RowGroups[],
  isUniform: boolean,
  { seed, stream }: { readonly seed: number; readonly stream: number },
) {
  const passes = groups.map((group, factor) => openPasses(group, new RandomStream(seed, STREAMS.passes, factor)));
  let next = 0;
  return (rows: Block<'i32'>, fixed: Block<'i32'>, count: number, size: number, first: number): void => {
    if (first !== next) throw new Error(`row passes: expected batch ${next}, got ${first}`);
    next += count;
    const [out, factors] = [rows.array, fixed.array];
    for (let batch = 0; batch < count; batch++) {
      const words = new RandomStream(seed, stream, first + batch);
      const factor = words.below(groups.length);
      factors[batch] = factor;
      const { values, drawable } = groups[factor];
      const { valueAt, take } = passes[factor];
      take(isUniform ? words.below(values) : valueAt(words.below(drawable)), out, batch * size, size);
    }
  };
}

/** Passes over the rows of each value of a factor. */
function openPasses({ order, bounds, drawable, values }: RowGroups, words: RandomStream) {
  // Copies: blocks of the arena move when it grows.
  const rows = order.array.slice(0, drawable);
  const starts = bounds.array.slice(0, values + 1);
  // How many rows of each value are left of its pass.
  const left = new Int32Array(values);

  return {
    /** The value of the row at a place: the last whose rows begin there or before. */
    valueAt(place: number): number {
      let [low, high] = [0, values - 1];
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (starts[middle] <= place) low = middle;
        else high = middle - 1;
      }
      return low;
    },

    /** The next `count` rows of a value, into out. */
    take(value: number, out: Int32Array, at: number, count: number): void {
      const [start, end] = [starts[value], starts[value + 1]];
      for (let i = at; i < at + count; i++) {
        if (left[value] === 0) left[value] = end - start;
        // Fisher and Yates, a step at a time: any of the rows that are left comes to their end.
        const last = start + --left[value];
        const drawn = start + words.below(last - start + 1);
        [rows[last], rows[drawn]] = [rows[drawn], rows[last]];
        out[i] = rows[last];
      }
    },
  };
}
