/** A run whose images are not where they were. */
import { mkdirSync, renameSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { exportNpz } from '../../src/data/export-npz.js';
import { writeFileAtomically } from '../../src/io/write-file.js';
import { smallData } from '../train/small-data.js';
import { runInProcess } from './in-process.js';
import { makeFolder } from './sample-files.js';

const { at, remove } = makeFolder();
test.after(remove);

const RUN = at('run');
const DATA = at('rectangles.npz');

test.before(async () => {
  await writeFileAtomically(DATA, exportNpz(smallData, 'all', false));
  const { code, err } = await runInProcess([
    ...['train', '--data', DATA, '--model', 'vae', '--latents', '2', '--architecture', 'mlp', '--backend', 'wasm'],
    ...['--steps', '1', '--batch-size', '8', '--test-rows', '8', '--threads', '1', '--quiet', '--out', RUN],
  ]);
  assert.is(code, 0, err);
  mkdirSync(at('elsewhere'));
  renameSync(DATA, at('elsewhere/rectangles.npz'));
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

test('others that are named and are not there are missing files', async () => {
  const other = at('other.npz');
  const missing = `66 vaemetrics: error: ${other}: no such file or folder`;
  assert.is(await errorOf('traverse', RUN, '--backend', 'wasm', '--data', other, '--out', at('a.png')), missing);
  assert.is(await errorOf('train', '--resume', RUN, '--data', other, '--steps', '2', '--quiet'), missing);
  assert.is(await errorOf('train', '--data', other, '--steps', '2', '--quiet', '--out', at('never')), missing);
});

test('the images themselves are taken from where they are now', async () => {
  const { code, err } = await runInProcess([
    'train',
    '--resume',
    RUN,
    '--data',
    at('elsewhere/rectangles.npz'),
    '--steps',
    '2',
  ]);
  assert.is(code, 0, err);
});

test.run();
