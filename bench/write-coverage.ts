/** Writes what follows from the simulation of coverage, bench/coverage.json. */
import { readFileSync, writeFileSync } from 'node:fs';
import { metrics } from '../src/metrics/index.js';

/** What the simulation of one metric, population and number of rows came to. */
export interface Simulated {
  readonly metric: string;
  readonly population: string;
  readonly rows: number;
  readonly trials: number;
  /** The score of infinitely many rows. */
  readonly truth: number;
  /** Of the levels that are simulated, in their order. */
  readonly coverage: readonly number[];
  /** Means of the 95 % interval and of the bias that it is corrected by. */
  readonly width: number;
  readonly bias: number;
  /** Mean of score - truth. */
  readonly error: number;
}

const SOURCE = new URL('../src/stats/simulated-coverage.ts', import.meta.url);
const PAGE = new URL('../docs/intervals.md', import.meta.url);
/** Populations: what was simulated of some of them alone says nothing of the others. */
const POPULATIONS = 3;
const BEGIN = '<!-- coverage -->\n';

/** The text of src/stats/simulated-coverage.ts: of each size the least coverage of a population. */
export function coverageSource(all: readonly Simulated[]): string {
  const lines = inOrder(all).flatMap(([metric, sizes]) => {
    const whole = sizes.filter(([, populations]) => populations.length === POPULATIONS);
    if (whole.length === 0) return [];
    const least = whole.map(([rows, populations]) => {
      const levels = populations[0].coverage.map((_, i) => Math.min(...populations.map(({ coverage }) => coverage[i])));
      return `${rows}: [${levels.map((value) => Number(value.toFixed(4))).join(', ')}]`;
    });
    return [`  '${metric}': { ${least.join(', ')} },\n`];
  });
  return `/** Written by \`npm run bench:coverage\` from bench/coverage.json. */
// biome-ignore format: written by a script
export const SIMULATED_COVERAGE: Readonly<Record<string, Readonly<Record<number, readonly number[]>>>> = {
${lines.join('')}};
`;
}

/** The table of docs/intervals.md. */
export function coverageTable(all: readonly Simulated[]): string {
  const rows = inOrder(all).flatMap(([, sizes]) =>
    sizes.flatMap(([, populations]) =>
      populations.map(({ metric, population, rows, trials, truth, coverage, width, bias, error }) => {
        const shares = coverage.map((value) => (100 * value).toFixed(1)).join(' / ');
        const numbers = [truth, width, bias, error].map((x) => x.toFixed(4)).join(' | ');
        return `| \`${metric}\` | ${population} | ${rows.toLocaleString('en')} | ${shares} | ${trials} | ${numbers} |\n`;
      }),
    ),
  );
  return `| score | population | rows | 90 / 95 / 99 % intervals hold it, % | tables | truth | width | bias found | true bias |
|---|---|---:|---|---:|---:|---:|---:|---:|
${rows.join('')}`;
}

/** By metric in the order of reports, then by rows. */
function inOrder(all: readonly Simulated[]): Array<[string, Array<[number, Simulated[]]>]> {
  return metrics.flatMap(({ name }) => {
    const own = all.filter(({ metric }) => metric === name);
    const sizes = [...new Set(own.map(({ rows }) => rows))].sort((a, b) => a - b);
    if (own.length === 0) return [];
    return [[name, sizes.map((rows) => [rows, own.filter((one) => one.rows === rows)])]];
  });
}

/** Puts the table into a page, in place of the one that is there. */
export function updateCoverage(page: string, all: readonly Simulated[]): string {
  const start = page.indexOf(BEGIN) + BEGIN.length;
  return page.slice(0, start) + coverageTable(all) + page.slice(page.indexOf('\n\n', start) + 1);
}

export function writeCoverage(all: readonly Simulated[]): void {
  writeFileSync(SOURCE, coverageSource(all));
  writeFileSync(PAGE, updateCoverage(readFileSync(PAGE, 'utf8'), all));
}
