import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Core } from '../../bindings/core.js';
import type { ForestRows, ForestTree } from '../../bindings/kernels/forest.js';
import type { Stream } from '../../bindings/kernels/random.js';
import { rankColumns } from '../../src/learners/ranks.js';
import { RandomStream } from '../../src/random.js';
import { assertNear, codes, normals } from './samples.js';
import { LENGTHS, withWatchedCore } from './watched-core.js';

const AT: Stream = { seed: 2 ** 40 + 7, stream: 9, index: 3 };

interface Node {
  readonly column: number;
  readonly threshold: number;
  readonly children: readonly Node[];
  /** Parts of the classes, or the mean. */
  readonly shares: ReadonlyMap<number, number>;
}

/**
 * A tree by trying every split of the columns that are drawn, with rows as often as they are drawn.
 */
function growPlainly(
  x: Float64Array,
  target: ArrayLike<number>,
  classes: number,
  columns: number,
  columnsPerSplit: number,
  depth: number,
  isBootstrap: boolean,
): { root: Node; gains: Float64Array } {
  const rows = target.length;
  const random = new RandomStream(AT.seed, AT.stream, AT.index);
  const all = Array.from({ length: rows }, (_, row) => (isBootstrap ? random.below(rows) : row));
  const order = Array.from({ length: columns }, (_, column) => column);
  const gains = new Float64Array(columns);
  const value = (column: number, row: number) => x[column * rows + row];
  const meanOf = (of: number[]) => of.reduce((sum, row) => sum + target[row], 0) / of.length;
  const sharesOf = (of: number[]) => {
    if (classes === 0) return new Map([[0, meanOf(of)]]);
    const labels = [...new Set(of.map((row) => target[row]))];
    return new Map(labels.map((c) => [c, of.filter((row) => target[row] === c).length / of.length]));
  };
  /** Rows times Gini's impurity, or the squares. */
  const impurity = (of: number[]) => {
    if (classes > 0) return of.length * (1 - [...sharesOf(of).values()].reduce((sum, p) => sum + p * p, 0));
    const centre = meanOf(of);
    return of.reduce((sum, row) => sum + (target[row] - centre) ** 2, 0);
  };
  const grow = (of: number[], level: number): Node => {
    const whole = impurity(of);
    let best = -1;
    let split: { column: number; threshold: number; left: number[]; right: number[] } | null = null;
    if (level < depth && whole / of.length > 1e-13) {
      let found = 0;
      for (let v = 0; v < columns && (v < columnsPerSplit || found === 0); v++) {
        const there = v + random.below(columns - v);
        [order[v], order[there]] = [order[there], order[v]];
        const column = order[v];
        const distinct = [...new Set(of.map((row) => value(column, row)))].sort((a, b) => a - b);
        if (distinct.length > 1) found++;
        for (let i = 0; i + 1 < distinct.length; i++) {
          const left = of.filter((row) => value(column, row) <= distinct[i]);
          const right = of.filter((row) => value(column, row) > distinct[i]);
          const gain = whole - impurity(left) - impurity(right);
          if (gain <= best + 1e-10 * whole) continue;
          best = gain;
          split = { column, threshold: distinct[i] / 2 + distinct[i + 1] / 2, left, right };
        }
      }
    }
    if (!split) return { column: -1, threshold: 0, children: [], shares: sharesOf(of) };
    gains[split.column] += best;
    const left = grow(split.left, level + 1);
    const children = [left, grow(split.right, level + 1)];
    return { column: split.column, threshold: split.threshold, children, shares: new Map() };
  };
  return { root: grow(all, 0), gains };
}

async function allocate(core: Core, x: Float64Array, target: ArrayLike<number>, classes: number, columns: number) {
  const rows = target.length;
  const tree: ForestTree = {
    columnOf: core.arena.alloc('i32', 2 * rows),
    thresholds: core.arena.alloc('f64', 2 * rows),
    links: core.arena.alloc('i32', 4 * rows),
    shareClasses: core.arena.alloc('i32', rows),
    shares: core.arena.alloc('f64', rows),
  };
  const forestRows: ForestRows = {
    rows,
    columns,
    x: core.arena.upload('f64', x),
    ranks: core.arena.upload('u32', await rankColumns(x, rows, columns, () => {})),
    target: core.arena.upload(classes > 0 ? 'i32' : 'f64', target) as ForestRows['target'],
    classes,
  };
  return { tree, forestRows };
}

/** The tree that a kernel made, to be held against a plain one. */
function compare(tree: ForestTree, node: number, expected: Node, what: string): void {
  assert.is(tree.columnOf.array[node], expected.column, `${what}: column`);
  const [first, second] = tree.links.array.slice(2 * node, 2 * node + 2);
  if (expected.column < 0) {
    const labels = [...tree.shareClasses.array.slice(first, second)];
    assert.equal([...labels].sort(), [...expected.shares.keys()].sort(), `${what}: classes`);
    const shares = labels.map((c) => expected.shares.get(c) as number);
    assertNear(tree.shares.array.slice(first, second), shares, 1e-12, `${what}: shares`);
    return;
  }
  assert.is(tree.thresholds.array[node], expected.threshold, `${what}: threshold`);
  compare(tree, first, expected.children[0], `${what}l`);
  compare(tree, second, expected.children[1], `${what}r`);
}

