import { formatCount } from '../../src/report/format-number.js';
import type { Bench } from '../contest.js';
import { boostingImportance, sortColumns } from '../plain/boosting.js';
import { disentanglement } from '../plain/importance.js';
import { encodeColumns } from '../plain/information.js';
import { firstRows } from './first-rows.js';
import { type PlainScore, type Rows, scoreContest, splitOf } from './score.js';

const MOST_ROWS = 1500;
const FACTORS = 2;
const STAGES = 5;

/** DCI of few rows, stages and factors: whole it takes plain JavaScript minutes. */
export const bench: Bench = {
  name: 'dci',
  isFixedSize: true,
  prepare(ground) {
    const table = firstRows(ground, MOST_ROWS, FACTORS);
    const { middle, options } = splitOf(table.rows);
    return [
      scoreContest(table, 'dci', () => scorePlain(table, middle), {
        name: `dci of ${formatCount(middle)} rows, ${STAGES} stages, factors of 3 and 6 values`,
        options: { ...options, options: { dci: { stages: STAGES } } },
      }),
    ];
  },
};

function scorePlain({ latents, factors }: Rows, train: number): PlainScore {
  const columns = latents.columns;
  const x = Float64Array.from({ length: train * columns }, (_, i) => latents.get(i % train, Math.floor(i / train)));
  const sorted = sortColumns(x, train);
  const { codes, sizes } = encodeColumns((factors.data as Int32Array).subarray(0, train * FACTORS), train, FACTORS);
  const importance = new Float64Array(columns * FACTORS);
  sizes.forEach((size, k) => {
    const labels = codes.subarray(k * train, (k + 1) * train);
    const shares = boostingImportance(sorted, labels, size, { stages: STAGES, depth: 3, rate: 0.1 });
    for (let d = 0; d < columns; d++) importance[d * FACTORS + k] = shares[d];
  });
  return { value: disentanglement(importance, FACTORS), parts: { importance } };
}
