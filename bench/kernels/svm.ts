import type { Block } from '../../bindings/arena.js';
import { thresholdAccuracy } from '../../src/learners/thresholds.js';
import { loadTable } from '../../src/stats/load-table.js';
import { type Bench, expectClose, expectEqual } from '../contest.js';
import { bestThresholds, classSums, largestLine, sortRows } from '../plain/lines.js';

const FACTOR = 2;

/**
 * What classifiers on one latent need: the rows in its order; of support vector machines sums of
 * classes, and which line is the largest; the best thresholds.
 */
export const bench: Bench = {
  name: 'svm, thresholds, sorting',
  prepare({ core, rows, latents, factors }) {
    const table = loadTable(core, latents, factors, undefined);
    const codes = table.factors[FACTOR].codes as Block<'i32'>;
    const classes = table.factors[FACTOR].size as number;
    const labels = codes.array.slice();
    const column = latents.column(FACTOR);
    const everyRow = Int32Array.from({ length: rows }, (_, row) => row);
    const x = core.arena.alloc('f64', rows);
    const order = core.arena.alloc('i32', rows);
    const sort = () => {
      x.array.set(column);
      order.array.set(everyRow);
      core.rows.sortRows(x, order);
      return order.array[0];
    };
    sort();
    const plainOrder = sortRows(column);
    const sorted = Float64Array.from(plainOrder, (row) => column[row]);

    const bounds = core.arena.alloc('i32', classes + 2);
    const starts = bounds.array.fill(0);
    for (const label of labels) starts[label + 1]++;
    for (let c = 0; c < classes; c++) starts[c + 1] += starts[c];
    starts[classes + 1] = 2 * rows;
    const own = core.arena.alloc('i32', rows);
    core.rows.gatherColumn(own, codes, order, rows);
    const values = core.arena.alloc('f64', 2 * rows);
    const sums = core.arena.alloc('f64', 2 * (2 * rows + classes + 1));
    const add = () => {
      core.rows.gatherColumn(own, codes, order, rows);
      core.svm.classSums(values, sums, bounds, { x, codes: own }, 0, 1, classes);
      return values.array[0];
    };
    const addPlain = () => classSums(sorted, plainOrder, labels, classes);

    const lines = Array.from({ length: classes }, (_, c) => ({ slope: Math.sin(c + 1), intercept: Math.cos(3 * c) }));
    const slopes = Float64Array.from(lines, ({ slope }) => slope);
    const intercepts = Float64Array.from(lines, ({ intercept }) => intercept);
    const count = () => core.svm.countLargestLine({ x, codes: own }, slopes, intercepts, 0, 1);
    const countPlain = () => {
      let hits = 0;
      for (let i = 0; i < rows; i++) if (largestLine(lines, sorted[i]) === labels[plainOrder[i]]) hits++;
      return hits;
    };
    const sizes = new Int32Array(classes);
    for (const label of labels) sizes[label]++;
    const cut = () => thresholdAccuracy(core, { x, codes: own }, sizes, () => {});
    const cutPlain = () => bestThresholds(sorted, plainOrder, labels, classes);
    return [
      {
        name: 'rows sorted by a latent',
        amount: rows,
        unit: 'row',
        ours: sort,
        plain: () => sortRows(column)[0],
        check() {
          sort();
          expectEqual('order', order.array, plainOrder);
          expectEqual('sorted', x.array, sorted);
        },
      },
      {
        name: 'running sums of classes',
        amount: rows,
        unit: 'row',
        ours: add,
        plain: () => addPlain().values[0],
        check() {
          add();
          const expected = addPlain();
          expectEqual('values', values.array, expected.values);
          expectClose('sums', sums.array, expected.sums, 1e-11);
        },
      },
      {
        name: 'the largest of 40 lines',
        amount: rows,
        unit: 'row',
        ours: count,
        plain: countPlain,
        check: () => expectEqual('hits', [count()], [countPlain()]),
      },
      {
        name: 'the best thresholds of 40 values',
        amount: rows,
        unit: 'row',
        ours: cut,
        plain: cutPlain,
        async check() {
          expectClose('accuracy', [await cut()], [cutPlain()], 1e-12);
        },
      },
    ];
  },
};
