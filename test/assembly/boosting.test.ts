import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Core, Tree } from '../../bindings/core.js';
import { loadTreeRows } from '../../src/learners/tree-rows.js';
import { forEachBuild, LENGTHS } from './builds.js';
import { assertNear, assertSame, codes, normals } from './samples.js';

const RATE = 0.1;

/** A tree as the kernel numbers it, by trying every split of every node. */
interface Oracle {
  readonly columnOf: Map<number, number>;
  readonly thresholds: Map<number, number>;
  readonly values: Map<number, number>;
  readonly gains: Float64Array;
  /** The value of each row's leaf. */
  readonly ofRow: Float64Array;
}

interface Split {
  readonly gain: number;
  readonly column: number;
  readonly threshold: number;
  readonly left: number[];
  readonly right: number[];
}

function growPlainly(x: Float64Array, r: Float64Array, columns: number, depth: number, scale: number): Oracle {
  const rows = r.length;
  const oracle: Oracle = {
    columnOf: new Map(),
    thresholds: new Map(),
    values: new Map(),
    gains: new Float64Array(columns),
    ofRow: new Float64Array(rows),
  };
  const sumOf = (of: number[]) => of.reduce((sum, row) => sum + r[row], 0);
  const grow = (node: number, of: number[], level: number): void => {
    const mean = sumOf(of) / of.length;
    const variance = of.reduce((sum, row) => sum + (r[row] - mean) ** 2, 0) / of.length;
    const splits: Split[] = [];
    if (level < depth && variance > 2 ** -52) {
      for (let column = 0; column < columns; column++) {
        const value = (row: number) => x[column * rows + row];
        const distinct = [...new Set(of.map(value))].sort((a, b) => a - b);
        for (let i = 0; i + 1 < distinct.length; i++) {
          const left = of.filter((row) => value(row) <= distinct[i]);
          const right = of.filter((row) => value(row) > distinct[i]);
          const difference = sumOf(left) / left.length - sumOf(right) / right.length;
          const gain = (difference ** 2 * left.length * right.length) / of.length;
          splits.push({ gain, column, threshold: distinct[i] / 2 + distinct[i + 1] / 2, left, right });
        }
      }
    }
    const best = splits.reduce((most, { gain }) => Math.max(most, gain), 0);
    const tied = splits.filter(({ gain }) => gain * (1 + 1e-10) >= best);
    const split = tied[0];
    if (!split) {
      const curvature = of.reduce((sum, row) => sum + Math.abs(r[row]) * (1 - Math.abs(r[row])), 0);
      const value = scale === 0 ? mean : curvature < 1e-150 ? 0 : (scale * sumOf(of)) / curvature;
      oracle.values.set(node, value);
      if (level < depth) oracle.columnOf.set(node, -1);
      for (const row of of) oracle.ofRow[row] = value;
      return;
    }
    oracle.columnOf.set(node, split.column);
    oracle.thresholds.set(node, split.threshold);
    const sharing = new Set(tied.map(({ column }) => column));
    for (const column of sharing) oracle.gains[column] += best / sharing.size;
    grow(2 * node + 1, split.left, level + 1);
    grow(2 * node + 2, split.right, level + 1);
  };
  grow(
    0,
    Array.from({ length: rows }, (_, row) => row),
    0,
  );
  return oracle;
}

function allocate(core: Core, x: Float64Array, rows: number, columns: number, depth: number, bins = 0) {
  const tree: Tree = {
    depth,
    columnOf: core.arena.alloc('i32', 2 ** depth - 1),
    thresholds: core.arena.alloc('f64', 2 ** depth - 1),
    values: core.arena.alloc('f64', 2 ** (depth + 1) - 1),
  };
  const treeRows = loadTreeRows(core, x, rows, columns, depth, bins);
  return { tree, treeRows };
}

