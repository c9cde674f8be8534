import { type Bench, expectClose, type Ground } from '../contest.js';
import { pairDifferences } from '../plain/batches.js';
import { drawPairs, groupRows } from '../plain/drawing.js';
import { encodeColumns } from '../plain/information.js';
import { fitSoftmax } from '../plain/logistic.js';
import { scorer } from './score.js';

const BATCH = 64;
const TRAIN = 10_000;
const EVALUATION = 5_000;

/** beta-VAE score, whole. */
export const bench: Bench = {
  name: 'beta-vae-score',
  prepare(ground) {
    const { run, parts } = scorer(ground.latents, ground.factors, 'beta-vae-score');
    return [
      {
        name: 'beta-vae-score',
        amount: ground.rows,
        unit: 'row',
        parts,
        ours: async () => (await run()).value ?? 0,
        plain: () => scorePlain(ground).value,
        async check() {
          const [got, expected] = [await run(), scorePlain(ground)];
          expectClose('beta-vae-score', [got.value ?? Number.NaN], [expected.value], 1e-9);
          expectClose('coefficients', (got.parts.coefficients as number[][]).flat(), expected.coefficients, 1e-4);
        },
      },
    ];
  },
};

function scorePlain({ rows, latents, factors }: Ground) {
  const columns = latents.columns;
  const { codes, sizes } = encodeColumns(factors.data as Int32Array, rows, factors.columns);
  const groups = sizes.map((size, k) => groupRows(codes.subarray(k * rows, (k + 1) * rows), size));
  const drawn = drawPairs(groups, TRAIN + EVALUATION, BATCH, 0);
  const features = pairDifferences(latents.data as Float32Array, drawn.rows, TRAIN + EVALUATION, BATCH, columns);
  const stride = columns + 1;
  const x = new Float64Array((TRAIN + EVALUATION) * stride).fill(1);
  for (let i = 0; i < TRAIN + EVALUATION; i++) {
    for (let d = 0; d < columns; d++) x[i * stride + d] = features[i * columns + d];
  }
  const classes = sizes.length;
  const weights = fitSoftmax({ x, labels: drawn.fixed, rows: TRAIN, stride, classes });
  let right = 0;
  for (let i = TRAIN; i < TRAIN + EVALUATION; i++) {
    let best = 0;
    let bestScore = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < classes; c++) {
      let sum = 0;
      for (let j = 0; j < stride; j++) sum += weights[c * stride + j] * x[i * stride + j];
      if (sum > bestScore) {
        bestScore = sum;
        best = c;
      }
    }
    if (best === drawn.fixed[i]) right++;
  }
  return { value: right / EVALUATION, coefficients: weights.filter((_, i) => i % stride !== columns) };
}
