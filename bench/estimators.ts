/**
 * Bias and spread of the minibatch estimators on a posterior whose decomposition is known, as
 * Markdown tables.
 *
 *   node --import tsx bench/estimators.ts [--rows 20000] [--batches 64,256,1024] [--epochs 4] [--seed 1] [--widen 1]
 *
 * The truth is the sum over all pairs. It is taken from the kernel, as mss of one batch of all
 * rows, after a plain loop has agreed with it on 2,000 samples. Bias is the mean over batches of an
 * estimate less the truth of the same samples; an epoch is one shuffle. `--widen` multiplies the
 * standard deviations of the informative posteriors.
 */
import { parseArgs } from 'node:util';
import { type Core, withCore } from '../bindings/core.js';
import { ESTIMATOR_NAMES, type EstimatorName } from '../src/decomposition/estimators.js';
import {
  estimateByMinibatches,
  type MinibatchEstimate,
  type SampledPosterior,
} from '../src/decomposition/minibatch.js';
import { RandomStream } from '../src/random.js';
import { describeMachine } from './report.js';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '20000' },
    batches: { type: 'string', default: '64,256,1024' },
    epochs: { type: 'string', default: '4' },
    seed: { type: 'string', default: '1' },
    widen: { type: 'string', default: '1' },
  },
});
const rows = Number(values.rows);
const epochs = Number(values.epochs);
const seed = Number(values.seed);

const LATENTS = 10;
/**
 * Standard deviations of the posteriors of the latents that know something; the last of them mixes
 * two factors.
 */
const SIGMAS = [0.08, 0.12, 0.18, 0.25, 0.35, 0.5].map((sigma) => Math.min(0.9, sigma * Number(values.widen)));
const CHECKED = 2000;

interface Columns {
  readonly mu: Float64Array;
  readonly logvar: Float64Array;
  readonly z: Float64Array;
}

/**
 * Posteriors as a trained VAE has them: five latents with a uniform factor each and one with two of
 * these factors, narrow and of unit variance in all; four collapsed onto the prior.
 */
function drawPosterior(): Columns {
  const words = new RandomStream(seed, 1001, 0);
  const uniform = () => (words.word() + 0.5) / 2 ** 32;
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const size = rows * LATENTS;
  const [mu, logvar, z] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)];
  for (let row = 0; row < rows; row++) {
    const factors = Array.from({ length: 5 }, () => Math.sqrt(12) * (uniform() - 0.5));
    const means = [...factors, Math.SQRT1_2 * (factors[0] + factors[1])];
    for (let d = 0; d < LATENTS; d++) {
      const at = d * rows + row;
      const sigma = SIGMAS[d] ?? 1;
      mu[at] = d < means.length ? Math.sqrt(1 - sigma * sigma) * means[d] : 0.02 * normal();
      logvar[at] = 2 * Math.log(sigma) + (d < means.length ? 0.3 : 0.01) * normal();
      z[at] = mu[at] + Math.exp(logvar[at] / 2) * normal();
    }
  }
  return { mu, logvar, z };
}

/** [log q(z), sum_d log q(z_d)] of a sample, over all rows. */
function sumPlainly({ mu, logvar, z }: Columns, sample: number): [number, number] {
  const joint = new Float64Array(rows);
  const terms = new Float64Array(rows);
  const logMeanExp = (logs: Float64Array) => {
    let most = Number.NEGATIVE_INFINITY;
    for (let j = 0; j < rows; j++) most = Math.max(most, logs[j]);
    let sum = 0;
    for (let j = 0; j < rows; j++) sum += Math.exp(logs[j] - most);
    return most + Math.log(sum / rows);
  };
  let marginals = 0;
  for (let d = 0; d < LATENTS; d++) {
    for (let j = 0; j < rows; j++) {
      const at = d * rows + j;
      const deviation = z[d * rows + sample] - mu[at];
      terms[j] = -0.5 * (Math.log(2 * Math.PI) + logvar[at] + deviation * deviation * Math.exp(-logvar[at]));
      joint[j] += terms[j];
    }
    marginals += logMeanExp(terms);
  }
  return [logMeanExp(joint), marginals];
}

