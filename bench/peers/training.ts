/**
 * GFLOP/s of the kernels of training, layer by layer, beside PyTorch with one thread. Fastest of
 * many calls: other programs on the machine make calls slower, never faster.
 *
 *   npm run bench:training
 *   PYTHON=.venv/bin/python npm run bench:training
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { loadTraining } from '../../bindings/training.js';
import type { Build } from '../../bindings/training-build.js';
import { supports } from '../../bindings/wasm-support.js';
import { describeMachine, printTable } from '../report.js';
import { halving, layers } from '../training-layers.js';
import { threadsOf } from './python.js';

const BATCHES = [16, 64];
const DENSE = [
  [512, 256],
  [256, 256],
  [4096, 1200],
];
const SECONDS = 0.2;

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

function ratesOfTorch(): { version: string; rates: Rates } | null {
  const script = fileURLToPath(new URL('training.py', import.meta.url));
  const shapes = BATCHES.flatMap((batch) => layers.map(({ size, channels }) => [batch, size, channels, 32]));
  const products = BATCHES.flatMap((batch) => DENSE.map((sizes) => [batch, ...sizes]));
  for (const command of process.env.PYTHON ? [process.env.PYTHON] : ['python3', '/usr/bin/python3']) {
    const given = [script, String(SECONDS), JSON.stringify(shapes), JSON.stringify(products)];
    const { status, stdout } = spawnSync(command, given, {
      encoding: 'utf8',
      env: { ...process.env, ...threadsOf(1) },
    });
    if (status === 0) return JSON.parse(stdout);
  }
  return null;
}

if (!supports('relaxed')) setFlagsFromString('--experimental-wasm-relaxed-simd');
console.log(describeMachine());
const torch = ratesOfTorch();
const [simd, relaxed] = [await ratesOf('simd'), await ratesOf('relaxed')];
console.log(`GFLOP/s, fastest of many calls; ${torch ? `torch ${torch.version}, one thread` : 'without torch'}\n`);
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
