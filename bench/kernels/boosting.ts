import { EXACT, loadTreeRows } from '../../src/learners/tree-rows.js';
import { formatCount } from '../../src/report/format-number.js';
import { type Bench, expectClose } from '../contest.js';
import { boostingResiduals, growTree, sortColumns } from '../plain/boosting.js';

const MOST_ROWS = 10_000;
const FACTOR = 1;
const DEPTH = 3;
const RATE = 0.1;

/** Residuals of boosting, and growing a tree on them, for a factor of six values. */
export const bench: Bench = {
  name: 'boosting',
  isFixedSize: true,
  async prepare({ core, rows: all, latents, factors }) {
    const rows = Math.min(all, MOST_ROWS);
    const columns = latents.columns;
    const data = Float64Array.from({ length: rows * columns }, (_, i) => latents.get(i % rows, Math.floor(i / rows)));
    const labels = Int32Array.from({ length: rows }, (_, row) => factors.get(row, FACTOR));
    const classes = Math.max(...labels) + 1;
    // Scores as after some stages, so that residuals differ.
    const scores = Float64Array.from({ length: classes * rows }, (_, i) => 0.5 * Math.sin(i) * data[i % rows]);

    const raw = core.arena.upload('f64', scores);
    const codes = core.arena.upload('i32', labels);
    const residuals = core.arena.alloc('f64', classes * rows);
    const importances = core.arena.zeros('f64', columns);
    const nodes = 2 ** DEPTH - 1;
    const tree = {
      depth: DEPTH,
      columnOf: core.arena.zeros('i32', nodes),
      thresholds: core.arena.zeros('f64', nodes),
      values: core.arena.zeros('f64', 2 * nodes + 1),
    };
    const treeRows = await loadTreeRows(core, data, rows, columns, DEPTH, EXACT, () => {});
    const subtract = () => {
      core.trees.boostingResiduals(residuals, raw, codes, rows, classes, 0, rows);
      return residuals.array[0];
    };
    const scale = (classes - 1) / classes;
    const [grown, own] = [core.arena.zeros('f64', rows), residuals.slice(0, rows)];
    const grow = () => {
      core.trees.growTree(tree, grown, importances, own, treeRows, scale, RATE);
      return importances.array[0];
    };
    subtract();

    const sorted = sortColumns(data, rows);
    const plainResiduals = new Float64Array(classes * rows);
    const subtractPlain = () => {
      boostingResiduals(plainResiduals, scores, labels, rows, classes);
      return plainResiduals[0];
    };
    const plainGrown = new Float64Array(rows);
    const plainImportances = new Float64Array(columns);
    subtractPlain();
    const ofClass = plainResiduals.subarray(0, rows);
    const growPlain = () => {
      growTree(sorted, ofClass, plainGrown, plainImportances, DEPTH, scale, RATE);
      return plainImportances[0];
    };
    return [
      {
        name: 'residuals of boosting',
        amount: rows * classes,
        unit: 'score',
        ours: subtract,
        plain: subtractPlain,
        check() {
          subtract();
          subtractPlain();
          expectClose('residuals', residuals.array, plainResiduals, 1e-14);
        },
      },
      {
        name: `a boosted tree on ${formatCount(rows)} rows`,
        amount: rows * columns,
        unit: 'value',
        ours: grow,
        plain: growPlain,
        check() {
          for (const sums of [grown.array, importances.array, plainGrown, plainImportances]) sums.fill(0);
          grow();
          growPlain();
          expectClose('gains', importances.array, plainImportances, 1e-9);
          expectClose('leaves', grown.array, plainGrown, 1e-12);
        },
      },
    ];
  },
};
