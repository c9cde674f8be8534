/**
 * How often `compare` is wrong and how often it finds a difference that is there: scores drawn from
 * normal distributions, groups of as many repetitions, five per cent allowed.
 *
 *   npx tsx bench/comparison.ts --tables 400
 */
import { parseArgs } from 'node:util';
import { compare, type Report } from '../src/index.js';
import { RandomStream } from '../src/random.js';

const { values } = parseArgs({ options: { tables: { type: 'string', default: '400' } } });
const tables = Number(values.tables);
const STREAM = 121;

interface Design {
  readonly what: string;
  readonly repetitions: number;
  /** In units of the standard deviation of the first. */
  readonly means: readonly number[];
  readonly deviations?: readonly number[];
}

const equal = (groups: number) => Array<number>(groups).fill(0);
const DESIGNS: readonly Design[] = [
  { what: '2 groups alike', repetitions: 5, means: equal(2) },
  { what: '5 groups alike', repetitions: 6, means: equal(5) },
  { what: '5 groups alike', repetitions: 10, means: equal(5) },
  { what: '10 groups alike', repetitions: 8, means: equal(10) },
  {
    what: '5 groups alike, one of three times the deviation',
    repetitions: 8,
    means: equal(5),
    deviations: [3, 1, 1, 1, 1],
  },
  { what: '1 deviation between 2 groups', repetitions: 5, means: [0, 1] },
  { what: '2 deviations between 2 groups', repetitions: 5, means: [0, 2] },
  { what: '3 deviations between 2 groups', repetitions: 5, means: [0, 3] },
  { what: '2 deviations between the best and 4 others', repetitions: 6, means: [2, 0, 0, 0, 0] },
  { what: '2 deviations between the best and 4 others', repetitions: 10, means: [2, 0, 0, 0, 0] },
];

console.log('| design | repetitions | a best one is left out | others are all left out |');
console.log('|---|---:|---:|---:|');
DESIGNS.forEach(({ what, repetitions, means, deviations }, design) => {
  const best = means.reduce((a, b) => Math.max(a, b));
  let [wrong, whole] = [0, 0];
  for (let table = 0; table < tables; table++) {
    const noise = new RandomStream(table, STREAM, design);
    const reports: Report[] = [];
    const groups: string[] = [];
    means.forEach((mean, g) => {
      for (let i = 0; i < repetitions; i++) {
        reports.push(reportOf(mean + (deviations?.[g] ?? 1) * normal(noise)));
        groups.push(`${g}`);
      }
    });
    const marked = compare(reports, { groups }).metrics[0].best ?? means.map((_, g) => g);
    const isBest = (g: number) => means[g] === best;
    if (means.some((_, g) => isBest(g) && !marked.includes(g))) wrong++;
    if (means.every((_, g) => isBest(g) || !marked.includes(g))) whole++;
  }
  const isAlike = means.every((mean) => mean === best);
  const share = (count: number) => `${((100 * count) / tables).toFixed(1)} %`;
  console.log(`| ${what} | ${repetitions} | ${share(wrong)} | ${isAlike ? '' : share(whole)} |`);
});

function reportOf(value: number): Report {
  const score = { value, range: [null, null], parts: {}, options: {}, notes: [] };
  return { schema: 'vaemetrics/report@1', version: '', seed: 0, metrics: { score }, notes: [] } as unknown as Report;
}

/** By twelve uniform numbers: near enough to a normal one, and the same everywhere. */
function normal(words: RandomStream): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += words.below(2 ** 24) / 2 ** 24;
  return sum;
}
