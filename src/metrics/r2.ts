import { ALPHAS, crossValidate, GAMMAS } from '../learners/kernel-ridge.js';
import { type Note, note } from '../note.js';
import { boolean, choice, integer, type ValuesOf } from '../options/rule.js';
import { splitAnyRows } from '../stats/split.js';
import type { Table } from '../stats/table.js';
import { defineMetric } from './define-metric.js';
import { type FactorBlock, groupsRule, listBlocks } from './factor-blocks.js';
import { judgeByKernel, loadRidge, type RidgeChoice } from './kernel-regression.js';
import { judgeLinearly } from './linear-regression.js';
import { meanOfDefined } from './mean-of-defined.js';
import type { Cost, TableShape } from './metric.js';
import { describeConstants, describeUnordered, NO_FACTOR_VARIES, NONE_JUDGED } from './notes.js';
import { TEST_SHARE } from './shared-options.js';

/** R2 of a group of factors, told from all latents or from a group of them. */
export interface R2Block {
  readonly factors: readonly number[];
  readonly latents: readonly number[];
  /** Mean over the factors of the block; null if none can be judged. */
  readonly r2: number | null;
  /** The same on the rows that were learned from. */
  readonly trained: number | null;
  /** R2 of each of `factors`, in their order; null for one that is left out. */
  readonly perFactor: Array<number | null>;
  /** Of kernel regression: penalty and width, and the mean R2 that they were chosen by. */
  readonly alpha?: number;
  readonly gamma?: number;
  readonly crossValidated?: number | null;
}

/** What R2 was made of. */
export interface R2Parts {
  /**
   * R2 of each factor on the test rows, K, the mean over the blocks it is in; null for one left
   * out.
   */
  readonly perFactor: Array<number | null>;
  /** One for each of `blocks`; without these, one of all. */
  readonly blocks: R2Block[];
}

const OPTIONS = {
  model: choice(['linear', 'kernel'], {
    default: 'linear',
    description: 'least squares, or kernel ridge regression, which is slow',
  }),
  blocks: groupsRule('factors', 'groups of factors, each with an R2 of its own: 0,1/2', 'one of all'),
  latentBlocks: groupsRule('latents', 'the latents that each group is told from: 0,1/2', 'all', { option: 'blocks' }),
  oneHot: boolean({
    default: false,
    description: 'a column for each value of a discrete factor, weighted by variance',
  }),
  train: integer({
    default: 4096,
    minimum: 2,
    maximum: 16_384,
    description: 'random rows that kernel regression learns from, at most',
    needs: { option: 'model', values: ['kernel'] },
  }),
  testShare: TEST_SHARE,
};
type Options = ValuesOf<typeof OPTIONS>;

/** What cross-validation found for a block and a width of the kernel, by penalty. */
type CrossValidated = ReadonlyArray<number | null>;

/**
 * R2 of identifiability: can a regression tell each factor from the latents?
 *
 * Least squares with an intercept, or ridge regression with a Gaussian kernel, learned from the
 * training rows of all latents, or of a block of them; 1 - SSE / SS on the test rows, mean over
 * factors. 1 is best, 0 is the mean of the test rows, and nothing is cut off below.
 *
 * Agrees with the authors' program to 1e-7, by the kernel to 1e-9.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see J. von Kügelgen et al. 2021, Self-Supervised Learning with Data Augmentations Provably
 * Isolates Content from Style; R. Zimmermann et al. 2021, Contrastive Learning Inverts the Data
 * Generating Process
 */
