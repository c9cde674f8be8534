import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import type { MixtureRuns, MixtureValues } from '../../bindings/kernels/mixture.js';
import type { Pause } from '../stats/pause.js';
import type { ArrangedMixture, MixtureClass } from './mixture-classes.js';

/** Half of the rounding unit of float64 numbers around 1. */
const ROUNDING = 2 ** -53;
/** Nodes that a point is interpolated from, on either side. */
const SIDE = 16;
/** Distance of nodes in parts of the least deviation of a class. */
const NODE_STEP = 2 / 9;
/**
 * What interpolation is off by, for each component that the nodes have got, in parts of its weight;
 * see assembly/mixture-interpolation.ts.
 */
const PER_COMPONENT = 2.4e-14;
/**
 * What a term at a node y deviations away is off by, in parts of itself; see
 * assembly/mixture-grid.ts.
 */
const ofRecurrence = (y: number) => (15 + 68 * y + 51.5 * y * y) * ROUNDING;
/** Sum of the magnitudes of the Lagrange weights of a point, and its own term. */
const LEFT_OUT_FACTOR = 2.95;
/**
 * What is left out for being far is below the tolerance at points whose density is at least this
 * share of the largest that there could be. At others few components are near, and their sum is
 * soon made again.
 */
const LEAST_SHARE = 1e-4;
/** The same of few components: of the largest density of one of them. */
const LEAST_SHARE_OF_ONE = 0.02;
/** Components per kernel call, whose sum is then added to the total. */
const COMPONENTS_PER_CALL = 4096;
/** Points per kernel call. */
const POINTS_PER_CALL = 8192;
/** Of fewer components terms are summed at points: nodes would cost more than they save. */
const FEWEST_ON_NODES = 16;
/** Above so many steps of nodes from 0 their coordinates would be rounded. */
const FARTHEST_NODE = 2 ** 42;

/** Sums of densities at points: f64[M] each, points in increasing order. */
export interface DensitySums {
  readonly points: Block<'f64'>;
  readonly sums: Block<'f64'>;
  /** The most that the sums may be off, beside `leftOut` and `rounding`. */
  readonly errors: Block<'f64'>;
  /** What is left out of any sum at most. */
  readonly leftOut: number;
  /** What a sum may be off in parts of itself. */
  readonly rounding: number;
  /** Exponentials this stands for. */
  readonly pairs: number;
}

/**
 * Sums the terms of a mixture at points in increasing order. What is left out is below `tolerance`
 * of a density that is not far below the largest there could be, if all components are alike.
 */
export async function sumClasses(
  core: Core,
  { components, classes }: ArrangedMixture,
  points: Block<'f64'>,
  tolerance: number,
  pause: Pause,
): Promise<DensitySums> {
  const { arena } = core;
  const count = components.means.length;
  const sums = arena.zeros('f64', points.length);
  const errors = arena.zeros('f64', points.length);
  const calls = classes.reduce((sum, { from, to }) => sum + Math.ceil((to - from) / COMPONENTS_PER_CALL), 0);
  const ofSums = (COMPONENTS_PER_CALL + calls + 128) * ROUNDING;
  const left = (tolerance * Math.max(LEAST_SHARE, LEAST_SHARE_OF_ONE / count)) / LEFT_OUT_FACTOR;
  const logarithm = core.information.naturalLogarithm(1 / left);
  let leftOut = 0;
  let pairs = 0;
  let largestExponent = 0;
  await arena.scope(async () => {
    const scratch = allocScratch(core, points);
    for (const mixtureClass of classes) {
      const { from, to, largestWeight, weightRatio } = mixtureClass;
      // e^-exponent is what a component is cut at: so much lower, the sharper it is, that broad
      // ones do not feel it.
      const exponent = logarithm + core.information.naturalLogarithm(weightRatio);
      const cut = left / weightRatio;
      leftOut += (to - from) * largestWeight * cut * LEFT_OUT_FACTOR;
      largestExponent = Math.max(largestExponent, exponent);
      const reach = Math.sqrt(2 * exponent);
      pairs += await sumClass(core, components, mixtureClass, reach, ofSums, scratch, { sums, errors }, pause);
    }
  });
  // The exponent of a term that is summed at a point is off by at most 6 roundings of it.
  return { points, sums, errors, leftOut, rounding: ofSums + 6 * largestExponent * ROUNDING, pairs };
}

interface Scratch {
  readonly runs: MixtureRuns;
  readonly values: MixtureValues;
  readonly basis: Block<'f64'>;
}

function allocScratch({ arena }: Core, points: Block<'f64'>): Scratch {
  const count = points.length;
  const basis = new Float64Array(2 * SIDE).fill(1);
  for (let k = 1; k < basis.length; k++) basis[k] = (-basis[k - 1] * (basis.length - k)) / k;
  return {
    runs: {
      points,
      lows: arena.alloc('f64', count),
      highs: arena.alloc('f64', count),
      bases: arena.alloc('f64', count),
      nodes: arena.alloc('i32', count),
      firsts: arena.alloc('i32', count + 1),
      slots: arena.alloc('i32', count + 1),
    },
    values: {
      values: arena.alloc('f64', 4 * count + 1),
      partial: arena.zeros('f64', 4 * count + 1),
      starts: arena.alloc('i32', 4 * count),
      ends: arena.alloc('i32', 4 * count),
    },
    basis: arena.upload('f64', basis),
  };
}

async function sumClass(
  core: Core,
  components: ArrangedMixture['components'],
  { from, to, deviation, largestWeight }: MixtureClass,
  reach: number,
  ofSums: number,
  { runs, values, basis }: Scratch,
  { sums, errors }: Pick<DensitySums, 'sums' | 'errors'>,
  pause: Pause,
): Promise<number> {
  const { mixture } = core;
  const count = components.means.length;
  const [first, last] = [runs.points.array[0], runs.points.array[runs.points.length - 1]];
  const h = shorten(deviation * NODE_STEP);
  const useNodes = to - from >= FEWEST_ON_NODES && Math.max(Math.abs(first), Math.abs(last)) < h * FARTHEST_NODE;
  await pause('marginal densities', from, count);
  const runCount = mixture.cutRuns(runs, h, useNodes);
  const slots = runs.slots.array[runCount];
  values.values.array.fill(0, 0, slots + 1);
  values.starts.array.fill(0, 0, slots);
  values.ends.array.fill(0, 0, slots);
  let pairs = 0;
  for (let j = from; j < to; j += COMPONENTS_PER_CALL) {
    await pause('marginal densities', j, count);
    const end = Math.min(j + COMPONENTS_PER_CALL, to);
    pairs += mixture.addComponents(values, components, runs, runCount, h, reach, j, end);
  }
  const perComponent = PER_COMPONENT * largestWeight;
  // Steps of two may lead one node beyond the reach.
  const rounding = ofSums + ofRecurrence(reach + NODE_STEP);
  for (let i = 0, run = 0; i < runs.points.length; i += POINTS_PER_CALL) {
    await pause('marginal densities', to, count);
    const end = Math.min(i + POINTS_PER_CALL, runs.points.length);
    run = mixture.addRuns(sums, errors, values, runs, basis, h, perComponent, rounding, run, i, end);
  }
  return pairs;
}

/** x with all but the first 8 binary digits cut off, so that whole multiples of it are exact. */
function shorten(x: number): number {
  const bits = new BigUint64Array(Float64Array.of(x).buffer);
  bits[0] &= ~((1n << 45n) - 1n);
  return new Float64Array(bits.buffer)[0];
}
