import { type Bench, expectClose } from '../contest.js';
import { binColumns, encodeColumns, meanGap, mutualInformation } from '../plain/information.js';
import { scorer } from './score.js';

const BINS = 20;

/** MIG whole: arrays in, score out. */
export const bench: Bench = {
  name: 'mig',
  prepare({ rows, latents, factors }) {
    const { run, parts } = scorer(latents, factors, 'mig');
    const plain = () => {
      const bins = binColumns(latents.data as Float32Array, rows, latents.columns, BINS);
      const { codes, sizes } = encodeColumns(factors.data as Int32Array, rows, factors.columns);
      const information = mutualInformation(bins, codes, rows, latents.columns, sizes, BINS);
      return { ...information, value: meanGap(information.matrix, information.entropies) };
    };
    return [
      {
        name: 'mig',
        amount: rows,
        unit: 'row',
        parts,
        ours: async () => (await run()).value ?? 0,
        plain: () => plain().value,
        async check() {
          const [got, expected] = [await run(), plain()];
          expectClose('mig', [got.value ?? Number.NaN], [expected.value], 1e-9);
          expectClose('mutual information', (got.parts.mutualInformation as number[][]).flat(), expected.matrix, 1e-9);
        },
      },
    ];
  },
};
