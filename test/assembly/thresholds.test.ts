import { test } from 'uvu';
import type { Core } from '../../bindings/core.js';
import { bestByIntervals } from '../learners/plain-thresholds.js';
import { assertNear, assertSame, codes, normals, uniforms } from './samples.js';
import { LENGTHS, withWatchedCore } from './watched-core.js';

/**
 * Rows of `classes` classes, of which one in `classes + 1` is left out; x in increasing order, with
 * about `distinct` different values.
 */
function problemOf(rows: number, classes: number, distinct: number) {
  const x = normals(rows, rows + classes)
    .map((value) => Math.round((value * distinct) / 6))
    .sort();
  const labels = codes(rows, classes + 1, rows).map((code) => code - 1);
  const next = uniforms(classes);
  const weights = Float64Array.from({ length: classes }, () => 0.1 + next());
  return { rows, classes, x, labels, weights };
}

type Problem = ReturnType<typeof problemOf>;

const PROBLEMS = LENGTHS.flatMap((rows) =>
  [1, 2, 3, 5].flatMap((classes) => [3, 1e9].map((distinct) => problemOf(rows, classes, distinct))),
);

function begin(core: Core, { classes, weights }: Problem, levels: number, below: Float64Array) {
  return {
    best: core.arena.zeros('f64', levels),
    frozen: core.arena.alloc('f64', levels),
    gains: core.arena.zeros('f64', classes * levels),
    counts: core.arena.zeros('f64', classes),
    weights: core.arena.upload('f64', weights),
    below: core.arena.upload('f64', below),
  };
}

test('finds the most that each number of intervals gives, in one pass or in two, in calls of any length', () =>
  withWatchedCore((core) => {
    for (const problem of PROBLEMS) {
      const { rows, classes, x, labels, weights } = problem;
      const what = `${rows} rows, ${classes} classes, ${new Set(x).size} values`;
      const expected = bestByIntervals(x, labels, weights, 4);
      const column = [core.arena.upload('f64', x), core.arena.upload('i32', labels)] as const;
      const whole = begin(core, problem, 4, new Float64Array(rows));
      core.thresholds.cutColumn(whole, ...column, 0, rows);
      assertNear(whole.best.array, expected[rows], 1e-12 * (1 + rows), what);
      // Before each row, whose value has not begun.
      const firstOf = Array.from(x, (value) => x.indexOf(value));
      const before = firstOf.map((first) => expected[first][3]);
      assertNear(whole.below.array, before, 1e-12 * (1 + rows), `${what}: below`);

      const low = begin(core, problem, 2, new Float64Array(rows));
      for (let row = 0; row < rows; row += 3) core.thresholds.cutColumn(low, ...column, row, Math.min(row + 3, rows));
      const high = begin(core, problem, 2, low.below.array.slice());
      for (let row = 0; row < rows; row++) core.thresholds.cutColumn(high, ...column, row, row + 1);
      assertSame([...low.best.array, ...high.best.array], whole.best.array, `${what}: in two passes`);
      assertSame(high.below.array, whole.below.array, `${what}: below, in two passes`);
    }
  }));

test.run();
