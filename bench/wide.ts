/**
 * Metrics of histograms on tables of many latents, with their zeros and without: time, processor
 * time and peak memory, each figure of a process of its own.
 *
 *   npx tsx bench/wide.ts [--rows 20000] [--latents 16384] [--threads 2]
 *
 * Thirty binary factors; latents that are 0 in 98 of 100 rows, and in fewer where their factor
 * is 1. Both kinds of table must give the same scores.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Report, SparseMatrix, score } from '../src/index.js';
import { Matrix } from '../src/matrix.js';
import { RandomStream } from '../src/random.js';
import { describeMachine } from './report.js';

const FACTORS = 30;
const METRICS = ['mig', 'dcimig', 'mig-sup', 'modularity'] as const;

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '20000' },
    latents: { type: 'string', default: '16384' },
    threads: { type: 'string', default: '2' },
    kind: { type: 'string' },
  },
});
const [rows, latents, threads] = [values.rows, values.latents, values.threads].map(Number);

function makeTable(): { latents: SparseMatrix; factors: Matrix } {
  const words = new RandomStream(0, 0, 0);
  const factors = new Matrix(
    Int32Array.from({ length: rows * FACTORS }, () => words.below(2)),
    rows,
    FACTORS,
  );
  const [stored, rowOf]: number[][] = [[], []];
  const starts = new Float64Array(latents + 1);
  for (let d = 0; d < latents; d++) {
    // From one active row to the next: 67 rows on average if the factor is 0, and 40 if it is
    // 1.
    for (let row = words.below(100); row < rows; ) {
      stored.push((1 + words.below(5000)) / 1000);
      rowOf.push(row);
      row += 1 + words.below(factors.get(row, d % FACTORS) === 1 ? 80 : 133);
    }
    starts[d + 1] = stored.length;
  }
  const parts = { values: Float32Array.from(stored), rowOf: Int32Array.from(rowOf), starts };
  return { latents: new SparseMatrix({ rows, columns: latents, ...parts }), factors };
}

if (values.kind === undefined) {
  console.log(
    `${describeMachine().replace(/, \d+ threads?/, '')}; ${rows} x ${latents} latents, ${FACTORS} factors, ${threads} threads`,
  );
  const own = [fileURLToPath(import.meta.url), `--rows=${rows}`, `--latents=${latents}`, `--threads=${threads}`];
  const results = ['dense', 'sparse'].map((kind) => {
    const argv = [...process.execArgv, ...own, `--kind=${kind}`];
    const { scores, ...figures } = JSON.parse(execFileSync(process.execPath, argv, { encoding: 'utf8' }));
    console.log(kind, figures);
    return JSON.stringify(scores);
  });
  if (results[0] !== results[1]) throw new Error('expected equal scores of the table with its zeros and without');
} else {
  const { latents: sparse, factors } = makeTable();
  const table = values.kind === 'dense' ? sparse.toMatrix() : sparse;
  const started = performance.now();
  const before = process.cpuUsage();
  const { metrics }: Report = await score(table, factors, { metrics: METRICS, threads });
  const { user, system } = process.cpuUsage(before);
  const figures = {
    seconds: (performance.now() - started) / 1000,
    processorSeconds: (user + system) / 1e6,
    peakMebibytes: Math.round(process.resourceUsage().maxRSS / 1024),
    scores: Object.values(metrics).map(({ value }) => value),
  };
  console.log(JSON.stringify(figures));
  process.exit();
}
