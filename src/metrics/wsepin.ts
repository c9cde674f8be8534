import {
  countSamples,
  countShares,
  type JointLogDensities,
  type LatentLogDensities,
  meanLatentLogDensities,
  sumJointLogDensities,
} from '../decomposition/separability.js';
import { describeUnlikely } from '../decomposition/unlikely-samples.js';
import { note } from '../note.js';
import { choice, integer } from '../options/rule.js';
import type { Table } from '../stats/table.js';
import { definePosteriorMetric } from './define-metric.js';
import { describeConstantPosteriors } from './notes.js';

/** What WSEPIN was made of, all in nats; x is the row. */
export interface WsepinParts {
  /** I(x; z_d) = H(z_d) - H(z_d | x), at least 0, D: the weights of the score. */
  readonly informativeness: number[];
  /** SEPIN_d = I(x; z) - I(x; z without z_d), D; below 0 by chance alone. */
  readonly sepin: number[];
  /** I(x; z), at least 0. */
  readonly mutualInformation: number;
  /** I(x; z without z_d), at least 0, D. */
  readonly mutualInformationWithout: number[];
  /** SEP_d = I(z_d; z without z_d), at least 0, D: what a latent shares with the others. */
  readonly sharedInformation: number[];
  /** INDIN_d = I(x; z_d) - SEP_d, D. */
  readonly indin: number[];
  /** The latents in the order of `sepinAt`, D. */
  readonly ranking: number[];
  /** SEPIN@k, the mean of `sepin` over the first k latents of `ranking`, for k = 1 .. D. */
  readonly sepinAt: number[];
}

const OPTIONS = {
  order: choice(['informativeness', 'sepin'], {
    default: 'informativeness',
    description: 'which latents are the first k of SEPIN@k: those of most informativeness, or of most SEPIN',
  }),
  samples: integer({
    default: 10_000,
    minimum: 1,
    maximum: 100_000_000,
    description: 'samples, at most; the mixture is of all rows',
  }),
};

/** Differences up to here are ties. */
const TIE = 1e-12;
/**
 * Seconds for each row, sample and latent if nothing can be left out: D + 1 exponentials of each
 * pair.
 */
const SECONDS_PER_TERM = 2.2e-9;

/**
 * WSEPIN: how much of what each latent knows of the data is in no other latent?
 *
 * SEPIN_d = I(x; z) - I(x; z without z_d), x being the row, is what is lost with latent d. The
 * score is its mean over latents, weighted by what each knows, I(x; z_d); in nats, higher is
 * better.
 * Informations are differences of entropies, those of z taken of the mixture of all posteriors, at
 * samples. Factors are not looked at. No latent has information: undefined.
 *
 * Agrees with the authors' DisentanglementMetrics to 1e-6, what its float32 sums leave, for few
 * latents; with many, its floor of 1e-8 for densities takes most of the score away.
 *
 * @param posterior mu and logvar (N, D), the natural logarithm of variances; z (N, D), a sample of
 * each, is drawn from the seed if there is none
 * @param factors (N, K)
 * @throws TypeError, RangeError or DataError for shapes that differ, and numbers that are no
 * posterior
 * @see K. Do, T. Tran 2020, Theory and Evaluation Metrics for Learning Disentangled Representations
 * @example
 * const { value, parts } = await wsepin({ mu, logvar }, factors, { seed: 1 });
 */
