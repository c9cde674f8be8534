/** `encode --encoder`: baselines, untrained networks and runs by name. */
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { exportNpz } from '../../src/data/export-npz.js';
import { pickRows } from '../../src/data/split.js';
import { writeFileAtomically } from '../../src/io/write-file.js';
import { readLatents } from '../../src/node.js';
import { encode, openDataset, openEncoder } from '../../src/train.js';
import { smallData } from '../train/small-data.js';
import { runInProcess } from './in-process.js';
import { makeFolder, NARROW } from './sample-files.js';

const { at, remove } = makeFolder();
test.after(remove);

const DATA = at('rectangles.npz');
const OUT = at('codes.npz');

test.before(() => writeFileAtomically(DATA, exportNpz(smallData, 'all', false)));

const encodeBy = (name: string, ...flags: string[]) =>
  runInProcess(['encode', '--encoder', name, '--data', DATA, '--out', OUT, ...flags]);

test('writes what score reads, of rows and by a fit that the seed draws', async () => {
  const { code, out, err } = await encodeBy(
    'pca',
    '--rows',
    '100',
    '--latents',
    '3',
    '--seed',
    '5',
    '--fit-rows',
    '60',
  );
  assert.equal([code, err], [0, '']);
  assert.match(
    out,
    /^wrote .*codes\.npz: mu, z, factors, factor_names, factor_types \(no logvar, and z is mu: codes are points\) of 100 rows of rectangles\.npz, 3 latents, by pca\n$/,
  );
  const data = await openDataset(DATA);
  const pca = await openEncoder('pca', { data, latents: 3, seed: 5, fitRows: 60 });
  const expected = await encode(pca, { data, rows: 100, seed: 5 });
  await data.close?.();
  assert.equal(expected.rows, await pickRows(smallData.size, 100, 5));
  const mu = await readLatents(OUT, { member: 'mu' });
  assert.equal(Float32Array.from(mu.data as Float32Array), expected.mu.data);
  const scored = await runInProcess(['score', OUT, '--metrics', 'mig', '--json']);
  assert.is(scored.code, 0, scored.err);
  assert.is(typeof JSON.parse(scored.out).metrics.mig.value, 'number');
});

test('writes equal bytes for equal flags, and others for another seed', async () => {
  const bytesOf = async (...flags: string[]) => {
    assert.is((await encodeBy('ica', '--latents', '3', '--rows', '50', ...flags)).code, 0);
    return readFileSync(OUT);
  };
  const once = await bytesOf('--seed', '1');
  assert.equal(await bytesOf('--seed', '1'), once);
  assert.not.equal(await bytesOf('--seed', '2'), once);
});

test('draws images by the seed, if they are drawn', async () => {
  const flags = ['--data', 'sprites-noise', '--rows', '2', '--out', OUT, '--seed', '3'];
  const { code, err } = await runInProcess(['encode', '--encoder', 'raw-pixels', ...flags]);
  assert.is(code, 0, err);
  const data = await openDataset('sprites-noise', { seed: 3 });
  const images = new Uint8Array(2 * 64 * 64 * data.image.channels);
  await data.readImages(await pickRows(data.size, 2, 3), images);
  const mu = await readLatents(OUT, { member: 'mu' });
  assert.equal(
    Array.from(mu.data, (value) => Math.round(255 * value)),
    [...images],
  );
});

test('tells in JSON what encoded, and its notes', async () => {
  const { code, out, err } = await encodeBy('pca', '--iterations', '1', '--rows', '20', '--json');
  assert.is(code, 0);
  const { schema, encoder, rows, latents, factors, reasons, notes } = JSON.parse(out);
  assert.equal(
    [schema, encoder, rows, latents, factors, reasons],
    ['vaemetrics/encode@1', 'pca', 20, 10, ['x', 'y'], { logvar: 'codes are points' }],
  );
  assert.match(notes[0], /^principal components have not converged within iterations = 1: /);
  assert.match(err, /^pca: principal components have not converged within --iterations 1: /);
  assert.is((await encodeBy('pca', '--iterations', '1', '--rows', '20', '--quiet')).err, '');
});

