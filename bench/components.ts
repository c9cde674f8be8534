/**
 * Principal and independent components of images beside scikit-learn's, in turns: time of the
 * processor, one thread each. Variances have to agree before anything is told.
 *
 *   npx tsx bench/components.ts --rows 10000 --repeats 3
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Core, withCore } from '../bindings/core.js';
import { openDataset } from '../src/data/index.js';
import { readImages } from '../src/data/read-images.js';
import { pickRows } from '../src/data/split.js';
import { independentComponents } from '../src/learners/independent-components.js';
import { principalComponents } from '../src/learners/principal-components.js';
import { STREAMS } from '../src/random.js';
import { parseArguments } from './arguments.js';
import { expectClose } from './contest.js';
import { findPython, threadsOf } from './peers/python.js';
import { describeMachine, medianOf } from './report.js';

const COUNT = 10;
const DATA = 'sprites';
/** Calls in one turn, after one that warms up. */
const CALLS = 3;

const { rows: counts, repeats } = parseArguments({ rows: [10_000], repeats: 3 });
const python = findPython();
const folder = mkdtempSync(join(tmpdir(), 'vaemetrics-components-'));
try {
  console.log(describeMachine());
  console.log(`${python.command}: Python ${python.versions}; one thread; seconds of the processor\n`);
  console.log('| fit | ours | scikit-learn | scikit-learn / ours, by turn |');
  console.log('|---|---:|---:|---:|');
  for (const rows of counts) await compare(rows);
} finally {
  rmSync(folder, { recursive: true });
}

async function compare(rows: number): Promise<void> {
  const dataset = await openDataset(DATA);
  const images = await readImages(dataset, await pickRows(dataset.size, rows, 0));
  const path = join(folder, `${rows}.u8`);
  writeFileSync(path, images);
  const turns = [];
  for (let turn = 0; turn < repeats; turn++) {
    const ours = await withCore((core) => fitOurs(core, images, rows));
    const theirs = fitTheirs(path, rows);
    const { variances } = ours;
    expectClose('variances', variances, theirs.variances, 1e-4);
    turns.push({ ours, theirs });
  }
  for (const fit of ['pca', 'ica'] as const) {
    const medians = turns.map(({ ours, theirs }) => [medianOf(ours[fit]), medianOf(theirs[fit])]);
    const [own, other] = [0, 1].map((side) => medianOf(medians.map((pair) => pair[side])));
    const ratios = medians.map(([a, b]) => (b / a).toFixed(2)).join(', ');
    const steps = fit === 'ica' ? `, ${turns[0].ours.steps} steps and ${turns[0].theirs.steps}` : '';
    const what = `${fit}, ${rows} rows${steps}`;
    console.log(`| ${what} | ${own.toFixed(3)} | ${other.toFixed(3)} | ${ratios} |`);
  }
}

async function fitOurs(core: Core, images: Uint8Array, rows: number) {
  const columns = images.length / rows;
  const x = core.arena.upload('u8', images);
  const random = { seed: 0, stream: STREAMS.baselineFits, index: 0 };
  const [pca, ica]: [number[], number[]] = [[], []];
  const fit = () => principalComponents(core, x, rows, columns, { count: COUNT, iterations: 40, random });
  let found = await fit();
  for (let call = 0; call < CALLS; call++) found = await timed(pca, fit);
  const { components, means } = found;
  const scores = core.arena.alloc('f64', rows * COUNT);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < COUNT; i++) {
      let sum = 0;
      for (let c = 0; c < columns; c++) {
        sum += (images[row * columns + c] - means[c]) * components[i * columns + c];
      }
      scores.array[row * COUNT + i] = sum / 255;
    }
  }
  const separate = () => independentComponents(core, scores, rows, COUNT, { iterations: 200, random });
  let sources = await separate();
  for (let call = 0; call < CALLS; call++) sources = await timed(ica, separate);
  return { pca, ica, variances: found.variances.map((value) => value / 255 ** 2), steps: sources.steps };
}

async function timed<R>(seconds: number[], work: () => Promise<R>): Promise<R> {
  const start = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(start);
  seconds.push((user + system) / 1e6);
  return result;
}

interface Theirs {
  readonly pca: number[];
  readonly ica: number[];
  readonly variances: number[];
  readonly steps: number;
}

function fitTheirs(path: string, rows: number): Theirs {
  const script = fileURLToPath(new URL('peers/components.py', import.meta.url));
  const env = { ...process.env, ...threadsOf(1) };
  const given = [script, path, `${rows}`, `${COUNT}`, `${CALLS}`];
  const { status, stdout, stderr } = spawnSync(python.command, given, { encoding: 'utf8', env });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}
