import { plainLogDensities } from '../../src/decomposition/plain-density.js';
import { type Bench, expectClose } from '../contest.js';
import { logDensities } from '../plain/densities.js';

/** Points, and as many components. */
const POINTS = 1000;

/**
 * Log-densities of an aggregated posterior at its samples: every pair, all dimensions jointly and
 * each alone.
 */
export const bench: Bench = {
  name: 'density',
  isFixedSize: true,
  prepare({ core, latents: { data, rows, columns: latents } }) {
    const count = Math.min(rows, POINTS);
    // Means are latents; what the others need is taken from other rows, in which they are as good
    // as independent.
    const from = (row: number, d: number) => data[(row % rows) * latents + d];
    const make = (value: (row: number, d: number) => number) =>
      Float64Array.from({ length: latents * count }, (_, i) => value(i % count, Math.floor(i / count)));
    const logvarOf = (row: number, d: number) => -2 + 0.5 * from(row + 1, d);
    const mu = make(from);
    const logvar = make(logvarOf);
    const z = make((row, d) => from(row, d) + Math.exp(logvarOf(row, d) / 2) * from(row + 2, d));
    const { arena } = core;
    const components = { rows: count, latents, mu: arena.upload('f64', mu), logvar: arena.upload('f64', logvar) };
    const points = arena.upload('f64', z);
    const expected = new Float64Array((latents + 1) * count);
    const plain = () => {
      logDensities(expected, mu, logvar, z, latents);
      return expected[0];
    };
    const run = () => plainLogDensities(core, components, points);
    return [
      {
        name: 'densities',
        amount: count * count * latents,
        unit: 'pair and dimension',
        ours: async () => (await run()).joint[0],
        plain,
        async check() {
          const { joint, marginals } = await run();
          plain();
          expectClose('marginals', marginals, expected.subarray(0, latents * count), 1e-12);
          expectClose('joint', joint, expected.subarray(latents * count), 1e-12);
        },
      },
    ];
  },
};
