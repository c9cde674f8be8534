/**
 * How well probes of growing capacity tell one factor from the latents: the loss-capacity curve of
 * DCI-ES.
 */
import { fitBoosting } from '../learners/boosting.js';
import { fitRandomFeatures } from '../learners/random-features.js';
import { meanOf } from '../learners/units.js';
import type { LossCurve } from '../stats/loss-capacity.js';
import type { Pause } from '../stats/pause.js';
import type { Split } from '../stats/split.js';
import type { Table } from '../stats/table.js';
import { spreadOf, standardiseLatents } from './factor-classifier.js';
import { classesOf, columnsOf, factorNumbers, standardiser } from './factor-rows.js';

export const PROBES = ['random-features', 'trees'] as const;
export const CODINGS = ['numbers', 'classes'] as const;

/** How to probe. */
export interface ProbeOptions {
  readonly probe: (typeof PROBES)[number];
  readonly coding: (typeof CODINGS)[number];
  readonly seed: number;
  /** Random features at most. */
  readonly width: number;
  readonly penalty: number;
  /** Boosted trees at most. */
  readonly stages: number;
  readonly learningRate: number;
  readonly depth: number;
}

/** What a probe is to tell: one number of each row, or for each class whether a row is of it. */
interface Target {
  /** The values that training rows have; null for numbers. */
  readonly classes: readonly number[] | null;
  /** [trainRows] and [testRows] each. */
  readonly train: readonly Float64Array[];
  readonly test: readonly Float64Array[];
  /**
   * The share of test rows whose class no training row has: each costs 1 beside what is told of the
   * others.
   */
  readonly untaught: number;
}

/**
 * The curve of factor k on the test rows of a split; null where these cannot be told apart from
 * what a constant says of them.
 */
export async function probeFactor(
  table: Table,
  k: number,
  split: Split,
  options: ProbeOptions,
  pause: Pause,
): Promise<LossCurve | null> {
  const target = targetOf(table, k, split, options.coding);
  if (split.test.length === 0) return null;
  const baseline = lossOfConstant(target);
  if (!(baseline > 0)) return null;
  const step = (done: number, total: number) => pause(`probes of factor ${k}`, done, total);
  const curve = options.probe === 'trees' ? await probeByTrees(table, split, target, options, step) : null;
  return { ...(curve ?? (await probeByFeatures(table, split, target, options, step))), baseline };
}

type Step = (done: number, total: number) => void | Promise<void>;
type Curve = Pick<LossCurve, 'capacities' | 'losses'>;

/**
 * Linear model, then 1, 2, 4 ... random features beside it; capacity: weights, the constant among
 * them.
 */
async function probeByFeatures(
  table: Table,
  split: Split,
  target: Target,
  { width, penalty, seed }: ProbeOptions,
  step: Step,
): Promise<Curve> {
  const { train, test, columns } = varyingColumns(table, split);
  // Nothing is left but the constant.
  if (columns === 0) return { capacities: [1], losses: [lossOfConstant(target)] };
  const widths = [0, ...doublings(width)];
  const told = await fitRandomFeatures(
    table.core,
    {
      columns,
      train,
      trainRows: split.train.length,
      test,
      testRows: split.test.length,
      targets: target.train,
      widths,
      penalty,
      seed,
    },
    step,
  );
  return {
    capacities: widths.map((count) => 1 + columns + count),
    losses: told.map((one) => lossOf(target, one)),
  };
}

/**
 * The same boosted trees after 1, 2, 4 ... of them; capacity: trees for each number that is told.
 */
async function probeByTrees(
  table: Table,
  { train, test }: Split,
  target: Target,
  { stages, learningRate, depth }: ProbeOptions,
  step: Step,
): Promise<Curve> {
  const { classes } = target;
  if (classes?.length === 1) return { capacities: [1], losses: [lossOfConstant(target)] };
  const watched = doublings(stages);
  const losses: number[] = [];
  await fitBoosting(
    table.core,
    {
      columns: table.latentCount,
      train: columnsOf(table, train),
      trainRows: train.length,
      test: columnsOf(table, test),
      testRows: test.length,
      target: classes
        ? Int32Array.from(train, (_, i) => target.train.findIndex((indicator) => indicator[i] === 1))
        : target.train[0],
      classes: classes ? classes.length : null,
      stages,
      learningRate,
      depth,
      bins: 0,
    },
    step,
    {
      stages: watched,
      see: (_, expected) => {
        losses.push(
          lossOf(
            target,
            target.test.map((_, o) => expected.subarray(o * test.length, (o + 1) * test.length)),
          ),
        );
      },
    },
  );
  return { capacities: watched, losses };
}

/** 1, 2, 4 ... and the most. */
function doublings(most: number): number[] {
  const out: number[] = [];
  for (let count = 1; count < most; count *= 2) out.push(count);
  return [...out, most];
}

/**
 * Numbers in units of their deviation among the training rows, or indicators of the classes that
 * these have.
 */
function targetOf(table: Table, k: number, { train, test }: Split, coding: ProbeOptions['coding']): Target {
  const truthOf = factorNumbers(table, k);
  const [taught, held] = [truthOf(train), truthOf(test)];
  if (coding === 'numbers' || !table.factors[k].codes) {
    const scale = standardiser(taught);
    return { classes: null, train: [taught.map(scale)], test: [held.map(scale)], untaught: 0 };
  }
  const classes = classesOf(taught);
  const indicate = (values: Float64Array) => classes.map((c) => values.map((value) => (value === c ? 1 : 0)));
  const known = new Set(classes);
  const untaught = held.filter((value) => !known.has(value)).length / held.length;
  return { classes, train: indicate(taught), test: indicate(held), untaught };
}

/** The loss where every row is told the mean of the training rows. */
function lossOfConstant(target: Target): number {
  const { train, test } = target;
  return lossOf(
    target,
    train.map((values, o) => new Float64Array(test[o].length).fill(meanOf(values))),
  );
}

/** Mean over the test rows of the squared error, summed over what is told. */
function lossOf({ test, untaught }: Target, told: readonly Float64Array[]): number {
  let loss = untaught;
  test.forEach((truth, o) => {
    const values = told[o];
    let sum = 0;
    for (let i = 0; i < truth.length; i++) sum += (truth[i] - values[i]) ** 2;
    loss += sum / truth.length;
  });
  return loss;
}

/** The latents that vary among the training rows, standardised by these. */
function varyingColumns(table: Table, { train, test }: Split) {
  const { core, latentCount } = table;
  const spread = spreadOf(table, train);
  const kept = [...spread.perScale.keys()].filter((d) => spread.perScale[d] > 0);
  const take = (rows: Int32Array) => {
    const mark = core.arena.mark();
    const whole = standardiseLatents(table, spread, rows).array;
    const out = new Float64Array(rows.length * kept.length);
    for (let i = 0; i < rows.length; i++) {
      for (let j = 0; j < kept.length; j++) out[i * kept.length + j] = whole[i * latentCount + kept[j]];
    }
    core.arena.release(mark);
    return out;
  };
  return { columns: kept.length, train: take(train), test: take(test) };
}
