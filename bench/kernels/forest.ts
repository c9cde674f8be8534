import { rankColumns } from '../../src/learners/ranks.js';
import { STREAMS } from '../../src/random.js';
import { formatCount } from '../../src/report/format-number.js';
import { type Bench, expectClose } from '../contest.js';
import { forestGains } from '../plain/forest.js';

const MOST_ROWS = 10_000;
const FACTOR = 1;
const COLUMNS_PER_SPLIT = 3;
const SEED = 1;
const NO_LIMIT = 2 ** 31 - 1;
const WORK_PER_CALL = 1 << 18;

/**
 * A tree of a random forest, grown until its leaves are pure, for a factor of six values: the same
 * draws on both sides.
 */
export const bench: Bench = {
  name: 'forest',
  isFixedSize: true,
  async prepare({ core, rows: all, latents, factors }) {
    const rows = Math.min(all, MOST_ROWS);
    const columns = latents.columns;
    const data = Float64Array.from({ length: rows * columns }, (_, i) => latents.get(i % rows, Math.floor(i / rows)));
    const labels = Int32Array.from({ length: rows }, (_, row) => factors.get(row, FACTOR));
    const classes = Math.max(...labels) + 1;
    const own = {
      rows,
      columns,
      x: core.arena.upload('f64', data),
      ranks: core.arena.upload('u32', await rankColumns(data, rows, columns, () => {})),
      target: core.arena.upload('i32', labels),
      classes,
    };
    const tree = {
      columnOf: core.arena.alloc('i32', 2 * rows),
      thresholds: core.arena.alloc('f64', 2 * rows),
      links: core.arena.alloc('i32', 4 * rows),
      shareClasses: core.arena.alloc('i32', rows),
      shares: core.arena.alloc('f64', rows),
    };
    const gains = core.arena.zeros('f64', columns);
    const ours = () => {
      gains.array.fill(0);
      const at = { seed: SEED, stream: STREAMS.forest, index: 0 };
      const steps = core.forest.growForestTree(tree, gains, own, COLUMNS_PER_SPLIT, NO_LIMIT, true, WORK_PER_CALL, at);
      while (!steps.next().done);
      return gains.array[0];
    };
    const plain = () => forestGains(data, labels, classes, COLUMNS_PER_SPLIT, SEED, 0);
    return [
      {
        name: `a tree of a forest on ${formatCount(rows)} rows`,
        amount: rows,
        unit: 'row',
        ours,
        plain: () => plain()[0],
        check() {
          ours();
          expectClose('gains', gains.array, plain(), 1e-12);
        },
      },
    ];
  },
};
