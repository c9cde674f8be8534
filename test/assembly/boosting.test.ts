import { test } from 'uvu';
import { assertNear, codes, normals } from './samples.js';
import { LENGTHS, withWatchedCore } from './watched-core.js';

test('gives the residuals of the softmax, and of the logistic function for two classes', () =>
  withWatchedCore((core) => {
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
  withWatchedCore((core) => {
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
  withWatchedCore((core) => {
    for (const x of [1e-300, 0.1, 0.5, 1, 2, Math.E, 1e6]) {
      assertNear([core.information.naturalLogarithm(x)], [Math.log(x)], 2 ** -52 * Math.abs(Math.log(x)), `${x}`);
    }
  }));

test.run();
