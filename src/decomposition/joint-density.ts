/** The joint density of a mixture of diagonal Gaussians at many points; see assembly/joint.ts. */
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import type { ComponentTree } from '../../bindings/kernels/joint.js';
import type { Pause } from '../stats/pause.js';

/** What a density may lose, relatively, where nothing else is asked for. */
export const DEFAULT_TOLERANCE = 1e-9;

/** Points that pass the tree together: a leaf is read once for all of them. */
export const TILE = 512;
/** Pairs between two pauses: a few milliseconds. */
const PAIRS_PER_CALL = 1 << 20;
/** What rounding in the sums of what is left out may come to, relatively: far more than it does. */
const ROUNDING = 1e-6;

/** Options of {@link jointLogDensities}. */
export interface JointOptions {
  /**
   * What a density may lose, relatively; below 1. 0 turns all shortcuts off: every pair is summed.
   */
  readonly tolerance?: number;
  /** The component that each point was drawn from, i32[M]: where its sum begins. */
  readonly owners?: Block<'i32'> | null;
  /** The points [from, to) of M; all of them unless given. */
  readonly from?: number;
  readonly to?: number;
  readonly pause?: Pause;
}

/** Log densities and what they cost. */
export interface JointDensities {
  /** log q(z) of points [from, to), in nats: of the mean over components. */
  readonly logDensities: Float64Array;
  /**
   * Pairs of a point and a component of a leaf that could not be left out whole: their sums over
   * dimensions were begun.
   */
  readonly pairs: number;
  /**
   * Those whose sum over dimensions was finished and whose exponential was taken, counted by groups
   * of four.
   */
  readonly summedPairs: number;
  /**
   * The largest relative error of a density that what was left out can have made; at most
   * `tolerance`.
   */
  readonly errorBound: number;
}

/**
 * log q(z_i) = logsumexp_j log N(z_i; mu_j, sigma_j^2) - log N for points f64[D][M], each in
 * float64. A point's digits are the same whatever the other points, their number and the range
 * asked for.
 */
export async function jointLogDensities(
  core: Core,
  tree: ComponentTree,
  points: Block<'f64'>,
  options: JointOptions = {},
): Promise<JointDensities> {
  const { tolerance = DEFAULT_TOLERANCE, owners = null, pause = () => {} } = options;
  const { from = 0, to = points.length / tree.columns } = options;
  const total = to - from;
  const share = shareOf(tolerance);
  return core.arena.scope(async () => {
    const gathered = core.joint.gatherPoints(tree, points, from, to);
    const begin = core.arena.alloc('f64', total);
    if (owners) beginWithOwners(begin, tree, owners, from);
    else core.joint.chooseLeaves(begin, gathered, tree);
    const order = sortByLeaf(core, begin);
    const passage = core.joint.makePassage(tree, TILE);
    for (let first = 0; first < total; first += TILE) {
      const last = Math.min(first + TILE, total);
      core.joint.beginPoints(gathered, order, begin, tree, first, last);
      let level = core.joint.enterTree(passage, order.array.subarray(first, last));
      while (level >= 0) {
        await pause('joint density', first, total);
        level = core.joint.passTree(gathered, passage, tree, share, level, PAIRS_PER_CALL);
      }
    }
    const [logDensities, { visited, summed, leftOut }] = core.joint.finishPoints(gathered, tree);
    return {
      logDensities,
      pairs: visited,
      summedPairs: summed,
      errorBound: leftOut * (1 + ROUNDING),
    };
  });
}

/**
 * What a density may lose of what was summed, so that it is within the tolerance of itself, and not
 * of both together.
 */
export function shareOf(tolerance: number): number {
  return (tolerance / (1 + tolerance)) * (1 - ROUNDING);
}

/** Sorts the leaves that points begin with; returns the points in that order. */
export function sortByLeaf(core: Core, begin: Block<'f64'>): Block<'i32'> {
  const order = core.arena.alloc('i32', begin.length);
  order.array.forEach((_, i, rows) => {
    rows[i] = i;
  });
  // Points that begin with the same leaf leave out much the same.
  core.rows.sortRows(begin, order);
  return order;
}

/** Fills begin [points] with the leaves of the components that points from `from` on belong to. */
export function beginWithOwners(begin: Block<'f64'>, tree: ComponentTree, owners: Block<'i32'>, from: number): void {
  const [leaf, place, owner] = [begin.array, tree.places.array, owners.array];
  for (let i = 0; i < leaf.length; i++) leaf[i] = Math.floor(place[owner[from + i]] / tree.width);
}