for (const classes of [0, 2, 5]) {
  test(`grows the tree that trying every split grows, of ${classes || 'values, not'} classes`, () =>
    withWatchedCore(async (core) => {
      for (const rows of LENGTHS.filter((length) => length > 0 && length < 1000).concat(120)) {
        for (const [columns, columnsPerSplit, depth, isBootstrap] of [
          [1, 1, 1000, true],
          [4, 2, 1000, true],
          [5, 5, 3, false],
          [3, 1, 6, true],
        ] as const) {
          const what = `${rows} rows of ${columns}`;
          // The last column repeats its values, so that it is constant in some nodes.
          const x = normals(rows * columns, rows + columns).map((value, i) =>
            i >= rows * (columns - 1) ? Math.round(value) : value,
          );
          const target = classes > 0 ? codes(rows, classes, rows) : normals(rows, rows);
          const expected = growPlainly(x, target, classes, columns, columnsPerSplit, depth, isBootstrap);
          // In one piece, and cut at every node.
          for (const work of [2 ** 30, 1]) {
            const { tree, forestRows } = await allocate(core, x, target, classes, columns);
            const gains = core.arena.upload('f64', new Float64Array(columns).fill(1));
            let cuts = 0;
            for (const _ of core.forest.growForestTree(
              tree,
              gains,
              forestRows,
              columnsPerSplit,
              depth,
              isBootstrap,
              work,
              AT,
            )) {
              cuts++;
            }
            assert.ok(work > 1 ? cuts === 0 : cuts > 0 || expected.root.column < 0, `${what}: ${cuts} cuts`);
            compare(tree, 0, expected.root, what);
            assertNear(
              gains.array,
              expected.gains.map((gain) => 1 + gain),
              1e-10 * rows,
              `${what}: gains`,
            );
            const width = Math.max(1, classes);
            const others = normals(7 * columns, 5);
            const votes = core.arena.upload('f64', new Float64Array(7 * width).fill(2));
            core.forest.addForestTree(votes, core.arena.upload('f64', others), tree, 7, width);
            const sums = new Float64Array(7 * width).fill(2);
            for (let row = 0; row < 7; row++) {
              let node = expected.root;
              while (node.column >= 0) node = node.children[others[node.column * 7 + row] <= node.threshold ? 0 : 1];
              for (const [c, share] of node.shares) sums[row * width + c] += share;
            }
            assertNear(votes.array, sums, 1e-12, `${what}: votes`);
            core.arena.reset();
          }
        }
      }
    }));
}

test('sorts nodes of many rows and ranks as it does few: the same as trying every split', () =>
  withWatchedCore(async (core) => {
    // More ranks than fit a digit, and than fit two.
    for (const rows of [1000, 70_000]) {
      const x = normals(rows, 1);
      const target = Int32Array.from(x, (value) => (value > 0.3 ? 1 : 0));
      const { tree, forestRows } = await allocate(core, x, target, 2, 1);
      const gains = core.arena.zeros('f64', 1);
      for (const _ of core.forest.growForestTree(tree, gains, forestRows, 1, 1000, false, 2 ** 30, AT))
        assert.unreachable();
      const low = x.reduce((most, value) => (value <= 0.3 ? Math.max(most, value) : most), Number.NEGATIVE_INFINITY);
      const high = x.reduce((least, value) => (value > 0.3 ? Math.min(least, value) : least), Number.POSITIVE_INFINITY);
      assert.is(tree.thresholds.array[0], low / 2 + high / 2);
      assert.equal([...tree.columnOf.array.slice(0, 3)], [0, -1, -1]);
      const ones = target.reduce((sum, label) => sum + label, 0);
      assertNear(gains.array, [(2 * ones * (rows - ones)) / rows], 1e-9 * rows, 'gain');
      core.arena.reset();
    }
  }));

test('puts the threshold where both neighbours keep their side, however close they are', () =>
  withWatchedCore(async (core) => {
    const x = Float64Array.of(1, 1 + 2 ** -52, 1, 1 + 2 ** -52);
    const { tree, forestRows } = await allocate(core, x, [0, 1, 0, 1], 2, 1);
    const grow = core.forest.growForestTree(tree, core.arena.zeros('f64', 1), forestRows, 1, 1000, false, 1000, AT);
    assert.ok(grow.next().done);
    assert.is(tree.thresholds.array[0], 1);
    const votes = core.arena.zeros('f64', 8);
    core.forest.addForestTree(votes, forestRows.x, tree, 4, 2);
    assert.equal([...votes.array], [1, 0, 0, 1, 1, 0, 0, 1]);
  }));

test('takes a split that gains nothing by itself, for what comes after it', () =>
  withWatchedCore(async (core) => {
    const { tree, forestRows } = await allocate(core, Float64Array.of(0, 0, 1, 1, 0, 1, 0, 1), [0, 1, 1, 0], 2, 2);
    const gains = core.arena.zeros('f64', 2);
    for (const _ of core.forest.growForestTree(tree, gains, forestRows, 2, 1000, false, 1000, AT)) assert.unreachable();
    assertNear([gains.array[0] + gains.array[1]], [2], 1e-12, 'gains');
    const votes = core.arena.zeros('f64', 8);
    core.forest.addForestTree(votes, forestRows.x, tree, 4, 2);
    assert.equal([...votes.array], [1, 0, 0, 1, 0, 1, 1, 0]);
  }));

test('gives its memory back where growing is broken off', () =>
  withWatchedCore(async (core) => {
    const { tree, forestRows } = await allocate(core, normals(50, 1), codes(50, 3, 1), 3, 1);
    const depth = core.arena.depth;
    for (const _ of core.forest.growForestTree(tree, core.arena.zeros('f64', 1), forestRows, 1, 1000, true, 1, AT))
      break;
    assert.is(core.arena.depth, depth);
  }));

test.run();
