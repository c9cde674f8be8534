import { encodeFactor } from './binning.js';
import { entropyOf, type HistogramOptions } from './mutual-information.js';
import { joinCodes } from './row-groups.js';
import type { Table } from './table.js';

type Options = Pick<HistogramOptions, 'bins' | 'edges' | 'millerMadow'>;

/** Entropy of values that occur together. */
interface JointEntropy {
  /** Nats. */
  readonly entropy: number;
  /** How many combinations occur. */
  readonly occupied: number;
}

/**
 * H(v_k | v_l) of the values (or bins) of two factors, in nats: exactly 0 if v_k is a function of
 * v_l.
 */
export async function conditionalEntropy(table: Table, k: number, l: number, options: Options): Promise<number> {
  const given = await jointEntropy(table, [l], options);
  const both = await jointEntropy(table, k < l ? [k, l] : [l, k], options);
  // As many combinations as values: each value of v_l comes with one of v_k.
  return both.occupied === given.occupied ? 0 : both.entropy - given.entropy;
}

function jointEntropy(table: Table, factors: readonly number[], options: Options): Promise<JointEntropy> {
  const { bins, edges = 'float64', millerMadow } = options;
  const key = `joint entropy ${factors.join()} ${bins} ${edges} ${millerMadow}`;
  return table.memoOfFactors(key, async () => {
    const coded = await Promise.all(factors.map((k) => encodeFactor(table, k, bins, edges)));
    const { core, rows } = table;
    const mark = core.arena.mark();
    const joint = core.arena.alloc('i32', rows);
    const counts = core.arena.zeros('u32', joinCodes(table, joint, coded));
    const [codes, count] = [joint.array, counts.array];
    for (let row = 0; row < rows; row++) count[codes[row]]++;
    const found = {
      entropy: entropyOf(core, counts, rows, millerMadow),
      occupied: core.information.countOccupied(counts),
    };
    core.arena.release(mark);
    return found;
  });
}
