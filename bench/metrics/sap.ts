import { formatCount } from '../../src/report/format-number.js';
import type { FactorType } from '../../src/types.js';
import type { Bench } from '../contest.js';
import { encodeColumns, topTwo } from '../plain/information.js';
import { determinations, fitLine, largestLine } from '../plain/lines.js';
import { firstRows } from './first-rows.js';
import { type PlainScore, type Rows, scoreContest, splitOf } from './score.js';

const C = 0.01;

const MOST_ROWS = 10_000;

/**
 * SAP: of discrete factors by machines on the first two thirds of few rows, of continuous ones by
 * R^2 of all.
 */
export const benches: readonly Bench[] = [
  {
    name: 'sap-discrete',
    isFixedSize: true,
    prepare(ground) {
      const table = firstRows(ground, MOST_ROWS, ground.factors.columns);
      const { middle, options } = splitOf(table.rows);
      const name = `sap of ${formatCount(table.rows)} rows, discrete`;
      return [scoreContest(table, 'sap', () => scoreDiscrete(table, middle), { name, options })];
    },
  },
  {
    name: 'sap-continuous',
    prepare(ground) {
      const options = { factorTypes: new Array<FactorType>(ground.factors.columns).fill('continuous') };
      return [scoreContest(ground, 'sap', () => scoreContinuous(ground), { name: 'sap, continuous', options })];
    },
  },
];

function scoreContinuous({ rows, latents, factors }: Rows): PlainScore {
  const matrix = determinations(latents.data as Float32Array, factors.data as Int32Array, rows);
  return { value: meanTopGap(matrix, latents.columns, factors.columns), parts: { matrix } };
}

function scoreDiscrete({ rows, latents, factors }: Rows, middle: number): PlainScore {
  const x = latents.data as Float32Array;
  const columns = latents.columns;
  const factorCount = factors.columns;
  const { codes, sizes } = encodeColumns(factors.data as Int32Array, rows, factorCount);
  const matrix = new Float64Array(columns * factorCount);
  for (let d = 0; d < columns; d++) {
    const own = new Float64Array(rows);
    for (let row = 0; row < rows; row++) own[row] = x[row * columns + d];
    sizes.forEach((size, k) => {
      const labels = codes.subarray(k * rows, (k + 1) * rows);
      matrix[d * factorCount + k] = accuracyOf(own, labels, size, middle);
    });
  }
  return { value: meanTopGap(matrix, columns, factorCount), parts: { matrix } };
}

/** Share of the rows from `middle` on whose class is that of the largest line. */
function accuracyOf(x: Float64Array, labels: Int32Array, size: number, middle: number): number {
  const counts = new Int32Array(size);
  for (let row = 0; row < middle; row++) counts[labels[row]]++;
  const train = x.subarray(0, middle);
  const classes = Array.from(counts.keys()).filter((value) => counts[value] > 0);
  const lines = classes.map((value) =>
    fitLine(train, labels, value, (C * middle) / (classes.length * counts[value]), C),
  );
  let right = 0;
  for (let row = middle; row < x.length; row++) if (classes[largestLine(lines, x[row])] === labels[row]) right++;
  return right / (x.length - middle);
}

function meanTopGap(matrix: Float64Array, columns: number, factorCount: number): number {
  let sum = 0;
  for (let k = 0; k < factorCount; k++) {
    const { first, second } = topTwo(matrix, k, factorCount, columns);
    sum += first - second;
  }
  return sum / factorCount;
}
