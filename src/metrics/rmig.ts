import { type Note, note } from '../note.js';
import { number } from '../options/rule.js';
import { mutualInformation } from '../stats/mutual-information.js';
import type { Table } from '../stats/table.js';
import { defineMetric } from './define-metric.js';
import { type GapParts, meanGap } from './information-gap.js';
import { BINS, MILLER_MADOW, ZERO_BIN } from './shared-options.js';

/** What RMIG was made of; matrices are [latent][factor]. */
export interface RmigParts extends GapParts {
  /**
   * Largest - second largest I(.; v_k) in nats, K: the paper's RMIG before it is normalised; null
   * for a constant factor.
   */
  readonly gapInNats: Array<number | null>;
  /**
   * How many rows of each latent lie beyond -limit .. limit, D: they are counted in the outermost
   * bins.
   */
  readonly beyond: number[];
}

const OPTIONS = {
  bins: { ...BINS, default: 100 },
  limit: number({
    default: 4,
    minimum: 1e-30,
    maximum: 1e30,
    description: 'bins of latents lie between -limit and limit',
  }),
  millerMadow: MILLER_MADOW,
  zeroBin: ZERO_BIN,
};

/**
 * Robust mutual information gap: does one latent alone know each factor, on the scale of the prior?
 *
 * RMIG = mean over factors of (I(z_1st; v_k) - I(z_2nd; v_k)) / H(v_k), as MIG, but with many bins
 * of one width between -limit and limit for every latent, so that a latent that hardly varies
 * hardly informs; 0 to 1, higher is better.
 *
 * The paper spreads each row over the bins by its posterior q(z|x). Latents alone are that with a
 * vanishing spread: each row is in the bin it falls into, which is also what the authors' code does
 * with such posteriors. With means and variances only the joint table changes, from counts to sums
 * of shares.
 *
 * @param latents (N, D)
 * @param factors (N, K)
 * @see K. Do, T. Tran 2020, Theory and Evaluation Metrics for Learning Disentangled Representations
 */
export const rmig = defineMetric<'rmig', typeof OPTIONS, RmigParts, 'robust-mig'>({
  name: 'rmig',
  aliases: ['robust-mig'],
  title: 'RMIG',
  summary: 'MIG on the scale of the prior',
  needs: ['latents', 'factors'],
  range: [0, 1],
  better: 'higher',
  options: OPTIONS,
  presets: { paper: {} },
  source: 'Do & Tran 2020',
  isPlugIn: true,
  histograms: (options) => options,

  async compute(table: Table, options, { pause }) {
    const { value, parts, notes } = await meanGap(
      table,
      { ...options, normalise: 'factor', countConstants: false },
      pause,
    );
    const beyond = Array.from((await mutualInformation(table, options, pause)).beyond);
    const gapInNats = parts.gap.map((gap, k) => (gap === null ? null : gap * parts.entropy[k]));
    return {
      value,
      parts: { ...parts, gapInNats, beyond },
      notes: [...notes, ...describeBeyond(beyond, options.limit)],
    };
  },
});

function describeBeyond(beyond: readonly number[], limit: number): Note[] {
  const latents = beyond.flatMap((count, d) => (count > 0 ? [d] : []));
  if (latents.length === 0) return [];
  const counts = latents.map((d) => beyond[d]);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const rows = least === most ? `${most} ${most === 1 ? 'row' : 'rows'}` : `${least} to ${most} rows`;
  const which = `${latents.length === 1 ? 'latent' : 'latents'} ${latents.join(', ')}`;
  const text = `${which}: ${rows} beyond -${limit} .. ${limit}, in the outermost bins`;
  return [note('outermost-bins', text, { option: 'limit' })];
}
