import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Core } from '../../bindings/core.js';
import type { Tree } from '../../bindings/kernels/trees.js';
import { type Cut, cutIntoBins, EXACT, loadTreeRows, sortColumns } from '../../src/learners/tree-rows.js';
import { forEachBuild, LENGTHS } from './builds.js';
import { assertNear, assertSame, codes, normals, uniforms } from './samples.js';

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

/** The lowest value of each bin of a column. */
function lowestOfBins(x: Float64Array, rows: number, column: number, bins: number): number[] {
  const values = x.slice(column * rows, (column + 1) * rows);
  const bounds = cutIntoBins(sortColumns(values, rows, 1), bins);
  return bounds.slice(0, -1).map((at) => values.sort()[at]);
}

/** cut: where splits between its bins are the only ones. */
function growPlainly(
  x: Float64Array,
  r: Float64Array,
  columns: number,
  depth: number,
  scale: number,
  cut = EXACT,
): Oracle {
  const rows = r.length;
  const lowest = cut.isExact ? null : Array.from({ length: columns }, (_, c) => lowestOfBins(x, rows, c, cut.bins));
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
          const isBetween = (bound: number) => distinct[i] < bound && bound <= distinct[i + 1];
          if (lowest && !lowest[column].some(isBetween)) continue;
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

function allocate(core: Core, x: Float64Array, rows: number, columns: number, depth: number, cut = EXACT) {
  const tree: Tree = {
    depth,
    columnOf: core.arena.alloc('i32', 2 ** depth - 1),
    thresholds: core.arena.alloc('f64', 2 ** depth - 1),
    values: core.arena.alloc('f64', 2 ** (depth + 1) - 1),
  };
  const treeRows = loadTreeRows(core, x, rows, columns, depth, cut);
  return { tree, treeRows };
}

/** Grows a tree from one sample and compares all of it with the oracle's. */
function compareTrees(
  core: Core,
  x: Float64Array,
  residuals: Float64Array,
  [columns, depth, scale]: readonly [number, number, number],
  cut: Cut,
  what: string,
): void {
  const rows = residuals.length;
  const expected = growPlainly(x, residuals, columns, depth, scale, cut);
  const { tree, treeRows } = allocate(core, x, rows, columns, depth, cut);
  const raw = core.arena.upload('f64', new Float64Array(rows).fill(2));
  const importances = core.arena.upload('f64', new Float64Array(columns).fill(1));
  core.trees.growTree(tree, raw, importances, core.arena.upload('f64', residuals), treeRows, scale, RATE);
  for (const [node, column] of expected.columnOf) assert.is(tree.columnOf.array[node], column, `${what}: ${node}`);
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
  core.trees.addTree(again, treeRows.x, tree, RATE);
  assertSame(again.array, raw.array, `${what}: applied`);
  core.arena.reset();
}

const SHAPES = [
  [1, 1, 0],
  [3, 2, 0.75],
  [4, 3, 1],
  [2, 5, 0],
  [5, 2, 1],
  [7, 3, 0.9],
] as const;
const ROW_COUNTS = LENGTHS.filter((length) => length > 0 && length < 1000).concat(150);

test('grows the tree that trying every split grows, into however many bins columns are cut', () =>
  forEachBuild((core) => {
    for (const rows of ROW_COUNTS) {
      for (const shape of SHAPES) {
        const [columns] = shape;
        // The last column repeats its values.
        const x = normals(rows * columns, rows).map((value, i) =>
          i >= rows * (columns - 1) ? Math.round(value) : value,
        );
        const residuals = normals(rows, columns).map((value) => Math.sin(value));
        for (const bins of [2, 3, 20, 255]) {
          compareTrees(core, x, residuals, shape, { bins, isExact: true }, `${rows} rows, ${shape}, ${bins} bins`);
        }
      }
    }
  }));

test('finds splits within bins where nearly all rows are alike, as those of a class are', () =>
  forEachBuild((core) => {
    for (const share of [0.02, 0.2]) {
      for (const seed of [1, 2, 3]) {
        const next = uniforms(seed);
        const x = normals(4 * 400, seed);
        // Those of the class lie around a place of the first column; and each residual differs a little.
        const residuals = Float64Array.from({ length: 400 }, (_, row) =>
          Math.abs(x[row] - 0.5) < 3 * share && next() < 0.7 ? 1 - share - 0.01 * next() : -share * next(),
        );
        for (const bins of [8, 40]) {
          compareTrees(core, x, residuals, [4, 3, 0.9], { bins, isExact: true }, `${share}, ${seed}, ${bins} bins`);
        }
      }
    }
  }));

test('tries splits between bins only where it is told to', () =>
  forEachBuild((core) => {
    for (const rows of ROW_COUNTS) {
      for (const shape of SHAPES) {
        const x = normals(rows * shape[0], rows);
        const residuals = normals(rows, shape[0]).map((value) => Math.sin(value));
        for (const bins of [2, 3, 20, 255]) {
          compareTrees(core, x, residuals, shape, { bins, isExact: false }, `${rows} rows, ${shape}, ${bins} bins`);
        }
      }
    }
  }));

test('shares gains among columns that split equally well: doubled, mirrored, and equal by chance', () =>
  forEachBuild((core) => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const rows = 60;
      const one = normals(rows, seed);
      const coarse = codes(rows, 3, seed);
      const x = Float64Array.from([
        ...codes(rows, 4, seed + 9),
        ...one,
        ...one.map((value) => -value),
        ...one,
        ...coarse,
      ]);
      // Few values, which make equal sums common.
      const residuals = Float64Array.from(codes(rows, 3, seed + 20), (code) => (code - 1) / 2);
      for (const bins of [4, 255]) {
        compareTrees(core, x, residuals, [5, 3, 0], { bins, isExact: true }, `seed ${seed}, ${bins} bins`);
      }
    }
  }));

