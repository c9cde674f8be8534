/** A run whose images are not where they were. */
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { exportNpz } from '../../src/data/export-npz.js';
import { writeFileAtomically } from '../../src/io/write-file.js';
import { smallData } from '../train/small-data.js';
import { runInProcess } from './in-process.js';
import { makeFolder, NARROW } from './sample-files.js';

const { at, remove } = makeFolder();
test.after(remove);

const RUN = at('run');
const DATA = at('rectangles.npz');
const MOVED = at('elsewhere/rectangles.npz');

test.before(async () => {
  await writeFileAtomically(DATA, exportNpz(smallData, 'all', false));
  const { code, err } = await runInProcess([
    ...['train', '--data', DATA, '--model', 'vae', '--latents', '2', ...NARROW],
    ...['--steps', '1', '--batch-size', '8', '--test-rows', '8', '--quiet', '--out', RUN],
  ]);
  assert.is(code, 0, err);
  mkdirSync(at('elsewhere'));
  renameSync(DATA, MOVED);
});

const errorOf = async (...args: string[]) => {
  const { code, err } = await runInProcess(args);
  return `${code} ${err.trim().split('\n')[0]}`;
};

test('commands of the run, and going on with it, say which images are gone', async () => {
  const gone = `65 vaemetrics: error: data: the run was trained on '${DATA}', which is not there: say where its images are`;
  assert.is(await errorOf('traverse', RUN, '--backend', 'wasm', '--out', at('a.png')), gone);
  assert.is(await errorOf('encode', RUN, '--backend', 'wasm'), gone);
  assert.is(await errorOf('train', '--resume', RUN, '--steps', '2', '--quiet'), gone);
});

test('around the prior latents are drawn without images, in the order of their numbers', async () => {
  const prior = ['traverse', RUN, '--backend', 'wasm', '--from', 'prior', '--out', at('prior.png')];
  const { code, out, err } = await runInProcess(prior);
  assert.is(code, 0, err);
  assert.match(
    out,
    /^line +latent\n1 +0\n2 +1\nno KL: the images that it would be of are gone; columns from -3 to 3\nwrote/,
  );
  const json = JSON.parse((await runInProcess([...prior, '--latents', '1', '--json'])).out);
  assert.equal([json.latents, json.orderedBy, json.rows], [[{ latent: 1, kl: null, variance: null }], 'number', 0]);
  assert.equal(Object.keys(json.reasons), ['kl', 'variance']);
  const picture = readFileSync(at('prior.png'));
  const beside = JSON.parse((await runInProcess([...prior, '--latents', '1', '--data', MOVED, '--json'])).out);
  assert.equal([beside.orderedBy, beside.rows, typeof beside.latents[0].kl], ['kl', 8, 'number']);
  assert.equal(readFileSync(at('prior.png')), picture);
  // What is asked of images asks for them.
  assert.match(await errorOf(...prior, '--maximum', '1'), /^65 .* which is not there: say where its images are$/);
});

test('others that are named and are not there are missing files', async () => {
  const other = at('other.npz');
  const missing = `66 vaemetrics: error: ${other}: no such file or folder`;
  assert.is(await errorOf('traverse', RUN, '--backend', 'wasm', '--data', other, '--out', at('a.png')), missing);
  assert.is(await errorOf('train', '--resume', RUN, '--data', other, '--steps', '2', '--quiet'), missing);
  assert.is(await errorOf('train', '--data', other, '--steps', '2', '--quiet', '--out', at('never')), missing);
});

test('the images themselves are taken from where they are now', async () => {
  const { code, err } = await runInProcess(['train', '--resume', RUN, '--data', MOVED, '--steps', '2']);
  assert.is(code, 0, err);
});

test.run();
