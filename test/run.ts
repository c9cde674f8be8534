/**
 * Runs the test files without their types (build/transpile.mjs), each in a process of its own, and
 * adds up what they report.
 *
 *   npm test                     all of them
 *   npm test -- io metrics/mig   those whose path contains one of the words
 *   npm test -- --without io,cli all but those whose path contains one of these
 *   npm test -- --node PATH      with another Node (the build in dist must exist)
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runnable } from '../build/runnable.mjs';
import { transpile } from '../build/transpile.mjs';

const folder = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('..', import.meta.url));

interface Outcome {
  readonly file: string;
  readonly code: number | null;
  readonly output: string;
  readonly total: number;
  readonly passed: number;
  readonly skipped: readonly string[];
  readonly seconds: number;
}

const words = process.argv.slice(2);
const node = takeOption('--node') ?? process.execPath;
const without = takeOption('--without')?.split(',') ?? [];
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .filter((file) => !without.some((word) => file.includes(word)))
  // From the last: what trains takes longest, and begun first leaves no core idle at the end.
  .sort()
  .reverse();

if (files.length === 0) {
  console.error(`no test file matches ${words.join(' ')}`);
  process.exit(2);
}
if (!existsSync(join(root, 'dist', 'core.wasm'))) {
  console.error('dist/core.wasm is missing; run `npm run build` first');
  process.exit(2);
}

/**
 * Slow files, whose lines others run too: to measure coverage makes them slower by half, and c8
 * reads hundreds of processes more.
 */
const UNMEASURED =
  /^(train\/(train\.|parallel|adversarial|leaks|remote|pytorch)|cli\/(train-process|after|file-flags)|package\/first-run|metrics\/(presets|ugly-inputs)|trained\/export|bench\/|fuzz\/|browser\/)/;

const transpiled = join(root, '.transpiled');
// A folder for each run: another may be under way. Coverage is read from it afterwards.
const ownFolder = join(transpiled, process.env.NODE_V8_COVERAGE === undefined ? String(process.pid) : 'covered');
removeLeftovers();
await transpile(ownFolder);
const outcomes: Outcome[] = [];
const queue = [...files];
const began = performance.now();
await Promise.all(Array.from({ length: availableParallelism() }, work));
report();
removeLeftovers(process.pid);

/** Removes the folders of runs that have ended, and of one that is about to. */
function removeLeftovers(ending?: number): void {
  if (!existsSync(transpiled)) return;
  for (const name of readdirSync(transpiled)) {
    const pid = Number(name);
    if (pid > 0 && (pid === ending || !isRunning(pid))) rmSync(join(transpiled, name), { recursive: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Takes an option and its value from the words. */
function takeOption(name: string): string | undefined {
  const at = words.indexOf(name);
  return at < 0 ? undefined : words.splice(at, 2)[1];
}

async function work(): Promise<void> {
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    const outcome = await run(file);
    outcomes.push(outcome);
    const isFine = outcome.code === 0;
    const skipped = outcome.skipped.length > 0 ? `, ${outcome.skipped.length} skipped` : '';
    const seconds = outcome.seconds.toFixed(1);
    console.log(`${isFine ? 'ok  ' : 'FAIL'} ${file} (${outcome.passed} of ${outcome.total}${skipped}, ${seconds} s)`);
    if (!isFine) console.log(outcome.output);
  }
}

function run(file: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const start = performance.now();
    const { NODE_V8_COVERAGE, ...env } = process.env;
    const isMeasured = NODE_V8_COVERAGE !== undefined && !UNMEASURED.test(file);
    const child = spawn(node, runnable(join(folder, file)), {
      env: isMeasured ? process.env : env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (data) => {
      output += data;
    });
    child.stderr.on('data', (data) => {
      output += data;
    });
    child.on('close', (code) => {
      const count = (label: string) =>
        [...output.matchAll(new RegExp(`^\\s*${label}:\\s+(\\d+)`, 'gm'))].reduce(
          (sum, match) => sum + Number(match[1]),
          0,
        );
      const [total, passed] = [count('Total'), count('Passed')];
      // A file that ends without a report, or whose hook before its tests fails, has not run them.
      const hasNotRun = total + count('Skipped') === 0 || passed < total;
      resolve({
        file,
        code: code === 0 && hasNotRun ? 1 : code,
        output,
        total,
        passed,
        skipped: [...output.matchAll(/^skipped: (.*)$/gm)].map((match) => match[1]),
        seconds: (performance.now() - start) / 1000,
      });
    });
  });
}

function report(): void {
  const sum = (pick: (outcome: Outcome) => number) => outcomes.reduce((total, outcome) => total + pick(outcome), 0);
  const passed = sum((outcome) => outcome.passed);
  const skipped = outcomes.flatMap((outcome) => outcome.skipped);
  const failed = sum((outcome) => Math.max(outcome.total - outcome.passed, outcome.code === 0 ? 0 : 1));
  for (const line of skipped) console.log(`skipped: ${line}`);
  console.log(`${((performance.now() - began) / 1000).toFixed(1)} s`);
  console.log(`${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`);
  process.exitCode = failed > 0 ? 1 : 0;
}
