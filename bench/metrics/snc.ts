import { assign } from '../../src/stats/assignment.js';
import type { Bench } from '../contest.js';
import { encodeColumns, mutualInformation } from '../plain/information.js';
import { type PlainScore, type Rows, scoreContest, splitOf } from './score.js';

/** SNC, learned from the first two thirds of the rows. */
export const bench: Bench = {
  name: 'snc',
  prepare(ground) {
    const { middle, options } = splitOf(ground.rows);
    return [scoreContest(ground, 'snc', () => scoreSnc(ground, middle), { options })];
  },
};

/** Pairs as the library does, because which of equal pairings is taken changes the score. */
function scoreSnc({ rows, latents, factors }: Rows, middle: number): PlainScore {
  const { columns } = latents;
  const factorCount = factors.columns;
  const { codes, sizes } = encodeColumns(factors.data as Int32Array, rows, factorCount);
  const column = (d: number) => latents.column(d);
  const sorted = Array.from({ length: columns }, (_, d) => column(d).subarray(0, middle).slice().sort());
  const cutsOf = (d: number, size: number) =>
    Float64Array.from({ length: size - 1 }, (_, j) => sorted[d][Math.floor(((j + 1) * middle) / size)]);

  const matrix = new Float64Array(columns * factorCount);
  for (let d = 0; d < columns; d++) {
    const learned = column(d).subarray(0, middle);
    sizes.forEach((size, k) => {
      const bins = binByCuts(learned, cutsOf(d, size));
      const own = codes.subarray(k * rows, k * rows + middle);
      matrix[d * factorCount + k] = mutualInformation(bins, own, middle, 1, [size], size).matrix[0];
    });
  }
  const accuracy = [...assign(matrix, columns, factorCount)].map((d, k) => {
    const size = sizes[k];
    const bins = binByCuts(column(d), cutsOf(d, size));
    const own = codes.subarray(k * rows, (k + 1) * rows);
    const counts = new Float64Array(size * size);
    for (let row = 0; row < middle; row++) counts[bins[row] * size + own[row]]++;
    const binOf = assign(counts, size, size);
    let right = 0;
    for (let row = middle; row < rows; row++) if (binOf[own[row]] === bins[row]) right++;
    return right / (rows - middle);
  });
  const value = accuracy.reduce((sum, one) => sum + one, 0) / factorCount;
  return { value, parts: { mutualInformation: matrix, accuracy } };
}

/** How many of the cuts are at most each number. */
function binByCuts(numbers: Float64Array, cuts: Float64Array): Uint16Array {
  return Uint16Array.from(numbers, (x) => {
    let low = 0;
    let high = cuts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cuts[middle] <= x) low = middle + 1;
      else high = middle;
    }
    return low;
  });
}
