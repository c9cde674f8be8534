import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import { type Note, note } from '../note.js';
import { mention, phrase } from '../phrase.js';
import { assign } from '../stats/assignment.js';
import { encodeFactor } from '../stats/binning.js';
import type { CodedFactor } from '../stats/joint-counts.js';
import { informationOf } from '../stats/mutual-information.js';
import { openQuantileBins, type QuantileBins } from '../stats/quantile-bins.js';
import { type Split, splitAnyRows } from '../stats/split.js';
import type { Table } from '../stats/table.js';
import { defineMetric } from './define-metric.js';
import { toRows } from './matrix-rows.js';
import { meanOfDefined } from './mean-of-defined.js';
import { describeConstants, describeSplit, NO_FACTOR_VARIES, NONE_JUDGED, nameColumns } from './notes.js';
import { BINS_OF_FACTORS, TEST_SHARE } from './shared-options.js';

/** What SNC was made of; matrices are [latent][factor]. */
export interface SncParts {
  /**
   * I(bins of z_d; v_k) of the training rows in nats, D rows of K, with as many bins as the factor
   * has values; 0 for a factor that is left out.
   */
  readonly mutualInformation: number[][];
  /** The latent that each factor is paired with, K; null for a factor that is left out. */
  readonly latent: Array<number | null>;
  /** Share of the test rows that are told right, K; null for a factor that is left out. */
  readonly accuracy: Array<number | null>;
}

/** Rows per kernel call; see binning.ts. */
const ROWS_PER_CALL = 32768;
/** Below this many cells, four copies of the table fit the first-level cache. */
const COPIED_CELLS = 4096;
/**
 * Joint counts of so many bins and values fit the 16 bits that the kernel counts with; they are
 * paired in a time that grows with the cube of their number.
 */
const MOST_VALUES = 255;

const OPTIONS = { testShare: TEST_SHARE, bins: { ...BINS_OF_FACTORS, maximum: MOST_VALUES } };

/**
 * Single-neuron classification: does one latent alone tell each factor, by its values in order of
 * size?
 *
 * A factor of m values cuts each latent into m bins that have as many training rows each. Factors
 * and latents are paired one to one, so that the sum of the mutual information of bins and values
 * is the largest; then bins and values of each pair, so that most training rows are told right.
 * SNC is the mean over factors of the share of test rows told right; 0 to 1, higher is better.
 * Constant factors, and those that have no latent because there are fewer, are left out.
 *
 * Agrees with the authors' code to the last row on the same rows.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see L. Mahon, L. Sha, T. Lukasiewicz 2023, Correcting Flaws in Common Disentanglement Metrics
 */
export const snc = defineMetric<'snc', typeof OPTIONS, SncParts, 'single-neuron-classification'>({
  name: 'snc',
  aliases: ['single-neuron-classification'],
  title: 'SNC',
  summary: 'one latent, cut into bins of equal frequency, tells each factor',
  needs: ['latents', 'factors'],
  range: [0, 1],
  better: 'higher',
  options: OPTIONS,
  presets: { paper: {} },
  source: 'Mahon et al. 2023',
  isPlugIn: false,
  cost: ({ rows, latents, factors }) => ({ seconds: 1e-8 * rows * latents * (4 + factors), bytes: 64 * rows }),

  async compute(table: Table, options, { seed, pause }) {
    const { core, latentCount, factorCount, varyingFactors } = table;
    const split = await splitAnyRows(table, { ...options, seed });
    const matrix = new Float64Array(latentCount * factorCount);
    const latent = new Array<number | null>(factorCount).fill(null);
    const accuracy = new Array<number | null>(factorCount).fill(null);
    const [codes, notes, left]: [CodedFactor[], Note[], number[]] = [[], [], []];
    for (const k of varyingFactors) codes.push({ ...(await encodeFactor(table, k, options.bins)), k });
    await core.arena.scope(async () => {
      const every = codes.map((factor) => teach(table, factor, split));
      notes.push(...every.flatMap(describeValues));
      const factors = every.filter(({ values }) => values <= MOST_VALUES);
      const quantiles = openQuantileBins(
        table,
        split.train,
        factors.map(({ values }) => values),
      );
      for (let d = 0; d < latentCount; d++) {
        await pause('single neurons', d, latentCount);
        quantiles.take(d);
        for (const { k, values, taught } of factors) {
          matrix[d * factorCount + k] = core.arena.borrow(() => {
            const joint = countJoint(core, quantiles.bins(values), taught, values);
            return informationOf(core, joint, values, values, taught.length, false);
          });
        }
      }
      const gains = Float64Array.from({ length: latentCount * factors.length }, (_, i) => {
        return matrix[Math.floor(i / factors.length) * factorCount + factors[i % factors.length].k];
      });
      for (const [i, d] of assign(gains, latentCount, factors.length).entries()) {
        const { k } = factors[i];
        if (d < 0) {
          left.push(k);
          continue;
        }
        quantiles.take(d);
        latent[k] = d;
        accuracy[k] = judge(core, factors[i], quantiles, split.test);
      }
    });
    const value = meanOfDefined(accuracy);
    const undefinedWhy = varyingFactors.length === 0 ? NO_FACTOR_VARIES : NONE_JUDGED;
    return {
      value,
      parts: { mutualInformation: toRows(matrix, latentCount, factorCount), latent, accuracy },
      notes: [
        ...(value === null ? [undefinedWhy] : []),
        ...describeConstants(table, 'a single bin, paired if no other latent is left'),
        ...notes,
        ...(left.length === 0
          ? []
          : [note('unpaired-factors', `${nameColumns('factor', left)}: fewer latents than factors, left out`)]),
      ],
    };
  },
});

