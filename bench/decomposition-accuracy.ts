/**
 * What the shortcuts of a decomposition leave out and what that changes, kind by kind of posterior,
 * as a Markdown table.
 *
 *   npx tsx bench/decomposition-accuracy.ts [--rows 3000] [--seed 0]
 *
 * Errors are the largest differences of log-densities, in nats, and of the three reported means,
 * from the sum over every pair in float64. An error above what the report says of both sums ends
 * the run.
 */
import { parseArgs } from 'node:util';
import { type Decomposition, decompose } from '../src/facade/decompose.js';
import { formatCount } from '../src/report/format-number.js';
import type { DecompositionAccuracy } from '../src/types.js';
import { drawFrom, KINDS, makePosterior, type PosteriorKind } from './posterior.js';
import { describeMachine } from './report.js';

const { values } = parseArgs({
  options: { rows: { type: 'string', default: '3000' }, seed: { type: 'string', default: '0' } },
});
const [rows, seed] = [values.rows, values.seed].map(Number);

const TERMS = ['mutualInformation', 'totalCorrelation', 'dimensionwiseKl'] as const;
/** 8 units in the last place of the logarithm itself, which no bound of a density counts. */
const ROUNDING = 8 * 2 ** -53;

const kinds = Object.keys(KINDS) as PosteriorKind[];

console.log(`${describeMachine()}; ${formatCount(rows)} posteriors, as many samples, seed ${seed}\n`);
for (const kind of kinds) console.log(`- \`${kind}\`: ${KINDS[kind]}`);
console.log(
  '\n| kind | pairs, joint | pairs, single latents | bound, joint | error | bound, single latents | error | error of means |',
);
console.log('|---|---:|---:|---:|---:|---:|---:|---:|');
for (const kind of kinds) {
  const posterior = makePosterior(rows, kind, seed);
  const input = { ...posterior, z: await drawFrom(posterior, kind, seed) };
  const short = await decompose(input, { samples: rows, perSample: true });
  const plain = await decompose(input, { samples: rows, perSample: true, shortcuts: false });
  const [told, ofPlain] = [accuracyOf(short), accuracyOf(plain)];
  const joint = compare(kind, densitiesOf(short).joint, densitiesOf(plain).joint, told.jointErrorBound, ofPlain);
  const marginals = compare(
    kind,
    densitiesOf(short).marginals,
    densitiesOf(plain).marginals,
    told.marginalErrorBound,
    ofPlain,
  );
  const means = Math.max(...TERMS.map((term) => Math.abs(short[term] - plain[term])));
  const shares = [told.jointShare, told.marginalShare].map((share) => `${Number((100 * share).toPrecision(2))} %`);
  const errors = [told.jointErrorBound, joint, told.marginalErrorBound, marginals, means];
  console.log(`| ${[kind, ...shares, ...errors.map((error) => error.toExponential(1))].join(' | ')} |`);
}

/** The largest difference. */
function compare(
  kind: string,
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  bound: number,
  { jointErrorBound }: DecompositionAccuracy,
): number {
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(got[i] - expected[i]);
    if (!(error <= bound + jointErrorBound + ROUNDING * Math.abs(expected[i]))) {
      throw new Error(`${kind}: expected log-density ${i} to be ${expected[i]} within ${bound}, got ${got[i]}`);
    }
    largest = Math.max(largest, error);
  }
  return largest;
}

function accuracyOf({ accuracy }: Decomposition): DecompositionAccuracy {
  if (accuracy === null) throw new Error('expected the accuracy of the exact decomposition');
  return accuracy;
}

function densitiesOf({ perSample }: Decomposition) {
  if (!perSample) throw new Error('expected the densities of samples');
  return { joint: perSample.aggregated, marginals: perSample.marginals.data };
}
