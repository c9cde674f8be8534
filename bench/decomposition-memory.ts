/**
 * How much memory and time `vaemetrics decompose`, and `score` with mig-posterior, take on a file
 * of full size, threads and all, as a Markdown table.
 *
 *   npm run build && npx tsx bench/decomposition-memory.ts [--rows 737280] [--kinds vae,collapsed] [--threads 1,2] [--repeats 3]
 *
 * Each run is a process of its own, of the bundle in dist; the peak is that of what is resident,
 * and the largest of the runs is told.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { formatCount } from '../src/report/format-number.js';
import { ALL_ROWS } from './posterior.js';
import { describeMachine, formatSpread } from './report.js';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: String(ALL_ROWS) },
    kinds: { type: 'string', default: 'vae,collapsed' },
    threads: { type: 'string', default: '1,2' },
    repeats: { type: 'string', default: '3' },
  },
});

/** What is measured. */
const COMMANDS = { decompose: ['decompose'], 'mig-posterior': ['score', '--metrics', 'mig-posterior'] };

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const program = here('../dist/cli.js');
if (!existsSync(program)) {
  console.error('expected a bundle in dist: npm run build');
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'vaemetrics-memory-'));
try {
  console.log(`${describeMachine().replace(/, \d+ threads?/, '')}\n`);
  console.log('| command | kind | posteriors | file | threads | seconds, whole process | peak |');
  console.log('|---|---|---:|---:|---:|---:|---:|');
  for (const kind of values.kinds.split(',')) {
    const path = join(folder, `${kind}.npz`);
    run([...process.execArgv, here('posterior.ts'), '--rows', values.rows, '--kind', kind, '-o', path]);
    for (const threads of values.threads.split(',')) {
      for (const [name, argv] of Object.entries(COMMANDS)) {
        const runs = Array.from({ length: Number(values.repeats) }, () =>
          measure([...argv, path, '--threads', threads]),
        );
        const peak = Math.max(...runs.map((one) => one.peak));
        const cells = [name, kind, formatCount(Number(values.rows)), mebibytes(statSync(path).size), threads];
        console.log(`| ${[...cells, formatSpread(runs.map(({ seconds }) => seconds)), mebibytes(peak)].join(' | ')} |`);
      }
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function measure(command: readonly string[]): { seconds: number; peak: number } {
  const started = performance.now();
  const told = /^peak (\d+)$/m.exec(run(['--import', here('tell-peak.mjs'), program, ...command, '--quiet']));
  if (told === null) throw new Error('expected the process to tell its peak');
  return { seconds: (performance.now() - started) / 1000, peak: Number(told[1]) };
}

/** What the program says on standard error. */
function run(argv: readonly string[]): string {
  const { status, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`node ${argv.join(' ')}: exit code ${status}\n${stderr}`);
  return stderr;
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 1024 ** 2)} MiB`;
}