export const wsepin = definePosteriorMetric<'wsepin', typeof OPTIONS, WsepinParts, 'separability'>({
  name: 'wsepin',
  aliases: ['separability'],
  title: 'WSEPIN',
  summary: 'what each latent knows of the data and no other does',
  needs: ['posterior'],
  range: [0, null],
  better: 'higher',
  options: OPTIONS,
  presets: { paper: {} },
  source: 'Do & Tran 2020',
  isPlugIn: true,
  cost: ({ rows, latents }, { samples }) => ({
    seconds: SECONDS_PER_TERM * rows * countSamples(rows, samples) * latents,
    bytes: 8 * rows * (2 + 3.25 * latents),
  }),

  pieces: {
    count: ({ latentCount, rows }, { samples }) => latentCount + countShares(rows, samples),
    compute: (table: Table, { samples }, { seed, pause }, index) => {
      const { latentCount } = table;
      return index < latentCount
        ? meanLatentLogDensities(table, index, { samples, seed }, pause)
        : sumJointLogDensities(table, index - latentCount, { samples, seed }, pause);
    },
  },

  async compute({ core, rows, latentCount }: Table, { order, samples }, { pieces }) {
    const all = await pieces<LatentLogDensities | JointLogDensities | null>();
    const latents = all.slice(0, latentCount) as ReadonlyArray<LatentLogDensities | null>;
    const shares = all.slice(latentCount) as ReadonlyArray<JointLogDensities | null>;
    const count = countSamples(rows, samples);
    const separated = separate(latents, shares, count);
    const { informativeness, sepin } = separated;
    const weight = sumOf(informativeness);
    const weighted = sumOf(sepin.map((one, d) => one * informativeness[d]));
    const ranking = rank(order === 'sepin' ? sepin : informativeness);
    const constant = latents.flatMap((latent, d) => (latent === null ? [d] : []));
    const meanSquares = latents.map((latent) => latent?.meanSquare ?? 1);
    return {
      // What is below 0 is chance.
      value: weight > 0 ? Math.max(0, weighted / weight) : null,
      parts: { ...separated, ranking, sepinAt: meansOfFirst(ranking.map((d) => sepin[d])) },
      notes: [
        ...(weight > 0 ? [] : [note('no-information', 'undefined: no latent has information on the rows')]),
        ...describeUnlikely(core, meanSquares, count),
        ...describeConstantPosteriors(constant),
        ...(rows > count
          ? [
              note('sampled-entropies', `entropies are at ${count} samples of the mixture, which is of all rows`, {
                option: 'samples',
              }),
            ]
          : []),
      ],
    };
  },
});

/**
 * Informations from mean logarithms of densities. A latent with one posterior for all rows (null)
 * has none, shares none, and takes none away.
 */
function separate(
  latents: ReadonlyArray<LatentLogDensities | null>,
  shares: ReadonlyArray<JointLogDensities | null>,
  samples: number,
): Omit<WsepinParts, 'ranking' | 'sepinAt'> {
  const live = latents.filter((latent) => latent !== null);
  const known = shares.filter((share) => share !== null);
  const posterior = sumOf(live.map((latent) => latent.posterior));
  // Of one live latent all is known; without it there is nothing, which has the density 1.
  const joint = live.length === 1 ? live[0].marginal : sumOf(known.map((share) => share.joint)) / samples;
  const mutualInformation = Math.max(0, posterior - joint);
  const out = {
    informativeness: [] as number[],
    sepin: [] as number[],
    mutualInformation,
    mutualInformationWithout: [] as number[],
    sharedInformation: [] as number[],
    indin: [] as number[],
  };
  let at = 0;
  for (const latent of latents) {
    let [informativeness, without, shared] = [0, mutualInformation, 0];
    if (latent !== null) {
      const place = at++;
      const rest = sumOf(known.map((share) => share.without[place])) / samples;
      informativeness = Math.max(0, latent.posterior - latent.marginal);
      without = Math.max(0, posterior - latent.posterior - rest);
      shared = Math.max(0, joint - latent.marginal - rest);
    }
    out.informativeness.push(informativeness);
    out.sepin.push(mutualInformation - without);
    out.mutualInformationWithout.push(without);
    out.sharedInformation.push(shared);
    out.indin.push(informativeness - shared);
  }
  return out;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** The latents from the largest value to the smallest; of ties the lowest index is first. */
function rank(values: readonly number[]): number[] {
  const left = new Set(values.keys());
  return values.map(() => {
    const most = [...left].reduce((largest, d) => Math.max(largest, values[d]), Number.NEGATIVE_INFINITY);
    const next = [...left].find((d) => values[d] >= most - TIE) as number;
    left.delete(next);
    return next;
  });
}

/** The mean of the first k values, for every k. */
function meansOfFirst(values: readonly number[]): number[] {
  let total = 0;
  return values.map((value, i) => {
    total += value;
    return total / (i + 1);
  });
}
