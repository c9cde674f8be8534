/**
 * Grows the tree by which the joint density of a mixture is computed; see
 * assembly/component-tree.ts.
 */
import type { Core } from '../../bindings/core.js';
import type { Components, ComponentTree } from '../../bindings/kernels/joint.js';
import type { Pause } from '../stats/pause.js';

/** Components of a leaf: fewer have smaller boxes and more of them. */
const LEAF_WIDTH = 64;
/** Components that are cut or packed between two pauses. */
const COMPONENTS_PER_CALL = 32768;

/**
 * Puts components in the order of a tree; the blocks are taken from the arena and stay. The same
 * components give the same tree, wherever it is grown.
 */
export async function growComponentTree(core: Core, of: Components, pause: Pause = () => {}): Promise<ComponentTree> {
  const { latents: columns } = of;
  const components = of.mu.length / columns;
  const width = Math.min(LEAF_WIDTH, 4 * Math.ceil(components / 4));
  const leafCount = Math.ceil(components / width);
  const nodes = 2 * leafCount - 1;
  const tree: ComponentTree = {
    components,
    columns,
    width,
    dims: core.arena.alloc('i32', columns),
    firsts: core.arena.alloc('i32', nodes),
    counts: core.arena.alloc('i32', nodes),
    boxes: core.arena.alloc('f64', nodes * (6 * Math.ceil(columns / 2) + 2)),
    leaves: core.arena.alloc('f64', leafCount * (1 + 2 * columns) * width),
    places: core.arena.alloc('i32', components),
  };
  tree.firsts.array[0] = 0;
  tree.counts.array[0] = leafCount;
  await core.arena.scope(async () => {
    const order = core.arena.alloc('i32', components);
    order.array.forEach((_, i, rows) => {
      rows[i] = i;
    });
    core.joint.orderDimensions(tree.dims, of, order);
    const keys = core.arena.alloc('f64', components);
    for (let node = 0; node < nodes; ) {
      node = core.joint.cutNodes(tree.firsts, tree.counts, order, keys, of, width, node, COMPONENTS_PER_CALL);
      await pause('tree of components', node, 2 * nodes);
    }
    const perCall = Math.ceil(COMPONENTS_PER_CALL / width);
    for (let leaf = 0; leaf < leafCount; leaf += perCall) {
      core.joint.packLeaves(tree, order, of, leaf, Math.min(leaf + perCall, leafCount));
      await pause('tree of components', nodes + 2 * leaf, 2 * nodes);
    }
    const [row, place] = [order.array, tree.places.array];
    for (let i = 0; i < components; i++) place[row[i]] = i;
  });
  core.joint.boxNodes(tree);
  return tree;
}
