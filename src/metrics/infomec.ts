import { type Note, note } from '../note.js';
import { integer, number } from '../options/rule.js';
import { type NeighbourInformation, neighbourInformation } from '../stats/neighbour-information.js';
import type { Table } from '../stats/table.js';
import { defineMetric } from './define-metric.js';
import { type ExplainedFactor, explainFactor } from './linear-explicitness.js';
import { toRows } from './matrix-rows.js';
import { meanOfDefined } from './mean-of-defined.js';
import { describeConstants, describeSingleFactor, NO_FACTOR_VARIES, NO_LATENT_VARIES } from './notes.js';

/** What InfoMEC was made of; the matrix is [latent][factor]. */
export interface InfomecParts {
  /** The score: does each active latent know one factor only? Null where a single factor varies. */
  readonly infoM: number | null;
  /** Is each factor known by one active latent only? Null where there is a single one. */
  readonly infoC: number | null;
  /**
   * How much of the factors a linear model reads off all latents: mean of `explicitnessOfFactor`.
   */
  readonly infoE: number | null;
  /**
   * I(z_d; v_k) by nearest neighbours, divided by the entropy of the factor, D rows of K; 0 for
   * constant ones.
   */
  readonly mutualInformation: number[][];
  /** The latents whose range is above the share `pruning` of the largest. */
  readonly activeLatents: number[];
  /**
   * What each active latent adds to InfoM, D; null for an inactive one, and one without
   * information.
   */
  readonly perLatent: Array<number | null>;
  /** What each factor adds to InfoC, K; null for one that is left out. */
  readonly perFactor: Array<number | null>;
  /**
   * 1 - cross entropy / ln values of a discrete factor, R^2 of a continuous one, K; null for one
   * that is left out.
   */
  readonly explicitnessOfFactor: Array<number | null>;
}

const OPTIONS = {
  neighbours: integer({ default: 10, minimum: 1, maximum: 1000, description: 'nearest neighbours of a row' }),
  pruning: number({
    default: 0.05,
    minimum: 0,
    maximum: 0.99,
    description: 'share of the largest range below which a latent is inactive',
  }),
};

/**
 * InfoMEC: modularity (the value), compactness and explicitness by information.
 *
 * With I the mutual information of latents and factors by nearest neighbours over the factor's
 * entropy, InfoM is the mean over active latents of max_k I_dk / sum_k I_dk, InfoC that over
 * factors of max_d I_dk / sum_d I_dk, each scaled so that 1/n is 0; InfoE the share of the entropy
 * that a linear model of all latents takes. 0 to 1, higher is better.
 *
 * Agrees with the authors' code to what its noise (1e-10 on every latent) and its classifier's 100
 * steps leave open.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see K. Hsu, W. Dorrell, J. C. R. Whittington, J. Wu, C. Finn 2023, Disentanglement via Latent
 * Quantization
 */
export const infomec = defineMetric<'infomec', typeof OPTIONS, InfomecParts, 'infom'>({
  name: 'infomec',
  aliases: ['infom'],
  title: 'InfoMEC',
  summary: 'each latent has information on one factor only',
  needs: ['latents', 'factors'],
  range: [0, 1],
  better: 'higher',
  options: OPTIONS,
  presets: { paper: {} },
  source: 'Hsu et al. 2023',
  isPlugIn: false,
  cost: ({ rows, latents, factors }) => ({
    seconds: 8e-9 * rows * (latents + 16) * latents * factors,
    bytes: 20 * rows * latents,
  }),

  pieces: {
    count: (table: Table) => table.varyingFactors.length,
    compute: (table: Table, _, { pause }, index): Promise<ExplainedFactor> =>
      explainFactor(table, table.varyingFactors[index], pause),
  },

  async compute(table: Table, { neighbours, pruning }, { pause, pieces }) {
    const { latentCount, factorCount, varyingFactors } = table;
    const found = await neighbourInformation(table, neighbours, pause);
    const factors = varyingFactors.filter((k) => found.factorEntropies[k] !== null);
    const activeLatents = findActive(table, pruning);
    const matrix = Float64Array.from(
      found.matrix,
      (information, i) => information / (found.factorEntropies[i % factorCount] ?? 1),
    );
    const at = (d: number, k: number) => matrix[d * factorCount + k];

    const perLatent = new Array<number | null>(latentCount).fill(null);
    for (const d of activeLatents) perLatent[d] = concentration(factors.map((k) => at(d, k)));
    const perFactor = new Array<number | null>(factorCount).fill(null);
    for (const k of factors) perFactor[k] = concentration(activeLatents.map((d) => at(d, k)));
    const explained = new Array<number | null>(factorCount).fill(null);
    const notes: Note[] = [];
    for (const [i, factor] of (await pieces<ExplainedFactor>()).entries()) {
      const k = varyingFactors[i];
      if (!factors.includes(k)) continue;
      explained[k] = factor.explained;
      notes.push(...factor.notes);
    }
    const infoM = meanOfDefined(perLatent);
    return {
      value: infoM,
      parts: {
        infoM,
        infoC: meanOfDefined(perFactor),
        infoE: meanOfDefined(explained),
        mutualInformation: toRows(matrix, latentCount, factorCount),
        activeLatents,
        perLatent,
        perFactor,
        explicitnessOfFactor: explained,
      },
      notes: [
        ...describeUndefined(table, factors, activeLatents, infoM),
        ...describeConstants(table, 'no information'),
        ...describeInactive(table, activeLatents),
        ...describeSilent(factors, activeLatents, perLatent, perFactor),
        ...describeLoneFactor(factors, activeLatents, at),
        ...describeValues(varyingFactors, found, neighbours),
        ...notes,
      ],
    };
  },
});

