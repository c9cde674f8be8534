/** Whatever is read off the mutual information of latents and factors, or of latents. */
import { assign } from '../../src/stats/assignment.js';
import type { Bench, Ground } from '../contest.js';
import { disentanglement, shareColumns } from '../plain/importance.js';
import {
  binColumns,
  binEntropies,
  encodeColumns,
  meanGap,
  meanPairInformation,
  mutualInformation,
  topTwo,
} from '../plain/information.js';
import { type PlainScore, scoreBench, scoreContest, splitOf } from './score.js';

const BINS = 20;
const SHARE_BINS = 15;
const RMIG_BINS = 100;
const RMIG_LIMIT = 4;

export const benches: readonly Bench[] = [
  scoreBench('mig', ({ rows, latents, factors }) => {
    const { matrix, entropies } = informationOf(latents.data as Float32Array, factors.data as Int32Array, rows, BINS);
    return { value: meanGap(matrix, entropies), parts: { mutualInformation: matrix } };
  }),
  scoreBench('rmig', ({ rows, latents, factors }) => {
    const data = latents.data as Float32Array;
    const { matrix, entropies } = informationOf(data, factors.data as Int32Array, rows, RMIG_BINS, RMIG_LIMIT);
    return { value: meanGap(matrix, entropies), parts: { mutualInformation: matrix } };
  }),
  scoreBench('mig-sup', scoreMigSup),
  scoreBench('jemmig', scoreJemmig),
  scoreBench('dcimig', scoreDcimig),
  scoreBench('dmig', (ground) => scoreDependencyGap(ground, findRivalLatent)),
  scoreBench('xmig', (ground) => scoreDependencyGap(ground, findSpareLatent)),
  scoreBench('dlig', (ground) => scoreDependencyGap(ground, findOtherFactor)),
  scoreBench('minimality', (ground) => scoreShares(ground, 'minimality')),
  scoreBench('sufficiency', (ground) => scoreShares(ground, 'sufficiency')),
  scoreBench('modularity', scoreModularity),
  {
    name: 'med',
    prepare(ground) {
      const { middle, options } = splitOf(ground.rows);
      return [scoreContest(ground, 'med', () => scoreMed(ground, middle), { options })];
    },
  },
  scoreBench('mutual-information-score', ({ rows, latents }) => {
    const bins = binColumns(latents.data as Float32Array, rows, latents.columns, BINS);
    return { value: meanPairInformation(bins, rows, latents.columns, BINS) };
  }),
];

/** Mutual information of the first rows, [D][K], and the entropies of latents and factors. */
function informationOf(x: Float32Array, v: Int32Array, rows: number, binCount: number, limit?: number) {
  const latentCount = x.length / rows;
  const factorCount = v.length / rows;
  const bins = binColumns(x, rows, latentCount, binCount, limit);
  const { codes, sizes } = encodeColumns(v, rows, factorCount);
  return { ...mutualInformation(bins, codes, rows, latentCount, sizes, binCount), bins, latentCount, factorCount };
}

function informationOfTable({ rows, latents, factors }: Ground) {
  return informationOf(latents.data as Float32Array, factors.data as Int32Array, rows, BINS);
}

function scoreMigSup(ground: Ground): PlainScore {
  const { matrix, entropies, bins, latentCount, factorCount } = informationOfTable(ground);
  const shares = matrix.map((information, i) => information / entropies[i % factorCount]);
  let sum = 0;
  for (let d = 0; d < latentCount; d++) {
    const { first, second } = topTwo(shares, d * factorCount, 1, factorCount);
    sum += first - second;
  }
  const entropy = binEntropies(bins, ground.rows, latentCount, BINS);
  return { value: sum / latentCount, parts: { entropy } };
}

function scoreJemmig(ground: Ground): PlainScore {
  const { matrix, entropies, bins, latentCount, factorCount } = informationOfTable(ground);
  const ofLatents = binEntropies(bins, ground.rows, latentCount, BINS);
  const score = new Float64Array(factorCount);
  for (let k = 0; k < factorCount; k++) {
    const { first, second, index } = topTwo(matrix, k, factorCount, latentCount);
    const joint = entropies[k] + ofLatents[index] - first;
    score[k] = 1 - (joint - first + second) / (entropies[k] + Math.log(BINS));
  }
  return { value: score.reduce((sum, one) => sum + one, 0) / factorCount, parts: { score } };
}

function scoreDcimig(ground: Ground): PlainScore {
  const { matrix, entropies, latentCount, factorCount } = informationOfTable(ground);
  const gap = new Float64Array(factorCount);
  for (let d = 0; d < latentCount; d++) {
    const { first, second, index } = topTwo(matrix, d * factorCount, 1, factorCount);
    gap[index] = Math.max(gap[index], first - second);
  }
  const sumOf = (numbers: Float64Array) => numbers.reduce((sum, one) => sum + one, 0);
  return { value: sumOf(gap) / sumOf(entropies), parts: { gap } };
}

