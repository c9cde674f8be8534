import { STREAMS } from '../../src/random.js';
import type { Ground } from '../contest.js';
import { batchVariances, columnVariances } from '../plain/batches.js';
import { drawBatches, groupRowsByOthers } from '../plain/drawing.js';
import { encodeColumns } from '../plain/information.js';
import { type PlainScore, scoreBench } from './score.js';

const BATCH = 64;
const TRAIN = 10_000;
const EVALUATION = 5_000;
const LEAST_DEVIATION = 0.05;

/** Z-max score, whole: the same draws, so the same votes. */
export const bench = scoreBench('z-max-variance', scorePlain, { tolerance: 1e-12 });

function scorePlain({ rows, latents, factors }: Ground): PlainScore {
  const x = latents.data as Float32Array;
  const columns = latents.columns;
  const factorCount = factors.columns;
  const global = columnVariances(x, rows, columns);
  const { codes, sizes } = encodeColumns(factors.data as Int32Array, rows, factorCount);
  const groups = sizes.map((_, k) => groupRowsByOthers(codes, sizes, k));
  const drawable = groups.flatMap(({ order }, k) => (order.length > 0 ? [k] : []));
  const total = TRAIN + EVALUATION;
  const drawn = drawBatches(
    drawable.map((k) => groups[k]),
    total,
    BATCH,
    0,
    STREAMS.varyingVotes,
  );
  const local = batchVariances(x, drawn.rows, total, BATCH, columns);
  const votes = new Float64Array(columns * factorCount);
  const chosen = new Int32Array(total);
  for (let i = 0; i < total; i++) {
    let largest = -1;
    for (let d = 0; d < columns; d++) {
      if (Math.sqrt(global[d]) < LEAST_DEVIATION) continue;
      const ratio = local[i * columns + d] / global[d];
      if (ratio > largest) {
        largest = ratio;
        chosen[i] = d;
      }
    }
    if (i < TRAIN) votes[chosen[i] * factorCount + drawable[drawn.fixed[i]]]++;
  }
  const assigned = Array.from({ length: columns }, (_, d) => {
    const own = votes.subarray(d * factorCount, (d + 1) * factorCount);
    const most = Math.max(...own);
    return most === 0 ? drawable[0] : own.indexOf(most);
  });
  let right = 0;
  for (let i = TRAIN; i < total; i++) if (assigned[chosen[i]] === drawable[drawn.fixed[i]]) right++;
  return { value: right / EVALUATION, parts: { votes } };
}