type Rows = Pick<Split, 'train' | 'test'>;

/** What the training rows teach of a factor, in the kernels' memory. */
interface Taught {
  readonly k: number;
  /** How many of its values training rows have. */
  readonly values: number;
  /** Which of them each training row has. */
  readonly taught: Block<'u16'>;
  /** Which of them each test row has; one that was not learned is behind the others. */
  readonly tested: Uint16Array;
  readonly untaught: number;
  readonly untested: number;
}

function teach({ core }: Table, { k, codes, size }: CodedFactor, { train, test }: Rows): Taught {
  const taught = core.arena.alloc('u16', train.length);
  const tested = new Uint16Array(test.length);
  const [inTrain, inTest] = [countValues(codes.array, size, train), countValues(codes.array, size, test)];
  const values = inTrain.reduce((sum, rows) => sum + Math.sign(rows), 0);
  let next = 0;
  const places = inTrain.map((rows) => (rows > 0 ? next++ : values));
  placeRows(taught.array, codes.array, places, train);
  placeRows(tested, codes.array, places, test);
  const countWhere = (isIt: (value: number) => boolean) =>
    places.reduce((sum, _, value) => sum + (isIt(value) ? 1 : 0), 0);
  return {
    k,
    values,
    taught,
    tested,
    untaught: countWhere((value) => inTest[value] > 0 && inTrain[value] === 0),
    untested: countWhere((value) => inTrain[value] > 0 && inTest[value] === 0),
  };
}

function countValues(codes: Int32Array, size: number, rows: Int32Array): Int32Array {
  const counts = new Int32Array(size);
  for (let i = 0; i < rows.length; i++) counts[codes[rows[i]]]++;
  return counts;
}

function placeRows(out: Uint16Array, codes: Int32Array, places: Int32Array, rows: Int32Array): void {
  for (let i = 0; i < rows.length; i++) out[i] = places[codes[rows[i]]];
}

function describeValues({ k, values, ...counts }: Taught): Note[] {
  if (values <= MOST_VALUES) return describeSplit(k, counts);
  return [
    note('too-many-values', `factor ${k} has more than ${MOST_VALUES} values, left out`, {
      option: 'factorTypes',
      suggestion: phrase`unless ${mention('factorTypes')} says continuous`,
    }),
  ];
}

/** Training rows by bin and value, [values][values], as there are as many bins. */
function countJoint(core: Core, bins: Block<'u16'>, codes: Block<'u16'>, values: number): Block<'u32'> {
  const cells = values ** 2;
  const copies = cells <= COPIED_CELLS ? 4 : 1;
  const joint = core.arena.alloc('u32', cells);
  const counts = core.arena.zeros('u32', copies * cells);
  for (let row = 0; row < bins.length; row += ROWS_PER_CALL) {
    const end = Math.min(row + ROWS_PER_CALL, bins.length);
    core.histogram.countJoint(counts, bins, codes, values, cells, copies, row, end);
  }
  core.histogram.marginaliseCounts(joint, counts, copies, values, 1, values, 1);
  return joint;
}

/** Share of the test rows whose value is the one that the bin of their latent is paired with. */
function judge(core: Core, { values, taught, tested }: Taught, quantiles: QuantileBins, test: Int32Array): number {
  const learned = core.arena.borrow(() => countJoint(core, quantiles.bins(values), taught, values).array.slice());
  const told = new Int32Array(values);
  assign(learned, values, values).forEach((bin, value) => {
    told[bin] = value;
  });
  const bins = quantiles.binsOf(test, values);
  let hits = 0;
  for (let i = 0; i < bins.length; i++) if (told[bins[i]] === tested[i]) hits++;
  return hits / test.length;
}