/** The latent of each factor, and what the rival of one is chosen by. */
interface Pairing {
  readonly matrix: Float64Array;
  readonly latentOf: readonly number[];
  readonly latentCount: number;
  readonly factorCount: number;
}

/** What the rival knows, and the factor whose values are given; -1 for none. */
type FindRival = (pairing: Pairing, k: number) => { information: number; given: number };

function largestOf(count: number, isAsked: (index: number) => boolean, valueAt: (index: number) => number): number {
  let best = -1;
  for (let i = 0; i < count; i++) if (isAsked(i) && (best < 0 || valueAt(i) > valueAt(best) + 1e-12)) best = i;
  return best;
}

function findRivalLatent({ matrix, latentOf, latentCount, factorCount }: Pairing, k: number) {
  const of = (d: number) => matrix[d * factorCount + k];
  const rival = largestOf(latentCount, (d) => d !== latentOf[k], of);
  return { information: of(rival), given: latentOf.indexOf(rival) };
}

function findSpareLatent({ matrix, latentOf, latentCount, factorCount }: Pairing, k: number) {
  const of = (d: number) => matrix[d * factorCount + k];
  return { information: of(largestOf(latentCount, (d) => !latentOf.includes(d), of)), given: -1 };
}

function findOtherFactor({ matrix, latentOf, factorCount }: Pairing, k: number) {
  const of = (other: number) => matrix[latentOf[k] * factorCount + other];
  const given = largestOf(factorCount, (other) => other !== k, of);
  return { information: of(given), given };
}

/** Pairs as the library does: of so few factors that takes no time. */
function scoreDependencyGap(ground: Ground, findRival: FindRival): PlainScore {
  const { rows, factors } = ground;
  const { matrix, entropies, latentCount, factorCount } = informationOfTable(ground);
  const shares = matrix.map((information, i) => information / entropies[i % factorCount]);
  const latentOf = [...assign(shares, latentCount, factorCount)];
  const pairing = { matrix, latentOf, latentCount, factorCount };
  const { codes, sizes } = encodeColumns(factors.data as Int32Array, rows, factorCount);
  const gap = latentOf.map((d, k) => {
    const { information, given } = findRival(pairing, k);
    let entropy = entropies[k];
    if (given >= 0) {
      const values = Uint16Array.from(codes.subarray(given * rows, (given + 1) * rows));
      const own = codes.subarray(k * rows, (k + 1) * rows);
      entropy -= mutualInformation(values, own, rows, 1, [sizes[k]], sizes[given]).matrix[0];
    }
    return (matrix[d * factorCount + k] - information) / entropy;
  });
  return { value: gap.reduce((sum, one) => sum + one, 0) / factorCount, parts: { gap } };
}

function scoreShares({ rows, latents, factors }: Ground, name: 'minimality' | 'sufficiency'): PlainScore {
  const [x, v] = [latents.data as Float32Array, factors.data as Int32Array];
  const { matrix, entropies, bins, latentCount, factorCount } = informationOf(x, v, rows, SHARE_BINS);
  const ofLatents = name === 'minimality';
  const whole = ofLatents ? binEntropies(bins, rows, latentCount, SHARE_BINS) : entropies;
  const shares = whole.map((entropy, i) => {
    const { first } = ofLatents
      ? topTwo(matrix, i * factorCount, 1, factorCount)
      : topTwo(matrix, i, factorCount, latentCount);
    return Math.min(1, first / entropy);
  });
  return { value: shares.reduce((sum, one) => sum + one, 0) / shares.length, parts: { [name]: shares } };
}

function scoreModularity(ground: Ground): PlainScore {
  const { matrix, latentCount, factorCount } = informationOfTable(ground);
  const modularity = new Float64Array(latentCount);
  for (let d = 0; d < latentCount; d++) {
    let largest = 0;
    let sum = 0;
    for (let k = 0; k < factorCount; k++) {
      const square = matrix[d * factorCount + k] ** 2;
      if (square > largest) largest = square;
      sum += square;
    }
    modularity[d] = 1 - (sum - largest) / (largest * (factorCount - 1));
  }
  return { value: modularity.reduce((sum, one) => sum + one, 0) / latentCount, parts: { modularity } };
}

/** Mutual information of the first `train` rows as importance. */
function scoreMed({ latents, factors }: Ground, train: number): PlainScore {
  const x = (latents.data as Float32Array).subarray(0, train * latents.columns);
  const v = (factors.data as Int32Array).subarray(0, train * factors.columns);
  const importance = shareColumns(informationOf(x, v, train, BINS).matrix, factors.columns);
  return { value: disentanglement(importance, factors.columns), parts: { importance } };
}
