import { type Note, note } from '../note.js';
import { choice, integer, number } from '../options/rule.js';
import { type LossCurve, NORMALISERS, scoreCurve } from '../stats/loss-capacity.js';
import { splitRows } from '../stats/split.js';
import type { Table } from '../stats/table.js';
import { defineMetric } from './define-metric.js';
import { meanOfDefined } from './mean-of-defined.js';
import { describeConstants, describeNumbers, describeSplit, NO_FACTOR_VARIES, NONE_JUDGED } from './notes.js';
import { CODINGS, PROBES, probeFactor } from './probe-factor.js';

/** What DCI-ES adds to DCI. */
export interface DciEsParts {
  /**
   * The score: do probes of little capacity tell the factors as well as any? Null where no factor
   * can be judged.
   */
  readonly explicitness: number | null;
  /** K; null for a constant factor, and for one that cannot be judged. */
  readonly explicitnessOfFactor: Array<number | null>;
  /**
   * Factors that vary over latents that vary: 1 where they are as many. Null where no latent
   * varies.
   */
  readonly size: number | null;
  /**
   * The share of a constant's loss that the best probe takes off, mean of
   * `informativenessOfFactor`.
   */
  readonly informativeness: number | null;
  readonly informativenessOfFactor: Array<number | null>;
  /** For each factor the capacities of the probes, increasing; null for one that is left out. */
  readonly capacities: Array<readonly number[] | null>;
  /** For each factor the loss of each probe on the test rows as a share of a constant's. */
  readonly losses: Array<readonly number[] | null>;
}

const OPTIONS = {
  probe: choice(PROBES, { default: 'random-features', description: 'what tells the factors' }),
  normaliser: choice(NORMALISERS, {
    default: 'reached',
    description: 'the triangle that the area is a share of: down to the loss that was reached, or to 0 at the end',
  }),
  coding: choice(CODINGS, { default: 'numbers', description: 'what the values of discrete factors are' }),
  train: integer({ default: 10000, minimum: 2, maximum: 100_000, description: 'rows to learn from, at most' }),
  test: integer({ default: 5000, minimum: 1, maximum: 100_000, description: 'rows to test on, at most' }),
  width: integer({ default: 256, minimum: 1, maximum: 4096, description: 'random features, at most' }),
  penalty: number({
    default: 1e-4,
    minimum: 1e-9,
    maximum: 1e3,
    description: 'on the squares of the weights of features',
  }),
  stages: integer({ default: 100, minimum: 1, maximum: 10_000, description: 'boosted trees, at most' }),
  learningRate: number({ default: 0.1, minimum: 1e-6, maximum: 1, description: 'what a boosted tree counts' }),
  depth: integer({
    default: 3,
    minimum: 1,
    maximum: 8,
    description: 'splits from the root of a boosted tree to its leaves',
  }),
};

/** A factor of which probes take off less of a constant's loss is hardly told. */
const HARDLY = 0.05;

/**
 * DCI-ES: explicitness, how little a probe must be capable of to tell the factors as well as any,
 * and size.
 *
 * Probes of growing capacity are fitted to each factor: a linear model and random features beside
 * it, or boosted trees. With l(kappa) their loss on rows held back, l* the least, kappa* where it
 * is reached, kappa_0 the least capacity, l_b the loss of a constant, E = 1 - (area between l and
 * l* up to kappa*) / ((kappa* - kappa_0) (l_b - l*) / 2), kappa the logarithm of the capacity. -1
 * to 1, higher is better; the value is the mean over factors. The authors' code divides by a
 * triangle down to a loss of 0 at the largest capacity, and so does the preset `paper`.
 *
 * Areas and E of given curves agree with the authors' code to 1e-12.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see C. Eastwood, A. L. Nicolicioiu et al. 2023, DCI-ES: An Extended Disentanglement Framework
 * with Connections to Identifiability
 */
export const dciEs = defineMetric<'dci-es', typeof OPTIONS, DciEsParts, 'dci-es-explicitness'>({
  name: 'dci-es',
  aliases: ['dci-es-explicitness'],
  title: 'DCI-ES',
  summary: 'simple probes tell the factors as well as capable ones',
  needs: ['latents', 'factors'],
  range: [-1, 1],
  better: 'higher',
  options: OPTIONS,
  presets: { paper: { normaliser: 'whole' } },
  presetLimits: { paper: 'squared errors, and probes of our choice' },
  source: 'Eastwood et al. 2023',
  isSlow: true,
  isPlugIn: false,

  pieces: {
    count: (table: Table) => table.varyingFactors.length,
    async compute(table: Table, options, { seed, pause }, index): Promise<ProbedFactor> {
      const { train, test, coding } = options;
      const k = table.varyingFactors[index];
      const testShare = test / (train + test);
      const split = await splitRows(table, k, { testShare, seed, mostTrain: train, mostTest: test });
      const curve = await probeFactor(table, k, split, { ...options, seed }, pause);
      return { curve, notes: coding === 'classes' && table.factors[k].codes ? describeSplit(k, split) : [] };
    },
  },

  async compute(table: Table, { coding, normaliser }, { pieces }) {
    const { core, factorCount, varyingFactors, varyingLatents } = table;
    const none = () => new Array<null>(factorCount).fill(null);
    const explicitnessOfFactor: Array<number | null> = none();
    const informativenessOfFactor: Array<number | null> = none();
    const capacities: Array<readonly number[] | null> = none();
    const losses: Array<readonly number[] | null> = none();
    const notes: Note[] = [];
    (await pieces<ProbedFactor>()).forEach(({ curve, notes: own }, i) => {
      const k = varyingFactors[i];
      notes.push(...own);
      if (curve === null) {
        const text = `factor ${k}: the test rows hold nothing that a constant does not tell, left out`;
        notes.push(note('nothing-to-judge', text));
        return;
      }
      const { explicitness, best } = scoreCurve(core, curve, normaliser);
      const told = 1 - best / curve.baseline;
      if (told === 0) {
        const text = `factor ${k}: no probe tells it better than a constant, ${explicitness} by definition`;
        notes.push(note('hardly-told', text));
      } else if (told < HARDLY) {
        notes.push(note('hardly-told', `factor ${k}: hardly told by any probe, its explicitness says little`));
      }
      explicitnessOfFactor[k] = explicitness;
      informativenessOfFactor[k] = told;
      capacities[k] = curve.capacities;
      losses[k] = curve.losses.map((loss) => loss / curve.baseline);
    });
    const value = meanOfDefined(explicitnessOfFactor);
    const why = varyingFactors.length === 0 ? NO_FACTOR_VARIES : NONE_JUDGED;
    return {
      value,
      parts: {
        explicitness: value,
        explicitnessOfFactor,
        size: varyingLatents.length === 0 ? null : varyingFactors.length / varyingLatents.length,
        informativeness: meanOfDefined(informativenessOfFactor),
        informativenessOfFactor,
        capacities,
        losses,
      },
      notes: [
        ...(value === null ? [why] : []),
        ...describeConstants(table, 'not used'),
        ...(coding === 'numbers' ? describeNumbers(table) : []),
        ...notes,
      ],
    };
  },
});

/** What the probes of one factor made of it. */
interface ProbedFactor {
  readonly curve: LossCurve | null;
  readonly notes: readonly Note[];
}
