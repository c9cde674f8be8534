import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Core } from '../../bindings/core.js';
import type { Tree, TreeRows } from '../../bindings/kernels/trees.js';
import { type Cut, EXACT, loadTreeRows } from '../../src/learners/tree-rows.js';
import { growPlainly } from './plain-tree.js';
import { assertNear, assertSame, codes, normals, uniforms } from './samples.js';
import { LENGTHS, withWatchedCore } from './watched-core.js';

const RATE = 0.1;
/** Trees that are drawn. */
const SEEDS = 300;

/** The lowest value of each bin of each column. */
function lowestOfBins({ x, sorted, starts, bins, rows, columns }: TreeRows): number[][] {
  const [values, order, bounds, counts] = [x.array, sorted.array, starts.array, bins.array];
  return Array.from({ length: columns }, (_, c) =>
    Array.from({ length: counts[2 * c] }, (_, bin) => values[c * rows + order[2 * (c * rows + bounds[257 * c + bin])]]),
  );
}

async function allocate(core: Core, x: Float64Array, rows: number, columns: number, depth: number, cut = EXACT) {
  const tree: Tree = {
    depth,
    columnOf: core.arena.alloc('i32', 2 ** depth - 1),
    thresholds: core.arena.alloc('f64', 2 ** depth - 1),
    values: core.arena.alloc('f64', 2 ** (depth + 1) - 1),
  };
  const treeRows = await loadTreeRows(core, x, rows, columns, depth, cut, () => {});
  return { tree, treeRows };
}

/**
 * Grows a tree from one sample and compares all of it with the plain one; false where that has
 * splits that gain nothing.
 */
async function compareTrees(
  core: Core,
  x: Float64Array,
  residuals: Float64Array,
  [columns, depth, scale]: readonly [number, number, number],
  cut: Cut,
  what: string,
): Promise<boolean> {
  const rows = residuals.length;
  const { tree, treeRows } = await allocate(core, x, rows, columns, depth, cut);
  const expected = growPlainly(x, residuals, columns, depth, scale, cut.isExact ? null : lowestOfBins(treeRows));
  if (expected.hasVoidSplit) {
    core.arena.reset();
    return false;
  }
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
  return true;
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
  withWatchedCore(async (core) => {
    for (const rows of ROW_COUNTS) {
      for (const shape of SHAPES) {
        const [columns] = shape;
        // The last column repeats its values.
        const x = normals(rows * columns, rows).map((value, i) =>
          i >= rows * (columns - 1) ? Math.round(value) : value,
        );
        const residuals = normals(rows, columns).map((value) => Math.sin(value));
        for (const bins of [2, 3, 20, 255]) {
          await compareTrees(
            core,
            x,
            residuals,
            shape,
            { bins, isExact: true },
            `${rows} rows, ${shape}, ${bins} bins`,
          );
        }
      }
    }
  }));

test('finds splits within bins where nearly all rows are alike, as those of a class are', () =>
  withWatchedCore(async (core) => {
    for (const share of [0.02, 0.2]) {
      for (const seed of [1, 2, 3]) {
        const next = uniforms(seed);
        const x = normals(4 * 400, seed);
        // Those of the class lie around a place of the first column; and each residual differs a
        // little.
        const residuals = Float64Array.from({ length: 400 }, (_, row) =>
          Math.abs(x[row] - 0.5) < 3 * share && next() < 0.7 ? 1 - share - 0.01 * next() : -share * next(),
        );
        for (const bins of [8, 40]) {
          await compareTrees(
            core,
            x,
            residuals,
            [4, 3, 0.9],
            { bins, isExact: true },
            `${share}, ${seed}, ${bins} bins`,
          );
        }
      }
    }
  }));

test('tries splits between bins only where it is told to', () =>
  withWatchedCore(async (core) => {
    for (const rows of ROW_COUNTS) {
      for (const shape of SHAPES) {
        const x = normals(rows * shape[0], rows);
        const residuals = normals(rows, shape[0]).map((value) => Math.sin(value));
        for (const bins of [2, 3, 20, 255]) {
          await compareTrees(
            core,
            x,
            residuals,
            shape,
            { bins, isExact: false },
            `${rows} rows, ${shape}, ${bins} bins`,
          );
        }
      }
    }
  }));

test('shares gains among columns that split equally well: doubled, mirrored, and equal by chance', () =>
  withWatchedCore(async (core) => {
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
        await compareTrees(core, x, residuals, [5, 3, 0], { bins, isExact: true }, `seed ${seed}, ${bins} bins`);
      }
    }
  }));

/**
 * Columns as latents may be: spread, of few values, constant, far from 0, copies, mirror images.
 */