export const r2 = defineMetric<'r2', typeof OPTIONS, R2Parts, 'r2-score'>({
  name: 'r2',
  aliases: ['r2-score'],
  title: 'R2',
  summary: 'a regression tells each factor from all latents',
  needs: ['latents', 'factors'],
  range: [null, 1],
  better: 'higher',
  options: OPTIONS,
  presets: { paper: {} },
  source: 'von Kügelgen et al. 2021',
  isPlugIn: false,
  cost: costOf,

  pieces: {
    count: (table: Table, options) =>
      options.model === 'kernel' ? listBlocks(table, 'r2', options).length * GAMMAS.length : 0,
    async compute(table: Table, options, { seed, pause }, index): Promise<CrossValidated> {
      const block = listBlocks(table, 'r2', options)[Math.floor(index / GAMMAS.length)];
      const { core } = table;
      return core.arena.scope(async () => {
        const ridge = loadRidge(table, block, await splitFor(table, options, seed), { ...options, seed });
        if (ridge.targets.length === 0) return ALPHAS.map(() => null);
        let done = 0;
        const waiting = () => pause('cross-validation', done++, done);
        return crossValidate(core, ridge, GAMMAS[index % GAMMAS.length], waiting);
      });
    },
  },

  async compute(table: Table, options, { seed, pause, pieces }) {
    const { model, oneHot } = options;
    const blocks = listBlocks(table, 'r2', options);
    const split = await splitFor(table, options, seed);
    const isKernel = model === 'kernel';
    const chosen = isKernel ? chooseBest(await pieces<CrossValidated>(), blocks.length) : [];
    const judged = isKernel
      ? await judgeByKernel(table, blocks, split, chosen, { ...options, seed }, pause)
      : await judgeLinearly(table, blocks, split, oneHot, pause);
    const { tested, trained } = judged;
    const value = meanOfDefined(tested.flat());
    const { varyingFactors, factorCount } = table;
    return {
      value,
      parts: {
        perFactor: Array.from({ length: factorCount }, (_, k) => meanOfDefined(tested.map((row) => row[k]))),
        blocks: blocks.map(({ factors, latents }, b) => ({
          factors,
          latents,
          r2: meanOfDefined(tested[b]),
          trained: meanOfDefined(trained[b]),
          perFactor: factors.map((k) => tested[b][k]),
          ...(isKernel && { alpha: chosen[b].alpha, gamma: chosen[b].gamma, crossValidated: chosen[b].value }),
        })),
      },
      notes: [
        ...(value === null ? [varyingFactors.length === 0 ? NO_FACTOR_VARIES : NONE_JUDGED] : []),
        ...describeConstants(table, 'tells nothing'),
        ...(value === null ? [] : describeUnjudged(blocks, tested, varyingFactors)),
        ...(oneHot ? [] : describeUnordered(table)),
        ...(isKernel ? describeDrawn(split.train.length, options.train, seed) : []),
      ],
    };
  },
});

function splitFor(table: Table, { testShare }: Options, seed: number) {
  return splitAnyRows(table, { testShare, seed });
}

/** By the products that are summed and what is solved; of a kernel, by its decompositions. */
function costOf({ rows, latents, factors }: TableShape, { model, train, blocks, testShare }: Options): Cost {
  if (model === 'linear') {
    const all = latents + factors;
    return { seconds: 1e-9 * rows * latents * all + 2e-9 * latents ** 3, bytes: 24 * latents * all };
  }
  const groups = blocks?.length ?? 1;
  const most = Math.min(train, rows * (1 - testShare));
  // Twelve decompositions of two thirds of the rows for each width of the kernel.
  const decompositions = GAMMAS.length * 12 * ((2 * most) / 3) ** 3 + most ** 3;
  const kernels = (GAMMAS.length * most + rows * testShare) * most * (latents + 16);
  return { seconds: groups * (1.2e-10 * decompositions + 1e-9 * kernels), bytes: 16 * most ** 2 };
}

/**
 * Of each block the best, the first of equal ones, in the order of penalties and then of widths.
 */
function chooseBest(found: readonly CrossValidated[], blocks: number): RidgeChoice[] {
  return Array.from({ length: blocks }, (_, b) => {
    let best: RidgeChoice = { alpha: ALPHAS[0], gamma: GAMMAS[0], value: null };
    for (const [a, alpha] of ALPHAS.entries()) {
      for (const [g, gamma] of GAMMAS.entries()) {
        const value = found[b * GAMMAS.length + g][a];
        if (value !== null && (best.value === null || value > best.value)) best = { alpha, gamma, value };
      }
    }
    return best;
  });
}

function describeUnjudged(
  blocks: readonly FactorBlock[],
  tested: ReadonlyArray<ReadonlyArray<number | null>>,
  varying: readonly number[],
): Note[] {
  const unjudged = varying.filter((k) => blocks.some(({ factors }, b) => factors.includes(k) && tested[b][k] === null));
  return unjudged.map((k) => note('nothing-to-judge', `factor ${k}: constant among the test rows, left out`));
}

function describeDrawn(rows: number, most: number, seed: number): Note[] {
  if (rows <= most) return [];
  const text = `kernel regression learned from ${most} of ${rows} training rows, drawn by seed ${seed}`;
  return [note('drawn-rows', text, { option: 'train' })];
}