test('does not mind which trees were grown before', () =>
  forEachBuild((core) => {
    const rows = 300;
    const x = normals(6 * rows, 1);
    const { tree, treeRows } = allocate(core, x, rows, 6, 3);
    const raw = core.arena.zeros('f64', rows);
    const residuals = [2, 3, 4].map((seed) => core.arena.upload('f64', normals(rows, seed)));
    const grow = (own: (typeof residuals)[number]) => {
      const importances = core.arena.zeros('f64', 6);
      core.trees.growTree(tree, raw, importances, own, treeRows, 0, RATE);
      return [...tree.columnOf.array, ...tree.thresholds.array, ...importances.array];
    };
    const first = residuals.map(grow);
    assert.is.not(first[0][0], first[1][0]);
    assert.equal([...residuals].reverse().map(grow).reverse(), first);
  }));

test('cuts columns into bins of whole values, each with its share of the rows that are left', () => {
  const sorted = (values: number[]) => sortColumns(Float64Array.from(values), values.length, 1);
  assert.equal(cutIntoBins(sorted([3, 1, 2]), 3), [0, 1, 2, 3]);
  assert.equal(cutIntoBins(sorted([7, 7, 7]), 2), [0, 3]);
  assert.equal(cutIntoBins(sorted([1, 2, 3, 4, 5, 6]), 3), [0, 2, 4, 6]);
  assert.equal(cutIntoBins(sorted([0, 0, 0, 0, 0, 1, 2, 3, 4]), 3), [0, 5, 7, 9]);
  assert.equal(cutIntoBins(sorted([1, 2, 3, 4, 9, 9, 9, 9, 9]), 2), [0, 4, 9]);
  const bounds = cutIntoBins(sorted([...normals(1000, 1)]), 255);
  assert.is(bounds.length, 256);
  const sizes = bounds.slice(1).map((bound, i) => bound - bounds[i]);
  assert.ok(Math.min(...sizes) >= 3 && Math.max(...sizes) <= 4);
});

test('puts the threshold where both neighbours keep their side, however close they are', () =>
  forEachBuild((core) => {
    const x = Float64Array.of(1, 1 + 2 ** -52, 1, 1 + 2 ** -52);
    const { tree, treeRows } = allocate(core, x, 4, 1, 1);
    const raw = core.arena.zeros('f64', 4);
    const residuals = core.arena.upload('f64', [0.5, -0.5, 0.25, -0.25]);
    core.trees.growTree(tree, raw, core.arena.zeros('f64', 1), residuals, treeRows, 0, 1);
    assert.is(tree.thresholds.array[0], 1);
    assertSame(raw.array, [0.375, -0.375, 0.375, -0.375], 'scores');
  }));

test('leaves a leaf without curvature at 0', () =>
  forEachBuild((core) => {
    const { tree, treeRows } = allocate(core, Float64Array.of(1, 2), 2, 1, 1);
    const raw = core.arena.zeros('f64', 2);
    core.trees.growTree(tree, raw, core.arena.zeros('f64', 1), core.arena.upload('f64', [1, 0]), treeRows, 1, 1);
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
        core.trees.boostingResiduals(out, ...blocks, rows, classes, first, rows);
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
        core.arena.reset();
      }
    }
  }));

test('takes exponentials to one and a half units in the last place, and none of scores far apart', () =>
  forEachBuild((core) => {
    // Where a score is below -40, its probability is its exponential.
    const scores = Float64Array.from({ length: 20001 }, (_, i) => -40 - (668 * i) / 20000);
    const out = core.arena.alloc('f64', scores.length);
    const labels = core.arena.zeros('i32', scores.length);
    core.trees.boostingResiduals(out, core.arena.upload('f64', scores), labels, scores.length, 2, 0, scores.length);
    // JavaScript's own may be a unit off, too.
    assertNear(
      out.array,
      scores.map((score) => -Math.exp(score)),
      scores.map((score) => 2.5 * 2 ** -52 * Math.exp(score)),
      'exponentials',
    );
    const far = core.arena.upload('f64', [0, -1e300, 800, 2000, -2000, 0]);
    const residuals = core.arena.alloc('f64', 6);
    core.trees.boostingResiduals(residuals, far, core.arena.upload('i32', [1, 2]), 2, 3, 0, 2);
    assertNear(residuals.array, [0, 0, 0, -1, 0, 1], 1e-300, 'scores far apart');
  }));

test('takes logarithms as they are to a rounding', () =>
  forEachBuild((core) => {
    for (const x of [1e-300, 0.1, 0.5, 1, 2, Math.E, 1e6]) {
      assertNear([core.information.naturalLogarithm(x)], [Math.log(x)], 2 ** -52 * Math.abs(Math.log(x)), `${x}`);
    }
  }));

test.run();
