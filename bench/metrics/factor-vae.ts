import { type Bench, expectClose, expectEqual, type Ground } from '../contest.js';
import { batchVariances, columnVariances } from '../plain/batches.js';
import { drawBatches, groupRows } from '../plain/drawing.js';
import { encodeColumns } from '../plain/information.js';
import { scorer } from './score.js';

const BATCH = 64;
const TRAIN = 10_000;
const EVALUATION = 5_000;
const LEAST_DEVIATION = 0.05;

/** FactorVAE score and its weighted form, whole. */
export const bench: Bench = {
  name: 'factor-vae-score',
  prepare(ground) {
    return [
      { metric: 'factor-vae-score', isWeighted: false },
      { metric: 'factor-vae-weighted-score', isWeighted: true },
    ].map(({ metric, isWeighted }) => {
      const { run, parts } = scorer(ground.latents, ground.factors, metric);
      const plain = () => scorePlain(ground, isWeighted);
      return {
        name: metric,
        amount: ground.rows,
        unit: 'row',
        parts,
        ours: async () => (await run()).value ?? 0,
        plain: () => plain().value,
        async check() {
          const [got, expected] = [await run(), plain()];
          const votes = (got.parts.votes as number[][]).flat();
          // The same votes; their weights come from float32 variances, right to a millionth.
          if (isWeighted) expectClose('votes', votes, expected.tally, 1e-6);
          else expectEqual('votes', votes, expected.tally);
          expectClose(metric, [got.value ?? Number.NaN], [expected.value], isWeighted ? 1e-6 : 1e-12);
        },
      };
    });
  },
};

function scorePlain({ rows, latents, factors }: Ground, isWeighted: boolean) {
  const x = latents.data as Float32Array;
  const columns = latents.columns;
  const global = columnVariances(x, rows, columns);
  const { codes, sizes } = encodeColumns(factors.data as Int32Array, rows, factors.columns);
  const groups = sizes.map((size, k) => groupRows(codes.subarray(k * rows, (k + 1) * rows), size));
  const drawn = drawBatches(groups, TRAIN + EVALUATION, BATCH, 0);
  const local = batchVariances(x, drawn.rows, TRAIN + EVALUATION, BATCH, columns);
  const tally = new Float64Array(columns * sizes.length);
  const chosen = new Int32Array(TRAIN + EVALUATION);
  const weights = new Float64Array(TRAIN + EVALUATION);
  for (let i = 0; i < TRAIN + EVALUATION; i++) {
    let smallest = Number.POSITIVE_INFINITY;
    let sum = 0;
    for (let d = 0; d < columns; d++) {
      if (Math.sqrt(global[d]) < LEAST_DEVIATION) continue;
      const ratio = local[i * columns + d] / global[d];
      sum += Math.sqrt(ratio);
      if (ratio < smallest) {
        smallest = ratio;
        chosen[i] = d;
      }
    }
    weights[i] = isWeighted ? (sum - Math.sqrt(smallest)) / sum : 1;
    if (i < TRAIN) tally[chosen[i] * sizes.length + drawn.fixed[i]] += weights[i];
  }
  const assigned = Array.from({ length: columns }, (_, d) => {
    const votes = tally.subarray(d * sizes.length, (d + 1) * sizes.length);
    return votes.indexOf(Math.max(...votes));
  });
  let right = 0;
  for (let i = TRAIN; i < TRAIN + EVALUATION; i++) if (assigned[chosen[i]] === drawn.fixed[i]) right += weights[i];
  return { value: right / EVALUATION, tally };
}
