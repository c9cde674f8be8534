import { test } from 'uvu';
import { assertNear, exactSum, normals, ROUNDING } from './samples.js';
import { COLUMN_COUNTS, LENGTHS, withWatchedCore } from './watched-core.js';

test('sums divergences by column, in any number of calls', () =>
  withWatchedCore((core) => {
    for (const rows of LENGTHS) {
      for (const columns of COLUMN_COUNTS) {
        const mu = normals(rows * columns, rows + columns);
        const logvar = normals(rows * columns, rows * 7 + columns).map((x) => 2 * x - 1);
        const sums = core.arena.zeros('f64', columns);
        const [means, logarithms] = [core.arena.upload('f64', mu), core.arena.upload('f64', logvar)];
        const middle = Math.floor(rows / 3);
        core.divergence.addDivergences(sums, means, logarithms, columns, 0, middle);
        core.divergence.addDivergences(sums, means, logarithms, columns, middle, rows);
        const expected = Array.from({ length: columns }, (_, d) =>
          exactSum(
            Array.from({ length: rows }, (_, row) => {
              const [m, l] = [mu[row * columns + d], logvar[row * columns + d]];
              return 0.5 * (m * m + Math.exp(l) - 1 - l);
            }),
          ),
        );
        // Each addition rounds once; the terms, with their cancellation near the prior, a few
        // times.
        const bound = expected.map((sum) => (rows + 8) * ROUNDING * (sum + rows));
        assertNear(sums.array, expected, bound, `${rows} x ${columns}`);
      }
    }
  }));

test('is 0 for a posterior that is the prior', () =>
  withWatchedCore((core) => {
    const sums = core.arena.zeros('f64', 3);
    const zeros = core.arena.zeros('f64', 30);
    core.divergence.addDivergences(sums, zeros, zeros, 3, 0, 10);
    assertNear(sums.array, [0, 0, 0], 0, 'prior');
  }));

test.run();
