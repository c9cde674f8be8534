/** Encoders by name: what is common to them, untrained networks, and runs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ENCODERS, encode, openEncoder, train } from '../../src/train.js';
import { smallData as data } from '../train/small-data.js';
import { refusalOf } from './small-model.js';

const folder = mkdtempSync(join(tmpdir(), 'vaemetrics-encoder-'));
test.after(() => rmSync(folder, { recursive: true }));

const RUN = join(folder, 'run');

test.before(async () => {
  const settings = { model: 'vae', architecture: 'mlp', mlpWidth: 8, latents: 3, seed: 4, steps: 2 } as const;
  await train({ ...settings, data, backend: 'wasm', batchSize: 16, testRows: 40, out: RUN });
});

test('an encoder has one name, however it is written', async () => {
  assert.is((await openEncoder('Raw_Pixels', { data })).name, 'raw-pixels');
  assert.equal(
    ENCODERS.map(({ name }) => name),
    [
      ...['ground-truth', 'raw-pixels', 'pca', 'ica', 'random'],
      ...['untrained:burgess', 'untrained:locatello', 'untrained:mlp', 'run:PATH'],
    ],
  );
});

test('an untrained network has the weights that training begins with', async () => {
  const encoder = await openEncoder('untrained:mlp', { data, latents: 3, seed: 4, backend: 'wasm' });
  const { mu, logvar, rows } = await encode(encoder, { data, rows: 40 });
  assert.equal([mu.columns, logvar?.columns, encoder.notes], [3, 3, []]);
  const decoded = await encoder.decode!(mu.data.slice(0, 3));
  assert.ok(decoded.length === 64 && decoded.every((value) => value >= 0 && value <= 1));
  await encoder.close();
  const wide = join(folder, 'wide');
  const settings = { model: 'vae', architecture: 'mlp', latents: 3, seed: 4, steps: 1 } as const;
  await train({ ...settings, data, backend: 'wasm', batchSize: 16, testRows: 0, out: wide });
  const before = await encode(wide, { data, untrained: true, backend: 'wasm', rows: 40, seed: 0 });
  assert.equal(before.rows, rows);
  assert.equal([before.mu, before.logvar], [mu, logvar]);
  const other = await openEncoder('untrained:mlp', { data, latents: 3, seed: 5, backend: 'wasm' });
  assert.not.equal((await encode(other, { data, rows: 40 })).mu, mu);
  await other.close();
});

test('a run is itself by its name, with its own data', async () => {
  const encoder = await openEncoder(`run:${RUN}`, { backend: 'wasm' });
  assert.equal([encoder.name, encoder.latents], [`run:${RUN}`, 3]);
  const { mu } = await encode(encoder, { data, rows: 30 });
  await encoder.close();
  assert.equal(mu, (await encode(RUN, { data, rows: 30, backend: 'wasm' })).mu);
  assert.match(await refusalOf(() => openEncoder(`run:${folder}/nowhere`)), /ERR_NO_INPUT/);
});

test('names and options that are not there are refused, with the nearest', async () => {
  const refusals: ReadonlyArray<readonly [name: unknown, options: object, expected: RegExp]> = [
    [
      'pcs',
      { data },
      /^RangeError ERR_OPTION: encoder: expected one of ground-truth, .*got 'pcs'; did you mean 'pca'\?/,
    ],
    ['untrained:burges', { data }, /did you mean 'untrained:burgess'\?/],
    ['untrained:', { data }, /ERR_OPTION: encoder: expected one of/],
    ['run:', {}, /ERR_OPTION: encoder: expected one of/],
    [7, { data }, /^TypeError ERR_OPTION: encoder: .*got number/],
    ['pca', {}, /^TypeError ERR_OPTION: data: expected images for encoder: pca, got none/],
    ['pca', { data, latents: 0 }, /^RangeError ERR_OPTION: latents: expected a whole number from 1 to 1000, got 0/],
    ['pca', { data, latent: 3 }, /^TypeError ERR_OPTION: latent: not an option of openEncoder; did you mean latents\?/],
    ['pca', { data, backend: 'wasm' }, /ERR_OPTION: backend: has no effect on pca/],
    ['random', { data, iterations: 3 }, /ERR_OPTION: iterations: has no effect on random/],
    ['raw-pixels', { data, latents: 3 }, /ERR_OPTION: latents: has no effect on raw-pixels/],
    ['untrained:mlp', { data, fitRows: 3 }, /ERR_OPTION: fitRows: has no effect on untrained:mlp/],
    [`run:${RUN}`, { seed: 3 }, /ERR_OPTION: seed: has no effect on run:/],
  ];
  for (const [name, options, expected] of refusals) {
    assert.match(await refusalOf(() => openEncoder(name as string, options)), expected);
  }
});

test('a fit stops where it is aborted', async () => {
  const signal = AbortSignal.abort();
  assert.match(await refusalOf(() => openEncoder('pca', { data, signal })), /^AbortError/);
});

test.run();