test('grows the tree that trying every split grows, and adds it to scores and importances', () =>
  forEachBuild((core) => {
    for (const rows of LENGTHS.filter((length) => length > 0 && length < 1000).concat(150)) {
      for (const [columns, depth, scale] of [
        [1, 1, 0],
        [3, 2, 0.75],
        [4, 3, 1],
        [2, 5, 0],
      ]) {
        const what = `${rows} rows of ${columns}, depth ${depth}, scale ${scale}`;
        // The last column repeats its values.
        const x = normals(rows * columns, rows).map((value, i) =>
          i >= rows * (columns - 1) ? Math.round(value) : value,
        );
        const residuals = normals(rows, columns).map((value) => Math.sin(value));
        const expected = growPlainly(x, residuals, columns, depth, scale);
        const { tree, treeRows } = allocate(core, x, rows, columns, depth);
        const raw = core.arena.upload('f64', new Float64Array(rows).fill(2));
        const importances = core.arena.upload('f64', new Float64Array(columns).fill(1));
        core.growTree(tree, raw, importances, core.arena.upload('f64', residuals), treeRows, scale, RATE);
        for (const [node, column] of expected.columnOf)
          assert.is(tree.columnOf.array[node], column, `${what}: ${node}`);
        for (const [node, at] of expected.thresholds) assert.is(tree.thresholds.array[node], at, `${what}: ${node}`);
        const nodes = [...expected.values.keys()];
        const values = tree.values.array;
        const bound = nodes.map((node) => 1e-10 * (1 + Math.abs(expected.values.get(node) as number)));
        assertNear(
          nodes.map((node) => values[node]),
          [...expected.values.values()],
          bound,
          `${what}: values`,
        );
        const scores = expected.ofRow.map((value) => 2 + RATE * value);
        assertNear(
          raw.array,
          scores,
          scores.map((score) => 1e-10 * Math.abs(score) + 1e-10),
          `${what}: scores`,
        );
        assertNear(
          importances.array,
          expected.gains.map((gain) => 1 + gain),
          1e-10 * rows,
          `${what}: gains`,
        );
        // Applied to the rows it grew on, the tree gives what it gave them then.
        const again = core.arena.upload('f64', new Float64Array(rows).fill(2));
        core.addTree(again, treeRows.x, tree, RATE);
        assertSame(again.array, raw.array, `${what}: applied`);
        core.reset();
      }
    }
  }));

test('puts the threshold where both neighbours keep their side, however close they are', () =>
  forEachBuild((core) => {
    const x = Float64Array.of(1, 1 + 2 ** -52, 1, 1 + 2 ** -52);
    const { tree, treeRows } = allocate(core, x, 4, 1, 1);
    const raw = core.arena.zeros('f64', 4);
    const residuals = core.arena.upload('f64', [0.5, -0.5, 0.25, -0.25]);
    core.growTree(tree, raw, core.arena.zeros('f64', 1), residuals, treeRows, 0, 1);
    assert.is(tree.thresholds.array[0], 1);
    assertSame(raw.array, [0.375, -0.375, 0.375, -0.375], 'scores');
  }));

test('leaves a leaf without curvature at 0', () =>
  forEachBuild((core) => {
    const { tree, treeRows } = allocate(core, Float64Array.of(1, 2), 2, 1, 1);
    const raw = core.arena.zeros('f64', 2);
    core.growTree(tree, raw, core.arena.zeros('f64', 1), core.arena.upload('f64', [1, 0]), treeRows, 1, 1);
    assertSame(raw.array, [0, 0], 'scores');
  }));

test('gives the residuals of the softmax, and of the logistic function for two classes', () =>
  forEachBuild((core) => {
    for (const rows of LENGTHS) {
      for (const classes of [2, 3, 7]) {
        const width = classes === 2 ? 1 : classes;
        const raw = normals(rows * width, rows).map((value) => 20 * value);
        const labels = codes(rows, classes, rows);
        const first = rows > 4 ? 2 : 0;
        const out = core.arena.upload('f64', new Float64Array(rows * width).fill(-7));
        const blocks = [core.arena.upload('f64', raw), core.arena.upload('i32', labels)] as const;
        core.boostingResiduals(out, ...blocks, rows, classes, first, rows);
        const expected = new Float64Array(rows * width).fill(-7);
        for (let row = first; row < rows; row++) {
          const scores = classes === 2 ? [0, raw[row]] : Array.from({ length: classes }, (_, c) => raw[c * rows + row]);
          const largest = Math.max(...scores);
          const total = scores.reduce((sum, score) => sum + Math.exp(score - largest), 0);
          const p = scores.map((score) => Math.exp(score - largest) / total);
          if (classes === 2) expected[row] = labels[row] - p[1];
          else
            p.forEach((own, c) => {
              expected[c * rows + row] = (labels[row] === c ? 1 : 0) - own;
            });
        }
        assertNear(out.array, expected, 1e-15, `${rows} rows, ${classes} classes`);
        core.reset();
      }
    }
  }));

test('takes logarithms as they are to a rounding', () =>
  forEachBuild((core) => {
    for (const x of [1e-300, 0.1, 0.5, 1, 2, Math.E, 1e6]) {
      assertNear([core.naturalLogarithm(x)], [Math.log(x)], 2 ** -52 * Math.abs(Math.log(x)), `${x}`);
    }
  }));

test.run();
