/**
 * How often the interval of `--interval` holds the score of infinitely many rows: a simulation.
 *
 *   npm run bench:coverage -- [--trials 400] [--resamples 200]
 *
 * Tables are drawn from a population whose score is known from 2,000,000 rows of it: two
 * informative latents with uniform noise, one that mixes both factors, one that is noise; bounded,
 * so that equal-width bins have a limit.
 */
import { parseArgs } from 'node:util';
import { betaVaeScore, factorVaeScore, Matrix, mig } from '../src/index.js';
import { RandomStream } from '../src/random.js';

const { values } = parseArgs({
  options: { trials: { type: 'string', default: '400' }, resamples: { type: 'string', default: '200' } },
});
const trials = Number(values.trials);
const resamples = Number(values.resamples);

const POPULATIONS = {
  disentangled: { noise: 0.6, mix: 0.2 },
  entangled: { noise: 1.5, mix: 1 },
} as const;

function draw(rows: number, { noise, mix }: { noise: number; mix: number }, index: number) {
  const words = new RandomStream(99, 1000, index);
  const uniform = () => words.word() / 2 ** 32;
  const latents = new Float32Array(rows * 4);
  const factors = new Int32Array(rows * 2);
  for (let row = 0; row < rows; row++) {
    const a = words.below(5);
    const b = words.below(8);
    factors.set([a, b], row * 2);
    const z = [a / 4 + noise * uniform(), b / 7 + noise * uniform(), mix * (a / 4 + b / 7) + uniform(), uniform()];
    latents.set(z, row * 4);
  }
  return [new Matrix(latents, rows, 4), new Matrix(factors, rows, 2)] as const;
}

const METRICS = {
  mig: { run: mig, sizes: [500, 2000, 10_000], trials },
  'factor-vae-score': { run: factorVaeScore, sizes: [500, 2000], trials: Math.ceil(trials / 4) },
  'beta-vae-score': { run: betaVaeScore, sizes: [500], trials: Math.ceil(trials / 16) },
} as const;

console.log('metric, population, rows: coverage of the 95 % interval, mean width, mean bias found, true bias');
for (const [name, { run, sizes, trials: count }] of Object.entries(METRICS)) {
  for (const [population, shape] of Object.entries(POPULATIONS)) {
    const truth = (await run(...draw(2_000_000, shape, 0))).value as number;
    for (const rows of sizes) {
      let held = 0;
      let width = 0;
      let bias = 0;
      let error = 0;
      for (let trial = 1; trial <= count; trial++) {
        const score = await run(...draw(rows, shape, trial), { interval: resamples, seed: trial });
        const { low, high, bias: found } = score.interval as NonNullable<typeof score.interval>;
        if (low <= truth && truth <= high) held++;
        width += (high - low) / count;
        bias += found / count;
        error += ((score.value as number) - truth) / count;
      }
      const share = ((100 * held) / count).toFixed(1);
      const margin = (196 * Math.sqrt(((held / count) * (1 - held / count)) / count)).toFixed(1);
      console.log(
        `${name}, ${population}, ${rows}: ${share} % (+- ${margin}, ${count} trials), width ${width.toFixed(4)}, bias ${bias.toFixed(4)}, true ${error.toFixed(4)}, score ${truth.toFixed(4)}`,
      );
    }
  }
}