function mixedColumns(rows: number, columns: number, next: () => number): Float64Array {
  const below = (n: number) => Math.floor(next() * n);
  const x = new Float64Array(rows * columns);
  for (let c = 0; c < columns; c++) {
    const kind = below(c > 0 ? 7 : 5);
    const of = (before: number) =>
      [next(), below(3), below(50) - 25, 7, 1e9 + below(rows) / 1024, before, -before][kind];
    for (let i = c * rows; i < (c + 1) * rows; i++) x[i] = of(x[i - rows]);
  }
  return x;
}

test('grows the tree that trying every split grows from columns of every kind, with equal splits', () =>
  withWatchedCore(async (core) => {
    let passedOver = 0;
    for (let seed = 0; seed < SEEDS; seed++) {
      const next = uniforms(1000 + seed);
      const below = (n: number) => Math.floor(next() * n);
      const rows = 1 + below([6, 30, 90][below(3)]);
      const columns = 1 + below(9);
      const x = mixedColumns(rows, columns, next);
      // Whole multiples of 1/64, of few values where the seed has it so; most rows of 0, as those
      // of a class are.
      const values = [2, 3, 64][below(3)];
      const share = next() < 0.5 ? 0.2 : 1;
      const residuals = Float64Array.from({ length: rows }, () =>
        next() < share ? (below(values) - (values >> 1)) / 64 : 0,
      );
      const shape = [columns, 1 + below(below(4) === 0 ? 8 : 4), below(2) ? 0 : 0.75] as const;
      const cut = { bins: [2, 3, 8, 40, 255][below(5)], isExact: below(4) > 0 };
      if (!(await compareTrees(core, x, residuals, shape, cut, `seed ${seed}`))) passedOver++;
    }
    assert.ok(passedOver < 0.05 * SEEDS, `${passedOver} trees with splits that gain nothing`);
  }));

test('does not mind which trees were grown before', () =>
  withWatchedCore(async (core) => {
    const rows = 300;
    const x = normals(6 * rows, 1);
    const { tree, treeRows } = await allocate(core, x, rows, 6, 3);
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

test('cuts columns into bins of whole values, each with its share of the rows that are left', () =>
  withWatchedCore(async (core) => {
    const boundsOf = async (values: ArrayLike<number>, bins: number) => {
      const own = await loadTreeRows(
        core,
        Float64Array.from(values),
        values.length,
        1,
        1,
        { bins, isExact: true },
        () => {},
      );
      const [count, isFine] = own.bins.array;
      assert.ok(own.starts.array.slice(count).every((bound) => bound === values.length));
      assert.is(isFine, count < new Set(Array.from(values)).size ? 1 : 0);
      return [...own.starts.array.slice(0, count + 1)];
    };
    assert.equal(await boundsOf([3, 1, 2], 3), [0, 1, 2, 3]);
    assert.equal(await boundsOf([7, 7, 7], 2), [0, 3]);
    assert.equal(await boundsOf([0, -0, 0], 2), [0, 3]);
    assert.equal(await boundsOf([1, 2, 3, 4, 5, 6], 3), [0, 2, 4, 6]);
    assert.equal(await boundsOf([0, 0, 0, 0, 0, 1, 2, 3, 4], 3), [0, 5, 7, 9]);
    assert.equal(await boundsOf([1, 2, 3, 4, 9, 9, 9, 9, 9], 2), [0, 4, 9]);
    const bounds = await boundsOf(normals(1000, 1), 255);
    assert.is(bounds.length, 256);
    const sizes = bounds.slice(1).map((bound, i) => bound - bounds[i]);
    assert.ok(Math.min(...sizes) >= 3 && Math.max(...sizes) <= 4);
  }));

test('puts the threshold where both neighbours keep their side, however close they are', () =>
  withWatchedCore(async (core) => {
    const x = Float64Array.of(1, 1 + 2 ** -52, 1, 1 + 2 ** -52);
    const { tree, treeRows } = await allocate(core, x, 4, 1, 1);
    const raw = core.arena.zeros('f64', 4);
    const residuals = core.arena.upload('f64', [0.5, -0.5, 0.25, -0.25]);
    core.trees.growTree(tree, raw, core.arena.zeros('f64', 1), residuals, treeRows, 0, 1);
    assert.is(tree.thresholds.array[0], 1);
    assertSame(raw.array, [0.375, -0.375, 0.375, -0.375], 'scores');
  }));

test('leaves a leaf without curvature at 0', () =>
  withWatchedCore(async (core) => {
    const { tree, treeRows } = await allocate(core, Float64Array.of(1, 2), 2, 1, 1);
    const raw = core.arena.zeros('f64', 2);
    core.trees.growTree(tree, raw, core.arena.zeros('f64', 1), core.arena.upload('f64', [1, 0]), treeRows, 1, 1);
    assertSame(raw.array, [0, 0], 'scores');
  }));

test.run();