test('has posteriors of networks, untrained or of a run', async () => {
  const untrained = await encodeBy('untrained:mlp', '--latents', '4', '--rows', '30', '--backend', 'wasm');
  assert.is(untrained.code, 0, untrained.err);
  assert.match(untrained.out, /: mu, logvar, z, factors, .*30 rows of rectangles\.npz, 4 latents, by untrained:mlp\n$/);
  const run = at('run');
  const settings = ['--model', 'vae', '--latents', '3', '--steps', '2', '--batch-size', '8', '--test-rows', '40'];
  const trained = await runInProcess(['train', '--data', DATA, ...settings, ...NARROW, '--quiet', '--out', run]);
  assert.is(trained.code, 0, trained.err);
  const left = readFileSync(`${run}/posterior.npz`);
  const again = await runInProcess(['encode', '--encoder', `run:${run}`, '--backend', 'wasm']);
  assert.is(again.code, 0, again.err);
  assert.match(again.out, /40 rows of rectangles\.npz, 3 latents, after 2 steps\n$/);
  assert.equal(readFileSync(`${run}/posterior.npz`), left);
  const both = await runInProcess(['encode', run, '--encoder', 'pca', '--data', DATA, '--out', OUT]);
  assert.match(`${both.code} ${both.err}`, /^2 .*--encoder: expected none beside the run .*, got 'pca'/);
  const fitted = await runInProcess(['encode', run, '--latents', '3']);
  assert.match(`${fitted.code} ${fitted.err}`, /^2 .*--latents: has no effect on a run/);
});

test('refuses what it cannot do, and writes nothing', async () => {
  const refusals: ReadonlyArray<readonly [argv: readonly string[], expected: RegExp]> = [
    [[], /^2 .*expected the folder of a run, or --encoder and a name/],
    [['--encoder', 'pcs'], /^2 .*--encoder: expected one of .*did you mean 'pca'\?/],
    [['--encoder', 'pca'], /^2 .*expected --data: images that pca encodes/],
    [['--encoder', 'pca', '--data', DATA], /^2 .*expected --out and a file to write/],
    [['--encoder', 'pca', '--data', DATA, '--out', at('a.csv')], /^2 .*--out: expected a name that ends in \.npz/],
    [['--encoder', 'pca', '--data', DATA, '--out', DATA], /^\d+ .*rectangles\.npz/],
    [['--encoder', 'pca', '--data', at('none.npz'), '--out', at('a.npz')], /^66 .*no such file/],
    [
      ['--encoder', 'pca', '--data', DATA, '--out', at('a.npz'), '--untrained'],
      /^2 .*--untrained: has no effect on pca/,
    ],
    [
      ['--encoder', 'pca', '--data', DATA, '--out', at('a.npz'), '--backend', 'cpu'],
      /^2 .*--backend: has no effect on/,
    ],
    [['--encoder', 'raw-pixels', '--data', DATA, '--out', at('a.npz'), '--latents', '3'], /^2 .*--latents: has no/],
    [['--encoder', 'pca', '--data', DATA, '--out', at('a.npz'), '--split', 'test'], /^2 .*--split: .*expected all/],
    [['--encoder', 'pca', '--data', DATA, '--out', at('a.npz'), '--rows', '577'], /^2 .*--rows: .*from 1 to 576/],
    [['--encoder', 'pca', '--data', DATA, '--out', at('a.npz'), '--fit-rows', '577'], /^2 .*--fit-rows: .*at most 576/],
    [['--encoder', 'run:nowhere', '--latents', '3'], /^2 .*--latents: has no effect on run:nowhere/],
    [['--encoder', 'run:nowhere'], /^66 /],
  ];
  for (const [argv, expected] of refusals) {
    const { code, err } = await runInProcess(['encode', ...argv]);
    assert.match(`${code} ${err}`, expected);
  }
  assert.not.ok(existsSync(at('a.npz')));
});

test.run();
