import { test } from 'uvu';
import type { Core } from '../../bindings/core.js';
import { assertNear, assertSame, codes, exactSum, normals, ROUNDING } from './samples.js';
import { LENGTHS, withWatchedCore } from './watched-core.js';

/** Rows of `classes` classes, of which one in `classes + 1` is left out; x in increasing order. */
function problemOf(rows: number, classes: number) {
  const x = normals(rows, rows + classes).sort();
  const order = Int32Array.from({ length: rows }, (_, i) => (i * 7 + 3) % Math.max(1, rows));
  // 7 and the lengths but 7 have no common divisor; there the order is that of the numbers.
  if (rows % 7 === 0) for (let i = 0; i < rows; i++) order[i] = i;
  const ofRow = codes(rows, classes + 1, rows).map((code) => code - 1);
  return { rows, classes, x, order, ofRow };
}

type Problem = ReturnType<typeof problemOf>;

const upload = (core: Core, { x, order, ofRow }: Problem) => ({
  x: core.arena.upload('f64', x),
  codes: core.arena.upload(
    'i32',
    Array.from(order, (row) => ofRow[row]),
  ),
});

const PROBLEMS = LENGTHS.flatMap((rows) => [1, 2, 3, 5, 10].map((classes) => problemOf(rows, classes)));
const [OFFSET, PER_SCALE] = [0.25, 3];

test('groups sorted rows by class and sums them, with all of them in a segment of their own', () =>
  withWatchedCore((core) => {
    for (const problem of PROBLEMS) {
      const { rows, classes, x, order, ofRow } = problem;
      const chosen = Array.from(x.keys()).filter((i) => ofRow[order[i]] >= 0);
      const segments = Array.from({ length: classes + 1 }, (_, c) =>
        chosen.filter((i) => c === classes || ofRow[order[i]] === c).map((i) => (x[i] - OFFSET) * PER_SCALE),
      );
      const n = chosen.length;
      const starts = [0];
      for (const segment of segments) starts.push(starts[starts.length - 1] + segment.length);
      const bounds = core.arena.upload('i32', starts);
      const values = core.arena.alloc('f64', 2 * n);
      const sums = core.arena.alloc('f64', 2 * (2 * n + classes + 1));
      core.svm.classSums(values, sums, bounds, upload(core, problem), OFFSET, PER_SCALE, classes);
      const what = `${rows} rows, ${classes} classes`;
      assertSame(values.array, segments.flat(), `${what}: values`);
      const upTo = segments.flatMap((segment) =>
        Array.from({ length: segment.length + 1 }, (_, i) => segment.slice(0, i)),
      );
      const expected = upTo.flatMap((list) => [exactSum(list), exactSum(list.map((v) => v * v))]);
      const sizes = upTo.flatMap((list) => [exactSum(list.map(Math.abs)), exactSum(list.map((v) => v * v))]);
      assertNear(
        sums.array,
        expected,
        sizes.map((size) => (rows + 2) * ROUNDING * size),
        `${what}: sums`,
      );
    }
  }));

test('counts the rows whose class has the largest line, ties to the lowest class', () =>
  withWatchedCore((core) => {
    for (const problem of PROBLEMS) {
      const { rows, classes, x, order, ofRow } = problem;
      const slopes = normals(classes, classes);
      const intercepts = normals(classes, classes + 1);
      // The last line is the first once more.
      if (classes > 2) [slopes[classes - 1], intercepts[classes - 1]] = [slopes[0], intercepts[0]];
      const expected = Array.from(x, (value, i) => {
        const lines = Array.from(slopes, (slope, c) => slope * ((value - OFFSET) * PER_SCALE) + intercepts[c]);
        const most = Math.max(...lines);
        return ofRow[order[i]] === lines.findIndex((line) => line >= most - 1e-12);
      }).filter(Boolean).length;
      const hits = core.svm.countLargestLine(upload(core, problem), slopes, intercepts, OFFSET, PER_SCALE);
      assertSame([hits], [expected], `${rows} rows, ${classes} classes`);
    }
    const row = { x: Float64Array.of(0), order: Int32Array.of(0), rows: 1, classes: 3 };
    for (const [gap, winner] of [
      [0.9e-12, 0],
      [1.1e-12, 2],
    ]) {
      const blocks = upload(core, { ...row, ofRow: Int32Array.of(winner) });
      const intercepts = Float64Array.of(0, -1, gap);
      assertSame([core.svm.countLargestLine(blocks, new Float64Array(3), intercepts, 0, 1)], [1], `a gap of ${gap}`);
    }
  }));

test.run();
