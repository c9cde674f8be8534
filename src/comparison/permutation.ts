/** Whether two groups of scores differ, by all ways to deal them out again. */
import { RandomStream, STREAMS } from '../random.js';

/** Up to so many ways to deal all of them are looked at: 10 against 10 has 184,756. */
const MOST_DEALT = 200_000;
/** Beyond, so many are drawn. */
const DRAWN = 100_000;
/** Relative: sums of the same numbers in another order are equal. */
const ROUNDING = 1e-12;

/**
 * Two-sided p-value of the difference of two means, if scores were dealt to the groups by chance:
 * the share of the ways to deal them out whose difference is at least as large as that found. Exact
 * up to 200,000 ways; beyond, of 100,000 drawn ones, and that found counts as one of them.
 *
 * The p-value speaks of the populations that the scores were drawn from, if scores within a group
 * are independent. At least one score in each group.
 *
 * @param index tells pairs of groups apart, so that each has its own draws
 * @see E. Pitman 1937, Significance tests which may be applied to samples from any populations
 */
export function permutationPValue(a: readonly number[], b: readonly number[], seed: number, index: number): number {
  const all = [...a, ...b];
  const total = all.reduce((sum, value) => sum + value, 0);
  const size = all.reduce((sum, value) => sum + Math.abs(value), 0);
  // Dealing the smaller group says it all: the rest is the other.
  const [few, many] = [Math.min(a.length, b.length), Math.max(a.length, b.length)];
  const difference = (sum: number) => Math.abs(sum / few - (total - sum) / many);
  const found = difference((a.length === few ? a : b).reduce((sum, value) => sum + value, 0));
  const least = found - (ROUNDING * size) / few;
  if (waysToDeal(few, many) <= MOST_DEALT) {
    let asLarge = 0;
    let ways = 0;
    const deal = (from: number, left: number, sum: number): void => {
      if (left === 0) {
        ways++;
        if (difference(sum) >= least) asLarge++;
        return;
      }
      for (let i = from; i <= all.length - left; i++) deal(i + 1, left - 1, sum + all[i]);
    };
    deal(0, few, 0);
    return asLarge / ways;
  }
  const words = new RandomStream(seed, STREAMS.dealtScores, index);
  let asLarge = 1;
  for (let draw = 0; draw < DRAWN; draw++) {
    let sum = 0;
    for (let i = 0; i < few; i++) {
      const j = i + words.below(all.length - i);
      [all[i], all[j]] = [all[j], all[i]];
      sum += all[i];
    }
    if (difference(sum) >= least) asLarge++;
  }
  return asLarge / (DRAWN + 1);
}

/**
 * The smallest p-value that groups of these sizes can have: both ends count, if they are alike.
 */
export function smallestPValue(first: number, second: number): number {
  const ways = waysToDeal(Math.min(first, second), Math.max(first, second));
  if (ways > MOST_DEALT) return 1 / (DRAWN + 1);
  return Math.min(1, (first === second ? 2 : 1) / ways);
}

function waysToDeal(few: number, many: number): number {
  let ways = 1;
  for (let i = 1; i <= few; i++) ways = (ways * (many + i)) / i;
  return Math.round(ways);
}
