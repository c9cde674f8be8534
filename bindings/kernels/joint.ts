/**
 * Kernels of assembly/component-tree.ts, component-boxes.ts and joint.ts: densities of mixtures of
 * diagonal Gaussians.
 */
import { type Arena, type Block, pointersOf } from '../arena.js';
import type { PosteriorBlocks } from './posterior.js';

/** Components of a mixture. */
export type Components = Omit<PosteriorBlocks, 'rows' | 'z'>;

/** Components in the order of a tree; see assembly/component-tree.ts. */
export interface ComponentTree {
  readonly components: number;
  readonly columns: number;
  /** Components of a leaf, a multiple of 4. */
  readonly width: number;
  /** The dimensions, those that tell most components apart first, i32[columns]. */
  readonly dims: Block<'i32'>;
  /** First leaf and number of leaves of each node, i32[nodes] each. */
  readonly firsts: Block<'i32'>;
  readonly counts: Block<'i32'>;
  /** f64[nodes][3 columns + 2], columns rounded up to an even number. */
  readonly boxes: Block<'f64'>;
  /** f64[leaves][1 + 2 columns][width] */
  readonly leaves: Block<'f64'>;
  /** The place of each component in the tree, i32[components]. */
  readonly places: Block<'i32'>;
}

/** Points and what is known of their densities. */
export interface JointPoints {
  /** f64[points][columns rounded up to an even number] */
  readonly rows: Block<'f64'>;
  /** f64[points][8]; see assembly/joint.ts. */
  readonly states: Block<'f64'>;
}

/** What became of the pairs of points and components. */
export interface JointTotals {
  /** Pairs of points with components of leaves that could not be left out whole. */
  readonly visited: number;
  /** Those of them whose exponential was taken. */
  readonly summed: number;
  /** The largest share that what was left out can have of a density. */
  readonly leftOut: number;
}

/** Where the passing of a tree has got to. */
export interface Passage {
  /** i32[depth + 2][2 + tile] */
  readonly stack: Block<'i32'>;
  /** f64[2][width] */
  readonly lists: Block<'f64'>;
  readonly tile: number;
}

/** What assembly/component-tree.ts, component-boxes.ts and joint.ts export. */
export interface JointExports {
  orderDimensions(
    dims: number,
    scratch: number,
    mu: number,
    logvar: number,
    order: number,
    rows: number,
    columns: number,
  ): void;
  cutNodes(
    firsts: number,
    counts: number,
    order: number,
    keys: number,
    mean: number,
    mu: number,
    logvar: number,
    rows: number,
    columns: number,
    width: number,
    node: number,
    most: number,
  ): number;
  packLeaves(
    leaves: number,
    order: number,
    dims: number,
    mu: number,
    logvar: number,
    rows: number,
    columns: number,
    width: number,
    firstLeaf: number,
    lastLeaf: number,
  ): void;
  boxNodes(
    boxes: number,
    firsts: number,
    counts: number,
    leaves: number,
    rows: number,
    columns: number,
    width: number,
  ): void;
  gatherPoints(
    rows: number,
    points: number,
    dims: number,
    count: number,
    columns: number,
    from: number,
    to: number,
  ): void;
  chooseLeaves(
    begin: number,
    rows: number,
    boxes: number,
    firsts: number,
    counts: number,
    columns: number,
    count: number,
  ): void;
  beginPoints(
    states: number,
    rows: number,
    order: number,
    begin: number,
    leaves: number,
    list: number,
    columns: number,
    width: number,
    first: number,
    last: number,
  ): void;
  passTree(
    states: number,
    rows: number,
    stack: number,
    boxes: number,
    firsts: number,
    counts: number,
    leaves: number,
    lists: number,
    components: number,
    columns: number,
    width: number,
    tile: number,
    tolerance: number,
    level: number,
    most: number,
  ): number;
  finishPoints(out: number, totals: number, states: number, components: number, count: number): void;
}

/** Words of a line of the stack of a passage before its points. */
const LINE_WORDS = 2;
/** Numbers in the state of a point. */
const STATE_NUMBERS = 8;

