/**
 * Log-densities of a posterior at its samples, every pair, beside C, numpy and PyTorch: float32, one thread each, in turns.
 * Agreement is checked before anything is told.
 *
 *   npm run bench:density                      N = M = 4,096, D = 10
 *   npm run bench:density -- --rows 1000 --repeats 9
 *   PYTHON=.venv/bin/python npm run bench:density
 *
 * Every contender is a process that stays, computes once per line that it is sent and answers with the seconds of processor time
 * that it took, which other programs on the machine disturb little. gcc, numpy with SciPy, and torch are left out where they are missing.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { formatCount } from '../../src/report/format-number.js';
import { parseArguments } from '../arguments.js';
import { PlainStream } from '../plain/philox.js';
import { describeMachine, formatRatio, formatSpread, medianOf, printTable } from '../report.js';

interface Contender {
  readonly name: string;
  /** The command, before the names of the files. */
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Turns that it sits out between two: those that take seconds. */
  readonly every?: number;
}

const LATENTS = 10;
/** Of a log-density: the contenders sum thousands of float32 numbers, some one after the other. */
const TOLERANCE = 2e-4;
/** Calls before those that count. */
const WARM_UP = 3;

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const { rows: rowCounts, repeats } = parseArguments({ rows: [4096], repeats: 15 });
const folder = mkdtempSync(join(tmpdir(), 'vaemetrics-density-'));
try {
  const contenders = [...ours(), ...compiled(), ...scripted()];
  console.log(describeMachine('simd and relaxed'));
  console.log(`processor time per pair and dimension, D = ${LATENTS}; median [minimum–maximum] of ${repeats} turns;`);
  console.log('ratios within a turn, to ours in simd and in relaxed\n');
  for (const rows of rowCounts) await compare(rows, contenders);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function ours(): Contender[] {
  return (['float32', 'float64'] as const).flatMap((precision) =>
    (['simd', 'relaxed'] as const)
      .filter((build) => precision === 'float32' || build === 'simd')
      .map((build) => ({
        name: `ours, ${precision}, ${build}`,
        command: [process.execPath, '--import', 'tsx', here('density-ours.ts'), precision],
        environment: { VAEMETRICS_WASM: build },
        every: precision === 'float64' ? 5 : 1,
      })),
  );
}

function compiled(): Contender[] {
  const program = join(folder, 'density');
  const flags = ['-O3', '-march=x86-64-v2', '-ffast-math'];
  const { status, stderr, error } = spawnSync('gcc', [...flags, here('density.c'), '-o', program, '-lmvec', '-lm'], {
    encoding: 'utf8',
  });
  if (status === 0) return [{ name: `C, gcc ${flags.join(' ')}, libmvec`, command: [program] }];
  console.log(`without C: ${error?.message ?? stderr.trim().split('\n')[0]}`);
  return [];
}

function scripted(): Contender[] {
  const python = process.env.PYTHON ?? 'python3';
  return [
    ['numpy', 'import numpy, scipy; print("numpy", numpy.__version__, "scipy", scipy.__version__, end="")'],
    ['torch', 'import numpy, torch; print("torch", torch.__version__, end="")'],
  ].flatMap(([style, probe]) => {
    const { status, stdout, stderr, error } = spawnSync(python, ['-c', probe], { encoding: 'utf8' });
    if (status === 0) return [{ name: stdout, command: [python, here('density.py'), style], every: 5 }];
    console.log(`without ${style}: ${error?.message ?? stderr.trim().split('\n').pop()}`);
    return [];
  });
}

/** Writes what all of them read: i32 N, M, D; f32 mu, logvar, z, a dimension after the other. */
function writeInput(rows: number): string {
  const path = join(folder, `input-${rows}`);
  const [means, widths, noise] = [0, 1, 2].map((stream) => drawNormals(rows * LATENTS, stream));
  const logvar = widths.map((x) => 0.5 * x - 1);
  const z = means.map((mean, i) => mean + Math.exp(0.5 * logvar[i]) * noise[i]);
  const numbers = [means, logvar, z].map((values) => Buffer.from(Float32Array.from(values).buffer));
  writeFileSync(path, Buffer.concat([Buffer.from(Int32Array.of(rows, rows, LATENTS).buffer), ...numbers]));
  return path;
}

/** Box and Muller. */
function drawNormals(count: number, index: number): Float64Array {
  const stream = new PlainStream(0, 0, index);
  const uniform = () => stream.word() / 2 ** 32;
  return Float64Array.from({ length: count }, () => {
    return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  });
}

async function compare(rows: number, contenders: readonly Contender[]): Promise<void> {
  const input = writeInput(rows);
  const running = contenders.map((contender, k) => start(contender, input, join(folder, `output-${rows}-${k}`)));
  try {
    for (let call = 0; call < WARM_UP; call++) {
      for (const [k, { ask }] of running.entries()) if (call === 0 || !contenders[k].every) await ask();
    }
    running.forEach(({ output }, k) => {
      checkAgreement(contenders[k].name, readNumbers(output), readNumbers(running[0].output));
    });
    const seconds: number[][] = contenders.map(() => []);
    const ratios = contenders.map(() => [[] as number[], [] as number[]]);
    for (let turn = 0; turn < repeats; turn++) {
      const now: number[] = [];
      for (const [k, { ask }] of running.entries()) {
        if (turn % (contenders[k].every ?? 1) > 0) continue;
        now[k] = (await ask()) / (rows * rows * LATENTS);
        seconds[k].push(now[k]);
      }
      for (const [k, own] of ratios.entries()) {
        if (now[k] !== undefined) for (const [side, list] of own.entries()) list.push(now[k] / now[side]);
      }
    }
    const line = (name: string, k: number) => [name, formatSpread(seconds[k]), ...ratios[k].map(formatRatio)];
    console.log(
      `N = M = ${formatCount(rows)}; ours in simd takes ${formatMilliseconds(medianOf(seconds[0]) * rows * rows * LATENTS)}`,
    );
    printTable(
      ['', 'each', 'to simd', 'to relaxed'],
      contenders.map(({ name }, k) => line(name, k)),
    );
  } finally {
    for (const { child } of running) child.kill();
  }
}

function formatMilliseconds(seconds: number): string {
  return `${(seconds * 1e3).toFixed(0)} ms`;
}

interface Running {
  readonly child: ChildProcess;
  readonly output: string;
  /** Has it computed once; resolves to the seconds that it says. */
  ask(): Promise<number>;
}

function start({ name, command: [file, ...argv], environment }: Contender, input: string, output: string): Running {
  const child = spawn(file, [...argv, input, output], {
    env: { ...process.env, ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${name}: ended with exit code ${code}`);
  });
  // Of interest to those who wait for an answer only.
  ended.catch(() => {});
  return {
    child,
    output,
    async ask() {
      child.stdin.write('\n');
      const [line] = await Promise.race([once(lines, 'line'), ended]);
      return Number(line);
    },
  };
}

function readNumbers(path: string): Float32Array {
  return new Float32Array(new Uint8Array(readFileSync(path)).buffer);
}

function checkAgreement(name: string, got: Float32Array, expected: Float32Array): void {
  if (got.length !== expected.length)
    throw new Error(`${name}: expected ${expected.length} numbers, got ${got.length}`);
  expected.forEach((value, i) => {
    if (Math.abs(got[i] - value) <= TOLERANCE) return;
    throw new Error(`${name}: expected ${value} within ${TOLERANCE} at ${i}, got ${got[i]}`);
  });
}
