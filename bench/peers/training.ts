/**
 * GFLOP/s of the kernels of training, layer by layer, beside PyTorch (one thread) and what a tile in
 * registers, of 128 bits each, reaches without memory. Fastest of many calls: other programs on the machine make calls slower, never faster.
 *
 *   npm run bench:training
 *   PYTHON=.venv/bin/python npm run bench:training
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import asc from 'assemblyscript/asc';
import { type Build, supports } from '../../bindings/load.js';
import { loadTraining } from '../../bindings/training.js';
import { describeMachine, printTable } from '../report.js';
import { halving, layers } from '../training-layers.js';

const BATCHES = [16, 64];
const DENSE = [
  [512, 256],
  [256, 256],
  [4096, 1200],
];
const SECONDS = 0.2;

/** The eight multiply-adds of a tile, on factors that are made in registers: nothing waits for memory. */
const TILE = Array.from({ length: 8 }, (_, i) => [`s${i}`, i < 4 ? 'x' : 'y', `b${i % 4}`]);
const PEAK = `export function run(turns: i32): f32 {
  const d = f32x4.splat(1e-6);
  let x = f32x4.splat(turns), y = f32x4.add(x, d);
  ${[0, 1, 2, 3].map((i) => `const b${i} = f32x4.mul(x, f32x4.splat(${i + 1}));`).join(' ')}
  ${TILE.map(([s]) => `let ${s} = x;`).join(' ')}
  for (let i = 0; i < turns; i++) {
    x = f32x4.add(x, d);
    y = f32x4.sub(y, d);
    ${TILE.map(([s, a, b]) => `${s} = ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(${a}, ${b}, ${s}) : f32x4.add(f32x4.mul(${a}, ${b}), ${s});`).join(' ')}
  }
  return f32x4.extract_lane(${TILE.map(([s]) => s).reduce((a, b) => `f32x4.add(${a}, ${b})`)}, 0);
}`;

function fastest(work: () => void): number {
  // Until the engine has compiled its best code.
  for (const end = performance.now() + 200; performance.now() < end; ) work();
  let best = Number.POSITIVE_INFINITY;
  for (const end = performance.now() + 1000 * SECONDS; performance.now() < end; ) {
    const start = performance.now();
    work();
    best = Math.min(best, performance.now() - start);
  }
  return best / 1000;
}

type Rates = Record<string, number[]>;

async function ratesOf(build: Build): Promise<Rates> {
  const memory = new WebAssembly.Memory({ initial: 4096 });
  new Float32Array(memory.buffer).forEach((_, i, all) => {
    all[i] = ((i * 0.618034) % 1) - 0.5;
  });
  const training = await loadTraining(memory, build);
  const [x, dy, w, to, scratch] = [0, 16, 64, 96, 192].map((mebibytes) => mebibytes * 2 ** 20);
  const rates: Rates = {};
  for (const batch of BATCHES) {
    for (const { size, channels } of layers) {
      const shape = halving(size, channels);
      const operations = 2e-9 * batch * (size / 2) ** 2 * 16 * channels * shape.filters;
      const transposed = operations / fastest(() => training.inputGradient(to, dy, w, batch, shape, scratch));
      rates[`${batch} ${size} ${channels}`] = [
        operations / fastest(() => training.convolution(to, x, w, batch, shape, scratch)),
        transposed,
        transposed,
        operations / fastest(() => training.filterGradient(to, x, dy, batch, shape, scratch)),
      ];
    }
    for (const [inner, columns] of DENSE) {
      const operations = 2e-9 * batch * inner * columns;
      rates[`${batch} ${inner}x${columns}`] = [
        { rows: batch, columns, inner },
        { rows: batch, columns: inner, inner: columns, transposeB: true },
        { rows: inner, columns, inner: batch, transposeA: true },
      ].map((product) => operations / fastest(() => training.multiply(to, x, w, product, scratch)));
    }
  }
  return rates;
}

async function peakOf(build: Build): Promise<number> {
  const enable = build === 'relaxed' ? ['simd', 'relaxed-simd'] : ['simd'];
  const { binary, error } = await asc.compileString(PEAK, { optimizeLevel: 3, enable });
  if (binary === null) throw error;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(binary)), { env: { abort() {} } });
  const run = exports.run as (turns: number) => number;
  return (2e-9 * 4 * 8 * 2e4) / fastest(() => run(2e4));
}

function ratesOfTorch(): { version: string; rates: Rates } | null {
  const script = fileURLToPath(new URL('training.py', import.meta.url));
  const shapes = BATCHES.flatMap((batch) => layers.map(({ size, channels }) => [batch, size, channels, 32]));
  const products = BATCHES.flatMap((batch) => DENSE.map((sizes) => [batch, ...sizes]));
  for (const command of process.env.PYTHON ? [process.env.PYTHON] : ['python3', '/usr/bin/python3']) {
    const given = [script, String(SECONDS), JSON.stringify(shapes), JSON.stringify(products)];
    const { status, stdout } = spawnSync(command, given, {
      encoding: 'utf8',
      env: { ...process.env, OMP_NUM_THREADS: '1' },
    });
    if (status === 0) return JSON.parse(stdout);
  }
  return null;
}

if (!supports('relaxed')) setFlagsFromString('--experimental-wasm-relaxed-simd');
console.log(describeMachine('simd and relaxed'));
const torch = ratesOfTorch();
const [simd, relaxed] = [await ratesOf('simd'), await ratesOf('relaxed')];
const peaks = [await peakOf('simd'), await peakOf('relaxed')];
console.log(`GFLOP/s, fastest of many calls; ${torch ? `torch ${torch.version}, one thread` : 'without torch'}`);
console.log(`a tile in registers, without memory: ${peaks[0].toFixed(0)} (simd), ${peaks[1].toFixed(0)} (relaxed)\n`);
const convolutions = ['convolution', 'transposed', 'gradient of input', 'gradient of filter'];
const products = ['A B', "A B'", "A' B"];
printTable(
  ['batch, layer', '', 'simd', 'relaxed', 'torch', 'simd/torch', 'relaxed/torch'],
  Object.entries(simd).flatMap(([layer, rates]) =>
    rates.map((rate, i) => {
      const peer = torch?.rates[layer]?.[i];
      const [batch, ...rest] = layer.split(' ');
      const name = rest.length === 2 ? `${rest[0]} x ${rest[0]} x ${rest[1]}` : rest[0];
      const others = [relaxed[layer][i], peer].map((x) => x?.toFixed(1) ?? '-');
      const ratios = [rate, relaxed[layer][i]].map((x) => (peer ? (x / peer).toFixed(2) : '-'));
      const what = (rates.length === 4 ? convolutions : products)[i];
      return [`${batch}, ${name}`, what, rate.toFixed(1), ...others, ...ratios];
    }),
  ),
);
