/**
 * The densities of a mixture of diagonal Gaussians jointly and without each of its dimensions; see
 * assembly/leave-one-out.ts.
 */
import type { Block } from '../../bindings/arena.js';
import type { Core } from '../../bindings/core.js';
import type { Components, ComponentTree } from '../../bindings/kernels/joint.js';
import type { Heights } from '../../bindings/kernels/leave-one-out.js';
import type { Pause } from '../stats/pause.js';
import { growComponentTree } from './component-tree.js';
import { beginWithOwners, DEFAULT_TOLERANCE, shareOf, sortByLeaf, TILE } from './joint-density.js';

/** A tree of components, and what it takes to leave dimensions out. */
export interface LeaveOneOutTree extends Heights {
  readonly tree: ComponentTree;
}

/** Options of {@link leaveOneOutLogDensities}. */
export interface LeaveOneOutOptions {
  /** What a density may lose, relatively; below 1. 0: every pair is summed. */
  readonly tolerance?: number;
  /** The points [from, to) of M; all of them unless given. */
  readonly from?: number;
  readonly to?: number;
  readonly pause?: Pause;
}

/** Log densities of P = to - from points, in nats. */
export interface LeaveOneOutDensities {
  /** log q(z), f64[P]. */
  readonly joint: Float64Array;
  /** log q(z without z_d), D times f64[P]. */
  readonly without: readonly Float64Array[];
}

/** Components whose heights are written between two pauses. */
const COMPONENTS_PER_CALL = 32768;
/** Exponentials between two pauses: a few milliseconds. */
const EXPONENTIALS_PER_CALL = 1 << 21;

/** Puts components in the order of a tree; blocks are taken from the arena and stay. */
export async function growLeaveOneOutTree(
  core: Core,
  of: Components,
  pause: Pause = () => {},
): Promise<LeaveOneOutTree> {
  const tree = await growComponentTree(core, of, pause);
  const heights = core.leaveOneOut.allocHeights(tree);
  for (let from = 0; from < tree.components; from += COMPONENTS_PER_CALL) {
    await pause('tree of components', from, tree.components);
    const to = Math.min(from + COMPONENTS_PER_CALL, tree.components);
    core.leaveOneOut.packHeights(heights, tree, of, from, to);
  }
  core.leaveOneOut.boxWeights(heights, tree);
  return { tree, ...heights };
}

/**
 * log q(z_i) and log q(z_i without z_id) of the mean of N diagonal Gaussians at points f64[D][M], D
 * + 1 densities of each, in float64. A point's digits are the same whatever the other points, their
 * number and the range asked for.
 * @param owners the component that each point was drawn from, i32[M]: where its sums begin
 */
export async function leaveOneOutLogDensities(
  core: Core,
  { tree, ...heights }: LeaveOneOutTree,
  points: Block<'f64'>,
  owners: Block<'i32'>,
  { tolerance = DEFAULT_TOLERANCE, from = 0, to = owners.length, pause = () => {} }: LeaveOneOutOptions = {},
): Promise<LeaveOneOutDensities> {
  const { columns } = tree;
  const total = to - from;
  const share = shareOf(tolerance);
  const most = Math.ceil(EXPONENTIALS_PER_CALL / (columns + 1));
  return core.arena.scope(async () => {
    const gathered = core.leaveOneOut.gatherPoints(tree, points, from, to);
    const begin = core.arena.alloc('f64', total);
    beginWithOwners(begin, tree, owners, from);
    const order = sortByLeaf(core, begin);
    const passage = core.joint.makePassage(tree, TILE);
    for (let first = 0; first < total; first += TILE) {
      const last = Math.min(first + TILE, total);
      core.leaveOneOut.begin(gathered, order, begin, tree, heights, first, last);
      let level = core.joint.enterTree(passage, order.array.subarray(first, last));
      while (level >= 0) {
        await pause('densities', first, total);
        level = core.leaveOneOut.passTree(gathered, passage, tree, heights, share, level, most);
      }
    }
    const lines = core.leaveOneOut.finish(gathered, tree);
    const line = (place: number) => lines.subarray(place * total, (place + 1) * total);
    const without = new Array<Float64Array>(columns);
    tree.dims.array.forEach((d, place) => {
      without[d] = line(place);
    });
    return { joint: line(columns), without };
  });
}