/** The latents whose range is above a share of the largest. */
function findActive({ latentMinima, latentMaxima, varyingLatents }: Table, pruning: number): number[] {
  const ranges = latentMaxima.map((maximum, d) => maximum - latentMinima[d]);
  const largest = ranges.reduce((a, b) => Math.max(a, b), 0);
  return varyingLatents.filter((d) => ranges[d] > pruning * largest);
}

/**
 * How much of a sum its largest part is, from 0 for equal parts to 1 for a single one; null without
 * parts to compare.
 */
function concentration(parts: readonly number[]): number | null {
  const sum = parts.reduce((a, b) => a + b, 0);
  if (parts.length < 2 || sum === 0) return null;
  const largest = parts.reduce((a, b) => Math.max(a, b));
  return Math.min(1, Math.max(0, (largest / sum - 1 / parts.length) / (1 - 1 / parts.length)));
}

function describeUndefined(
  table: Table,
  factors: readonly number[],
  active: readonly number[],
  infoM: number | null,
): Note[] {
  if (table.varyingFactors.length === 0) return [NO_FACTOR_VARIES];
  if (factors.length === 0) {
    return [note('no-fixable-factor', 'undefined: no factor has two values that several rows have')];
  }
  if (active.length === 0) return [NO_LATENT_VARIES];
  return [
    ...(factors.length === 1 ? [describeSingleFactor('InfoM')] : []),
    ...(factors.length > 1 && infoM === null
      ? [note('no-information', 'undefined: no active latent has information on any factor')]
      : []),
    ...(active.length === 1
      ? [note('one-latent', 'one active latent: InfoC, which compares latents, is undefined')]
      : []),
  ];
}

function describeInactive({ varyingLatents }: Table, active: readonly number[]): Note[] {
  const quiet = varyingLatents.filter((d) => !active.includes(d));
  if (quiet.length === 0) return [];
  return [
    note('quiet-latents', `${nameAll('latent', quiet)}: a range far below the largest, inactive`, {
      option: 'pruning',
    }),
  ];
}

/** Names what was left out of the means for want of information. */
function describeSilent(
  factors: readonly number[],
  active: readonly number[],
  perLatent: ReadonlyArray<number | null>,
  perFactor: ReadonlyArray<number | null>,
): Note[] {
  const latents = active.filter((d) => perLatent[d] === null);
  const unknown = factors.filter((k) => perFactor[k] === null);
  return [
    ...(factors.length > 1 && latents.length > 0
      ? [note('no-information', `${nameAll('latent', latents)}: no information on any factor, left out of InfoM`)]
      : []),
    ...(active.length > 1 && unknown.length > 0
      ? [note('no-information', `${nameAll('factor', unknown)}: no active latent has information, left out of InfoC`)]
      : []),
  ];
}

/** Says that InfoM has nothing to weigh against the only factor that latents know. */
function describeLoneFactor(
  factors: readonly number[],
  active: readonly number[],
  at: (d: number, k: number) => number,
): Note[] {
  const known = factors.filter((k) => active.some((d) => at(d, k) > 0));
  if (factors.length < 2 || known.length !== 1) return [];
  return [note('one-factor', `factor ${known[0]} alone is known by latents: InfoM is 1, whatever these are`)];
}

function describeValues(
  factors: readonly number[],
  { factorEntropies, rarerRows, lonelyValues }: NeighbourInformation,
  neighbours: number,
): Note[] {
  return factors.flatMap((k) => {
    if (factorEntropies[k] === null) {
      return [note('lonely-values', `factor ${k}: no two values that several rows have, left out`)];
    }
    const notes: Note[] = [];
    const [rows, count] = [rarerRows[k], lonelyValues[k]];
    if (rows > 0 && rows <= neighbours) {
      const text = `factor ${k}: only ${rows} rows have another value than the commonest, what is known of it may be chance`;
      notes.push(note('rare-values', text, { option: 'neighbours' }));
    }
    if (count > 0) {
      const values = count === 1 ? 'value' : 'values';
      notes.push(note('lonely-values', `factor ${k}: ${count} ${values} of a single row, without neighbours`));
    }
    return notes;
  });
}

function nameAll(kind: string, indices: readonly number[]): string {
  return `${kind}${indices.length === 1 ? '' : 's'} ${indices.join(', ')}`;
}