const TERMS = [
  ['mutualInformation', 'logPosterior', 'logJoint'],
  ['totalCorrelation', 'logJoint', 'logMarginals'],
  ['dimensionwiseKl', 'logMarginals', 'logPrior'],
] as const;

const noPause = () => {};
const meanOf = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
const deviationOf = (list: readonly number[]) => {
  const mean = meanOf(list);
  return Math.sqrt(list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (list.length - 1));
};
const signed = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;

async function findTruth(core: Core, posterior: SampledPosterior, columns: Columns): Promise<MinibatchEstimate> {
  const truth = await estimateByMinibatches(core, posterior, { estimator: 'mss', batch: rows, seed }, noPause);
  for (let sample = 0; sample < Math.min(CHECKED, rows); sample++) {
    const [joint, marginals] = sumPlainly(columns, sample);
    const off = Math.max(Math.abs(joint - truth.logJoint[sample]), Math.abs(marginals - truth.logMarginals[sample]));
    if (!(off < 1e-9)) throw new Error(`sample ${sample}: the kernel is ${off} off the plain sum`);
  }
  return truth;
}

/** Estimates of each batch less the truth of its samples, and the estimates. */
async function study(
  core: Core,
  posterior: SampledPosterior,
  truth: MinibatchEstimate,
  estimator: EstimatorName,
  batch: number,
) {
  const errors = TERMS.map((): number[] => []);
  const estimates = TERMS.map((): number[] => []);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const options = { estimator, batch, seed: seed + epoch };
    const { perBatch, sampleRows } = await estimateByMinibatches(core, posterior, options, noPause);
    TERMS.forEach(([term, above, below], t) => {
      perBatch[term].forEach((estimate, k) => {
        const samples = Array.from(sampleRows.subarray(k * batch, (k + 1) * batch));
        estimates[t].push(estimate);
        errors[t].push(estimate - meanOf(samples.map((row) => truth[above][row] - truth[below][row])));
      });
    });
  }
  return TERMS.map((_, t) => ({
    bias: meanOf(errors[t]),
    error: deviationOf(errors[t]) / Math.sqrt(errors[t].length),
    spread: deviationOf(estimates[t]),
    batches: errors[t].length,
  }));
}

console.log(`${describeMachine()}\n`);
await withCore(async (core) => {
  const columns = drawPosterior();
  const [mu, logvar, z] = [columns.mu, columns.logvar, columns.z].map((x) => core.arena.upload('f64', x));
  const posterior: SampledPosterior = { rows, latents: LATENTS, mu, logvar, z };
  const truth = await findTruth(core, posterior, columns);
  const { mutualInformation, totalCorrelation, dimensionwiseKl } = truth.means;
  const exact = [mutualInformation, totalCorrelation, dimensionwiseKl].map((value) => value.toFixed(4));
  console.log(
    `N = ${rows}, D = ${LATENTS}, seed ${seed}, widened ${values.widen} times; exact MI ${exact[0]}, TC ${exact[1]}, dimension-wise KL ${exact[2]}`,
  );
  for (const batch of values.batches.split(',').map(Number)) {
    const lines: string[] = [];
    let count = 0;
    for (const name of ESTIMATOR_NAMES) {
      const cells = await study(core, posterior, truth, name, batch);
      count = cells[0].batches;
      const shown = cells.map(
        ({ bias, error, spread }) => `${signed(bias)} ± ${error.toFixed(3)} | ${spread.toFixed(3)}`,
      );
      lines.push(`| \`${name}\` | ${shown.join(' | ')} |`);
    }
    console.log(
      `\nB = ${batch}, ${count} batches: bias ± its standard error, and standard deviation of the estimate over batches\n`,
    );
    console.log('| estimator | MI bias | MI sd | TC bias | TC sd | dimension-wise KL bias | sd |');
    console.log('| --- | --- | --- | --- | --- | --- | --- |');
    console.log(lines.join('\n'));
  }
});
