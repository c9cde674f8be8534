/**
 * How the time of a decomposition grows with the number of posteriors, as a Markdown table and a
 * chart.
 *
 *   npx tsx bench/growth.ts [--rows 1000,3000,...] [--every-pair-to 30000] [--repeats 3] [-o docs/decomposition-growth.svg]
 *
 * Posteriors are those of bench/posterior.ts, 10,000 samples or as many as there are rows. Each
 * figure is the median of so many calls, fewer where they take longer than ten seconds together.
 * Both numbers of threads must give the same digits, and every pair the same means as the shortcuts
 * to 1e-8, or the run ends.
 */
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { describeLines, type Line, lineChart } from '../src/charts/line-chart.js';
import { toSvg } from '../src/charts/to-svg.js';
import { type Decomposition, decompose } from '../src/facade/decompose.js';
import { writeFileAtomically } from '../src/io/write-file.js';
import { formatCount } from '../src/report/format-number.js';
import { ALL_ROWS, makePosterior, type PosteriorKind, type SyntheticPosterior } from './posterior.js';
import { describeMachine, formatTime, medianOf } from './report.js';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: `1000,3000,10000,30000,100000,300000,${ALL_ROWS}` },
    'every-pair-to': { type: 'string', default: '30000' },
    repeats: { type: 'string', default: '3' },
    out: { type: 'string', short: 'o', default: 'docs/decomposition-growth.svg' },
  },
});
const rowCounts = values.rows.split(',').map(Number);
const repeats = Number(values.repeats);

const KINDS: readonly PosteriorKind[] = ['vae', 'collapsed'];
const THREADS = [1, 2];
/** Seconds from which a call is not repeated. */
const LONG = 10;

interface Timed {
  readonly report: Decomposition;
  readonly seconds: number;
}

const lines = new Map<string, Line & { readonly points: Array<[number, number]> }>();

console.log(`${describeMachine().replace(/, \d+ threads?/, '')}; ${repeats} calls, median\n`);
console.log('| posteriors | kind | sums | 1 thread | 2 threads | pairs, joint | pairs, single latents |');
console.log('|---:|---|---|---:|---:|---:|---:|');
for (const threads of THREADS) await decompose(makePosterior(1000), { threads });
for (const rows of rowCounts) {
  for (const kind of KINDS) {
    const posterior = makePosterior(rows, kind);
    const short = await timeAll(posterior, kind, true);
    if (rows <= Number(values['every-pair-to'])) {
      const plain = await timeAll(posterior, kind, false);
      for (const term of ['mutualInformation', 'totalCorrelation', 'dimensionwiseKl'] as const) {
        const off = Math.abs(plain[term] - short[term]);
        if (!(off <= 1e-8)) throw new Error(`${kind}, ${rows} rows: ${term} is ${off} off the sum over every pair`);
      }
    }
  }
}
if (values.out !== '-') await draw(values.out);
// Threads wait for more.
process.exit();

/** A row of the table; returns what came out. */
async function timeAll(posterior: SyntheticPosterior, kind: PosteriorKind, shortcuts: boolean): Promise<Decomposition> {
  const { rows } = posterior.mu;
  const sums = shortcuts ? 'with bounds' : 'every pair';
  const timed: Timed[] = [];
  for (const threads of THREADS) {
    const { report, seconds } = await time(() => decompose(posterior, { threads, shortcuts }));
    const name = `${kind}, ${sums}`;
    const dash = `${threads} thread${threads > 1 ? 's' : ''}`;
    const line = lines.get(name + dash) ?? { color: name, dash, points: [] };
    lines.set(name + dash, line);
    line.points.push([rows, seconds]);
    timed.push({ report, seconds });
  }
  const [{ report }, other] = timed;
  if (!isDeepStrictEqual(report, other.report)) throw new Error(`${kind}, ${rows} rows: threads change the digits`);
  const share = (of: number) => `${Number((100 * of).toPrecision(2))} %`;
  const { jointShare = 1, marginalShare = 1 } = report.accuracy ?? {};
  const times = timed.map(({ seconds }) => formatTime(seconds));
  console.log(`| ${[formatCount(rows), kind, sums, ...times, share(jointShare), share(marginalShare)].join(' | ')} |`);
  return report;
}

async function time(work: () => Promise<Decomposition>): Promise<Timed> {
  const all: number[] = [];
  for (let spent = 0; ; ) {
    const started = performance.now();
    const report = await work();
    const seconds = (performance.now() - started) / 1000;
    all.push(seconds);
    spent += seconds;
    if (all.length === repeats || spent > LONG) return { report, seconds: medianOf(all) };
  }
}

async function draw(path: string): Promise<void> {
  const chart = {
    title: 'Decomposition of a posterior: time by size',
    subtitle: [
      'D = 10, float64; 10,000 samples, or one of each posterior where they are fewer',
      'vae: five latents know a factor, one two, four have collapsed; collapsed: all have',
    ],
    x: 'posteriors (components)',
    y: 'seconds',
    lines: [...lines.values()],
  };
  const svg = await toSvg(lineChart(chart), { title: chart.title, text: describeLines(chart) });
  await writeFileAtomically(path, [new TextEncoder().encode(svg)]);
  console.log(`\n${path}: ${formatCount(svg.length)} characters`);
}