/** Densities of mixtures, by trees of their components. */
export function bindJoint(wasm: JointExports, arena: Arena) {
  return {
    /**
     * Fills dims [columns] with the dimensions, those that tell most components apart first; order:
     * 0, 1 .. components - 1.
     */
    orderDimensions(dims: Block<'i32'>, { mu, logvar, latents: columns }: Components, order: Block<'i32'>): void {
      arena.borrow(() => {
        const scratch = arena.alloc('f64', columns + 1);
        wasm.orderDimensions(...pointersOf(dims, scratch, mu, logvar, order), order.length, columns);
      });
    },

    /**
     * Cuts nodes from `node` on until those cut have `most` components together; returns the next,
     * or the number of nodes. order [components] is put in the order of leaves of `width`; keys
     * [components] is scratch.
     */
    cutNodes(
      firsts: Block<'i32'>,
      counts: Block<'i32'>,
      order: Block<'i32'>,
      keys: Block<'f64'>,
      { mu, logvar, latents: columns }: Components,
      width: number,
      node: number,
      most: number,
    ): number {
      return arena.borrow(() => {
        const mean = arena.alloc('f64', 1);
        return wasm.cutNodes(
          ...pointersOf(firsts, counts, order, keys, mean, mu, logvar),
          order.length,
          columns,
          width,
          node,
          most,
        );
      });
    },

    /** Fills leaves [firstLeaf, lastLeaf) of a tree with the components that order puts there. */
    packLeaves(
      { leaves, dims, width }: ComponentTree,
      order: Block<'i32'>,
      { mu, logvar, latents: columns }: Components,
      firstLeaf: number,
      lastLeaf: number,
    ): void {
      wasm.packLeaves(
        ...pointersOf(leaves, order, dims, mu, logvar),
        order.length,
        columns,
        width,
        firstLeaf,
        lastLeaf,
      );
    },

    /** Fills the boxes of a tree from its leaves. */
    boxNodes({ boxes, firsts, counts, leaves, components, columns, width }: ComponentTree): void {
      wasm.boxNodes(...pointersOf(boxes, firsts, counts, leaves), components, columns, width);
    },

    /**
     * Takes points [from, to) of f64[columns][points], and room for what is to be known of them.
     */
    gatherPoints({ dims, columns }: ComponentTree, points: Block<'f64'>, from: number, to: number): JointPoints {
      const rows = arena.alloc('f64', (to - from) * 2 * Math.ceil(columns / 2));
      const states = arena.alloc('f64', (to - from) * STATE_NUMBERS);
      wasm.gatherPoints(...pointersOf(rows, points, dims), points.length / columns, columns, from, to);
      return { rows, states };
    },

    /** Fills begin [points] with the number of the leaf that looks best to each point. */
    chooseLeaves(begin: Block<'f64'>, { rows }: JointPoints, { boxes, firsts, counts, columns }: ComponentTree): void {
      wasm.chooseLeaves(...pointersOf(begin, rows, boxes, firsts, counts), columns, begin.length);
    },

    /** Begins with points order[first .. last): sums leaf begin[i] for point order[i]. */
    beginPoints(
      { rows, states }: JointPoints,
      order: Block<'i32'>,
      begin: Block<'f64'>,
      { leaves, columns, width }: ComponentTree,
      first: number,
      last: number,
    ): void {
      arena.borrow(() => {
        const list = arena.alloc('f64', 2 * width);
        wasm.beginPoints(...pointersOf(states, rows, order, begin, leaves, list), columns, width, first, last);
      });
    },

    /** Room to pass a tree with up to `tile` points at a time. */
    makePassage({ counts, width }: ComponentTree, tile: number): Passage {
      const depth = Math.ceil(Math.log2(counts.length + 1));
      return {
        stack: arena.alloc('i32', (depth + 2) * (LINE_WORDS + tile)),
        lists: arena.alloc('f64', 2 * width),
        tile,
      };
    },

    /** Puts points at the root of the tree; returns the level to pass on from. */
    enterTree({ stack }: Passage, points: Int32Array): number {
      const line = stack.array;
      line[0] = points.length;
      line[1] = 0;
      line.set(points, LINE_WORDS);
      return 0;
    },

    /**
     * Passes the tree from `level` on until about `most` pairs were looked at; returns the level to
     * go on with, -1 at the end. tolerance: what a density may lose, over itself and 1; 0 leaves
     * out nothing.
     */
    passTree(
      { rows, states }: JointPoints,
      { stack, lists, tile }: Passage,
      { boxes, firsts, counts, leaves, components, columns, width }: ComponentTree,
      tolerance: number,
      level: number,
      most: number,
    ): number {
      return wasm.passTree(
        ...pointersOf(states, rows, stack, boxes, firsts, counts, leaves, lists),
        components,
        columns,
        width,
        tile,
        tolerance,
        level,
        most,
      );
    },

    /** The log densities of all points, f64[points], and what was left out. */
    finishPoints({ states }: JointPoints, { components }: ComponentTree): [Float64Array, JointTotals] {
      return arena.borrow(() => {
        const count = states.length / STATE_NUMBERS;
        const out = arena.alloc('f64', count);
        const totals = arena.alloc('f64', 3);
        wasm.finishPoints(...pointersOf(out, totals, states), components, count);
        const [visited, summed, leftOut] = totals.array;
        return [out.array.slice(), { visited, summed, leftOut }];
      });
    },
  };
}
