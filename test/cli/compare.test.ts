import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ComparisonReport, Matrix, writeNpz } from '../../src/node.js';
import { normals } from '../assembly/samples.js';
import { makeReport } from '../report/make-report.js';
import { runInProcess } from './in-process.js';
import { makeFolder } from './sample-files.js';

const { at, remove } = makeFolder();
test.after(remove);

const SCORES = { vae: [0.1, 0.12, 0.14, 0.11, 0.13], tcvae: [0.3, 0.32, 0.31, 0.34, 0.29] };
mkdirSync(at('reports'));
const reports = Object.entries(SCORES).flatMap(([group, values]) =>
  values.map((mig, seed) => {
    const path = at(`reports/${group}-seed${seed}.json`);
    writeFileSync(path, JSON.stringify(makeReport({ mig })));
    return path;
  }),
);

async function npzOf(arrays: Readonly<Record<string, Matrix>>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  const members = Object.entries(arrays).map(([name, matrix]) => ({ name, matrix }));
  for await (const piece of writeNpz(members)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Two latents and two factors, of which the latents know more or less. */
function archiveOf(noise: number, seed: number) {
  const rows = 200;
  const factors = Int32Array.from({ length: 2 * rows }, (_, i) => (i % 2 === 0 ? i >> 1 : i >> 3) % 4);
  const added = normals(2 * rows, seed);
  const latents = Float32Array.from(factors, (value, i) => value + noise * added[i]);
  return { latents: new Matrix(latents, rows, 2), factors: new Matrix(factors, rows, 2) };
}

mkdirSync(at('runs'));
for (const [name, noise] of [
  ['sharp', 0.1],
  ['dull', 2],
] as const) {
  for (let seed = 0; seed < 4; seed++) {
    const archive = archiveOf(noise, 10 * seed + noise);
    writeFileSync(at(`runs/${name}_s${seed}.npz`), await npzOf(archive));
  }
}

test('prints groups side by side, with the best marked and one line that says how they were made', async () => {
  const { code, out, err } = await runInProcess(['compare', ...reports]);
  assert.equal([code, err], [0, '']);
  assert.match(out, /^10 models in 2 groups: /);
  assert.match(out, /\nMIG +0\.1200 ± 0\.0158 +0\.3120 ± 0\.0192\*\n/);
  assert.match(out, /smallest corrected p-value possible: 0\.0079\n/);
  assert.match(out, /- models are grouped by their names without the number at their end\n/);
});

test('scores what is no report, of a whole folder, and compares that with one group', async () => {
  const { code, out, err } = await runInProcess(['compare', at('runs'), '-m', 'mig', '--against', 'dull', '--json']);
  assert.is(code, 0, err);
  const { groups, metrics, against } = JSON.parse(out) as ComparisonReport;
  assert.equal(
    groups.map(({ name, models }) => [name, models.length]),
    [
      ['dull', 4],
      ['sharp', 4],
    ],
  );
  assert.is(against, 'dull');
  const [{ difference, interval, corrected }] = metrics[0].pairs;
  assert.ok(difference !== null && difference > 0.2, `${difference}`);
  assert.ok(interval !== null && interval[0] > 0);
  assert.is(corrected, 2 / 70);
});

test('takes pairs of files, groups by a pattern, and writes files', async () => {
  const pair = archiveOf(0.1, 77);
  writeFileSync(at('z.npz'), await npzOf({ latents: pair.latents }));
  writeFileSync(at('v.npz'), await npzOf({ factors: pair.factors }));
  const argv = [
    'compare',
    `${at('z.npz')},${at('v.npz')}`,
    at('runs/dull_s0.npz'),
    '-m',
    'mig',
    '--group',
    '([a-z]+)[^/]*$',
  ];
  const { code, out, err } = await runInProcess([...argv, '-o', at('out.json')]);
  assert.equal([code, out], [0, ''], err);
  const { models } = JSON.parse(readFileSync(at('out.json'), 'utf8')) as ComparisonReport;
  assert.equal(
    models.map(({ group }) => group),
    ['z', 'dull'],
  );
});

test('says what is wrong with what it is given', async () => {
  mkdirSync(at('empty'));
  for (const [argv, status, problem] of [
    [[at('empty')], 66, /expected runs, archives \(\.npz\) or reports \(\.json\) in the folder, found none/],
    [[at('nothing.npz')], 66, /nothing\.npz/],
    [[...reports, '--against', 'tcvea'], 2, /--against: .*tcvea/],
    [[...reports, '--group', '('], 2, /--group: expected a regular expression/],
    [[...reports, '-o', at('t.tex')], 2, /--out: expected a name that ends in/],
    [[], 2, /models/],
  ] as const) {
    const { code, err } = await runInProcess(['compare', ...argv]);
    assert.is(code, status, err);
    assert.match(err, problem);
  }
});

test.run();
