import type { Report } from '../../src/types.js';

/** A report with these values, of no data in particular. */
export function makeReport(
  values: Readonly<Record<string, number | null>>,
  { seed = 0, rows = 100, options = {} }: { seed?: number; rows?: number; options?: Record<string, unknown> } = {},
): Report {
  return {
    schema: 'vaemetrics/report@1',
    version: '0.1.0',
    seed,
    input: {
      latents: { rows, columns: 4, dtype: 'float32' },
      factors: { rows, columns: 1, dtype: 'int32', sizes: [3], types: ['discrete'] },
    },
    metrics: Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, { value, range: [0, 1], parts: {}, options, notes: [] }]),
    ),
    notes: [],
  };
}
