/** The commands that take a trained run. */
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { decode } from 'fast-png';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { exportNpz } from '../../src/data/export-npz.js';
import type { Dataset } from '../../src/data/index.js';
import { memorySource, openArrays } from '../../src/io/index.js';
import { writeFileAtomically } from '../../src/io/write-file.js';
import { readPosterior } from '../../src/node.js';
import { smallData } from '../train/small-data.js';
import { runInProcess } from './in-process.js';
import { makeFolder, NARROW } from './sample-files.js';

const { at, remove } = makeFolder();
test.after(remove);

const RUN = at('run');
const DATA = at('rectangles.npz');

test.before(async () => {
  await writeFileAtomically(DATA, exportNpz(smallData, 'all', false));
  const { code, err } = await runInProcess([
    ...['train', '--data', DATA, '--model', 'vae', '--latents', '3', ...NARROW],
    ...['--steps', '3', '--batch-size', '8', '--test-rows', '40', '--quiet', '--out', RUN],
  ]);
  assert.is(code, 0, err);
});

/** Runs a command on the wasm backend. */
const runOnWasm = (command: string, ...args: string[]) => runInProcess([command, RUN, '--backend', 'wasm', ...args]);

async function errorOf(command: string, ...args: string[]): Promise<string> {
  const { code, err } = await runOnWasm(command, ...args);
  return `${code} ${err.trim().split('\n')[0]}`;
}

test('encode writes the posterior of the run again, and others where told', async () => {
  const left = readFileSync(`${RUN}/posterior.npz`);
  const { code, out } = await runOnWasm('encode');
  assert.is(code, 0);
  assert.match(
    out,
    /^wrote .*posterior\.npz: mu, logvar, z, factors, factor_names, factor_types of 40 rows of rectangles\.npz, 3 latents, after 3 steps\n$/,
  );
  assert.equal(readFileSync(`${RUN}/posterior.npz`), left);
  const before = at('before.npz');
  const json = JSON.parse((await runOnWasm('encode', '--untrained', '--rows', '30', '--out', before, '--json')).out);
  assert.equal(
    [json.schema, json.step, json.rows, json.latents, json.factors, json.out],
    ['vaemetrics/encode@1', 0, 30, 3, ['x', 'y'], before],
  );
  const { arrays } = await openArrays(memorySource(readFileSync(before), before));
  assert.equal(
    json.arrays,
    arrays.map(({ name }) => name),
  );
  assert.is((await runInProcess(['score', before, '--metrics', 'mig'])).code, 0);
});

test('encode refuses to put other posteriors in place of the run’s, and other images', async () => {
  for (const flags of [
    ['--untrained'],
    ['--rows', '5'],
    ['--split', 'all'],
    ['--data', DATA],
    ['--checkpoint', 'best'],
  ]) {
    assert.match(await errorOf('encode', ...flags), /^2 .*expected --out/);
  }
  assert.match(
    await errorOf('encode', '--rows', '41', '--out', at('a.npz')),
    /^2 .*rows: expected a whole number from 1 to 40/,
  );
  const colours = await errorOf('encode', '--data', 'shapes-7', '--out', at('a.npz'));
  assert.match(colours, /^65 .*expected images of 8 x 8 x 1 .*got shapes-7 of 64 x 64 x 3/);
  assert.match(await errorOf('encode', '--checkpoint', 'first'), /^2 /);
  assert.not.ok(existsSync(at('a.npz')));
  const { code, err } = await runInProcess(['encode', at('nowhere')]);
  assert.is(code, 66, err);
});

test('encode says what is left out unasked, how large a large table will be, and what its seed decides', async () => {
  const many = at('many.npz');
  await writeFileAtomically(many, exportNpz({ ...smallData, size: 12_000 }, 'all', false));
  const encodeMany = (...flags: string[]) => runOnWasm('encode', '--data', many, '--out', at('m.npz'), ...flags);
  const unasked = await encodeMany();
  assert.is(unasked.err, '10,000 of the 12,000 rows of many.npz; --rows N takes others\n');
  assert.match(unasked.out, /factor_types of 10,000 rows of many\.npz/);
  const all = await encodeMany('--split', 'all');
  assert.is(all.err, 'encoding 12,000 rows of many.npz, about 1 MB; --rows N takes fewer\n');
  assert.match(all.out, /factor_types of 12,000 rows of many\.npz/);
  assert.is((await encodeMany('--rows', '10001')).err, 'encoding 10,001 rows of many.npz, about 1 MB\n');
  assert.is((await encodeMany('--rows', '9')).err, '');
  // Of the rows held out the first are taken, whatever the seed.
  const arraysOf = async (...flags: string[]) => {
    assert.is((await runOnWasm('encode', '--rows', '9', '--out', at('m.npz'), ...flags)).code, 0);
    const { mu, z } = await readPosterior(at('m.npz'));
    return [[...mu.data], [...(z?.data ?? [])]];
  };
  const [[ownMu, ownZ], [mu, z]] = [await arraysOf(), await arraysOf('--seed', '5')];
  assert.equal(mu, ownMu);
  assert.not.equal(z, ownZ);
  const [one, other] = [await arraysOf('--split', 'train'), await arraysOf('--split', 'train', '--seed', '5')];
  assert.not.equal(other[0], one[0]);
});

test('traverse draws a line for each latent and prints their divergences in that order', async () => {
  const [png, gif] = [at('traversal.png'), at('traversal.gif')];
  const { code, out } = await runOnWasm('traverse', '--out', png, '--gif', gif, '--steps', '5');
  assert.is(code, 0);
  const { width, height } = decode(readFileSync(png));
  assert.equal([width, height], [5 * 66 + 2, 3 * 66 + 2]);
  assert.is(readFileSync(gif).toString('latin1', 0, 6), 'GIF89a');
  const lines = out.split('\n');
  assert.match(lines[0], /^line +latent +KL$/);
  const kls = lines.slice(1, 4).map((line) => Number(line.trim().split(/ +/)[2]));
  assert.equal(
    kls,
    [...kls].sort((a, b) => b - a),
  );
  assert.match(
    out,
    /KL in nats, over 40 rows; columns from -3 to 3\nwrote .*traversal\.png\nwrote .*traversal\.gif\n$/,
  );
  const chosen = await runOnWasm('traverse', '--out', png, '--latents', '2,0', '--from', 'prior', '--json');
  const json = JSON.parse(chosen.out);
  assert.equal(
    json.latents.map(({ latent }: { latent: number }) => latent),
    [2, 0],
  );
  assert.is(json.values.length, 11);
  assert.match(await errorOf('traverse'), /^2 .*expected --out or --gif/);
  assert.match(await errorOf('traverse', '--out', png, '--latents', '3'), /^2 .*latents: .*from 0 to 2, got 3/);
  assert.match(await errorOf('traverse', '--out', png, '--row', '40'), /^2 .*row: .*from 0 to 39/);
  assert.match(await errorOf('traverse', '--out', at('none/t.png')), /^73 /);
});

test('every command that opens images which the run does not know says what was decided', async () => {
  const dim = at('dim.npz');
  const readImages: Dataset['readImages'] = async (rows, out) => {
    await smallData.readImages(rows, out);
    out.forEach((value, i) => {
      out[i] = value === 0 ? 0 : 9;
    });
  };
  await writeFileAtomically(dim, exportNpz({ ...smallData, isBinary: false, readImages }, 'all', false));
  const note =
    'dim.npz: the largest pixel is 9; white is 255, as for the data that the run was trained on, unless --maximum says another\n';
  const png = at('dim.png');
  for (const [command, ...flags] of [
    ['encode', '--out', at('dim-posterior.npz'), '--rows', '9'],
    ['traverse', '--out', png],
    ['reconstruct', '--out', png],
    ['interpolate', '--from', '0', '--to', '1', '--out', png],
    ['interpolate', '--manifold', '--out', png],
  ]) {
    const { code, err } = await runOnWasm(command, '--data', dim, ...flags);
    assert.equal([code, err], [0, note], command);
  }
  const quiet = await runOnWasm('encode', '--data', dim, '--out', at('dim-posterior.npz'), '--rows', '9', '--quiet');
  assert.equal([quiet.code, quiet.err], [0, '']);
});

test('flags that would have no effect are refused', async () => {
  const png = at('refused.png');
  const both = /^2 .*--untrained: expected none beside --checkpoint, got both/;
  for (const checkpoint of ['best', 'last']) {
    assert.match(await errorOf('traverse', '--untrained', '--checkpoint', checkpoint, '--out', png), both);
  }
  const model = at('refused');
  const { code, err } = await runInProcess(
    ['export', RUN, '--format', 'tfjs', '--out', model].concat('--untrained', '--checkpoint', 'best'),
  );
  assert.match(`${code} ${err}`, both);
  const prior = await errorOf('traverse', '--from', 'prior', '--row', '0', '--out', png);
  assert.match(prior, /^2 .*--row: has no effect without --from row$/);
  const plane = ['--manifold', '--latents', '0,1', '--data', DATA, '--out', png];
  assert.match(await errorOf('interpolate', ...plane), /^2 .*--data: nothing is asked of the images/);
  assert.is((await runOnWasm('interpolate', ...plane, '--row', '0')).code, 0);
  assert.not.ok(existsSync(model));
});

test('no output takes the place of the images that are read', async () => {
  const before = readFileSync(DATA);
  const victim = at('victim.npz');
  writeFileSync(victim, before);
  assert.match(await errorOf('encode', '--data', victim, '--out', victim), /^73 .*victim\.npz: .*it is what is read$/);
  assert.match(await errorOf('encode', '--rows', '3', '--out', DATA), /^73 .*rectangles\.npz: .*it is what is read$/);
  assert.equal(readFileSync(victim), before);
  assert.equal(readFileSync(DATA), before);
  const inside = at('x.png');
  for (const words of [['traverse'], ['reconstruct'], ['interpolate', '--manifold']]) {
    const [command, ...flags] = [...words, '--data', at(''), '--out', inside];
    assert.match(await errorOf(command, ...flags), /^73 .*it would be among the files of /, command);
  }
  for (const words of [['traverse'], ['interpolate', '--from', '0', '--to', '1']]) {
    const [command, ...flags] = [...words, '--data', at(''), '--gif', at('x.gif')];
    assert.match(await errorOf(command, ...flags), /^73 .*it would be among the files of /, command);
  }
  assert.not.ok(existsSync(inside));
});

const WRONG_ENDINGS: ReadonlyArray<readonly [string, string[], RegExp]> = [
  ['traverse', ['--out', 'x.jpg'], /--out: expected a name that ends in \.png, got '.*x\.jpg'$/],
  ['traverse', ['--out', 'x.gif'], /--out: .* ends in \.png, got '.*x\.gif'; --gif writes an animation$/],
  ['traverse', ['--gif', 'x.png'], /--gif: expected a name that ends in \.gif/],
  ['interpolate', ['--from', '0', '--to', '1', '--out', 'x'], /--out: .* ends in \.png, got '.*x'$/],
  ['interpolate', ['--manifold', '--out', 'x.gif'], /--out: .* ends in \.png, got '.*x\.gif'$/],
  ['reconstruct', ['--out', 'x.svg'], /--out: .* ends in \.png/],
  ['encode', ['--out', 'x.npy'], /--out: expected a name that ends in \.npz/],
];

for (const [command, flags, message] of WRONG_ENDINGS) {
  test(`${command} ${flags.join(' ')} promises a format that is not written`, async () => {
    const words = flags.map((word) => (word.startsWith('x') ? at(word) : word));
    assert.match(await errorOf(command, ...words), message);
    assert.not.ok(existsSync(words[words.length - 1]));
  });
}

const TOO_LARGE: ReadonlyArray<readonly [string, string[], RegExp]> = [
  [
    'interpolate',
    ['--manifold', '--steps', '1000'],
    /1000000 images of 64 x 64 make a picture of 66002 x 66002 pixels/,
  ],
  ['traverse', ['--steps', '1000', '--scale', '64'], /3000 images of 512 x 512 .* 514002 x 1544 pixels/],
  ['interpolate', ['--from', '0', '--to', '1', '--steps', '400', '--scale', '64'], /402 images of 512 x 512/],
];

for (const [command, flags, message] of TOO_LARGE) {
  test(`${command} ${flags.join(' ')} is refused before anything is decoded`, async () => {
    const png = at('large.png');
    const refusal = await errorOf(command, ...flags, '--out', png);
    assert.match(refusal, /^2 .*picture: .* expected at most 67108864; take fewer images/);
    assert.match(refusal, message);
    assert.not.ok(existsSync(png));
  });
}

test('an animation counts the pixels of all its frames', async () => {
  const refusal = await errorOf('traverse', '--steps', '300', '--scale', '64', '--gif', at('large.gif'));
  assert.match(refusal, /^2 .*900 images of 512 x 512 make an animation of 300 x 1544 x 516 pixels/);
});

test('endings may be in capitals', async () => {
  assert.is((await runOnWasm('reconstruct', '--out', at('CAPITALS.PNG'))).code, 0);
});

test('every command says that a damaged checkpoint was passed over', async () => {
  const damaged = at('damaged');
  cpSync(RUN, damaged, { recursive: true });
  const [last] = readdirSync(`${damaged}/checkpoints`).filter((name) => name.startsWith('step'));
  writeFileSync(`${damaged}/checkpoints/${last}`, 'cut off');
  for (const words of [
    ['encode', '--backend', 'wasm', '--out', at('damaged.npz')],
    ['traverse', '--backend', 'wasm', '--out', at('damaged.png')],
    ['reconstruct', '--backend', 'wasm', '--out', at('damaged.png')],
    ['interpolate', '--backend', 'wasm', '--manifold', '--out', at('damaged.png')],
    ['export', '--format', 'tfjs', '--out', at('damaged-export')],
  ]) {
    const [command, ...flags] = words;
    const { code, err } = await runInProcess([command, damaged, ...flags]);
    assert.is(code, 0, err);
    assert.is(err.match(/warning: .*the best one, step 3, is taken/g)?.length, 1, `${command}: ${err}`);
  }
});

test('an autoencoder has no posterior, and every command says so', async () => {
  const run = at('points');
  const trained = await runInProcess([
    ...['train', '--data', DATA, '--model', 'ae', '--latents', '3', ...NARROW],
    ...['--steps', '2', '--batch-size', '8', '--test-rows', '40', '--log-every', '1', '--out', run],
  ]);
  assert.is(trained.code, 0, trained.err);
  assert.match(trained.err, /^step 2 of 2 \(100 %\) {2}loss \S+ {2}reconstruction \S+ {2}at step 2: MIG/m);
  const onWasm = (command: string, ...flags: string[]) => runInProcess([command, run, '--backend', 'wasm', ...flags]);
  const encoded = await onWasm('encode');
  assert.match(
    encoded.out,
    /: mu, z, factors, factor_names, factor_types \(no logvar, and z is mu: codes are points: nothing trains logvar\) of 40 /,
  );
  const json = JSON.parse((await onWasm('encode', '--json')).out);
  assert.equal(
    [json.arrays, Object.keys(json.reasons)],
    [['mu', 'z', 'factors', 'factor_names', 'factor_types'], ['logvar']],
  );
  const traversal = await onWasm('traverse', '--out', at('points.png'));
  assert.match(traversal.out, /^line +latent +variance\n/);
  assert.match(traversal.out, /\nvariance of mu \(no KL: codes are points: .*\), over 40 rows; /);
  const order = JSON.parse((await onWasm('traverse', '--out', at('points.png'), '--json')).out);
  assert.equal([order.orderedBy, order.latents[0].kl, Object.keys(order.reasons)], ['variance', null, ['kl']]);
  for (const path of [run, `${run}/posterior.npz`]) {
    assert.is((await runInProcess(['score', path, '--metrics', 'mig'])).code, 0);
    const { code, err } = await runInProcess(['decompose', path]);
    assert.is(code, 65);
    assert.match(err, /found no logvar: the run is of ae, whose codes are points: nothing trains logvar, so that/);
  }
});

test('images without factors are trained on, and what cannot be scored is said once', async () => {
  const [plain, run] = [at('plain.npz'), at('plain')];
  await writeFileAtomically(plain, exportNpz({ ...smallData, factors: [] }, 'all', false));
  const trained = await runInProcess([
    ...[
      'train',
      '--data',
      plain,
      '--latents',
      '3',
      '--architecture',
      'mlp',
      '--mlp-width',
      '16',
      '--backend',
      'wasm',
      '--steps',
      '2',
    ],
    ...['--batch-size', '8', '--test-rows', '40', '--log-every', '1', '--out', run],
  ]);
  assert.is(trained.code, 0, trained.err);
  assert.is(
    trained.err.match(/^plain\S*: the images have no factors: mig and factor-vae-score are not computed/gm)?.length,
    1,
  );
  assert.match(trained.err, /^step 2 of 2 .* TC \S+ {2}[\d,]+ images\/s/m);
  assert.match(trained.out, /^2 steps in \d+ s: .*\nof the time: .*\n$/);
  const best = await runInProcess(['traverse', run, '--checkpoint', 'best', '--out', at('plain.png')]);
  assert.is(best.code, 66);
  assert.match(best.err, /there is no best checkpoint: none has had a MIG, .* from their factors/);
});

test('reconstruct draws pairs and prints the loss', async () => {
  const png = at('reconstruction.png');
  const { code, out } = await runOnWasm('reconstruct', '--out', png, '--rows', '5');
  assert.is(code, 0);
  const { width, height } = decode(readFileSync(png));
  assert.equal([width, height], [5 * 66 + 2, 2 * 66 + 2]);
  assert.match(out, /^reconstruction \d+\.\d\d nats per image, at the posterior means of 40 rows\nwrote /);
  assert.match(await errorOf('reconstruct'), /^2 .*expected --out/);
});

test('interpolate draws a way, or a plane', async () => {
  const png = at('way.png');
  assert.is((await runOnWasm('interpolate', '--from', '0', '--to', '7', '--steps', '4', '--out', png)).code, 0);
  assert.is(decode(readFileSync(png)).width, 6 * 66 + 2);
  const plane = await runOnWasm('interpolate', '--manifold', '--latents', '1,2', '--steps', '3', '--out', png);
  assert.match(plane.out, /^latent 1 to the right, latent 2 upwards, from -3 to 3\nwrote /);
  assert.equal(decode(readFileSync(png)).height, 3 * 66 + 2);
  assert.match(await errorOf('interpolate', '--out', png), /^2 .*expected --from and --to, or --manifold/);
  assert.match(await errorOf('interpolate', '--manifold', '--to', '1', '--out', png), /^2 .*got both/);
  assert.match(
    await errorOf('interpolate', '--from', '0', '--to', '1', '--range', '2', '--out', png),
    /^2 .*has no effect without --manifold/,
  );
  assert.match(await errorOf('interpolate', '--manifold', '--gif', at('a.gif')), /^2 .*--gif/);
});

test('export writes what tfjs and PyTorch load', async () => {
  const { code, out } = await runInProcess(['export', RUN, '--format', 'tfjs', '--out', at('model')]);
  assert.is(code, 0);
  assert.is(out.split('\n').length, 5);
  const json = JSON.parse(
    (await runInProcess(['export', RUN, '--format', 'tfjs', '--out', at('model'), '--json'])).out,
  );
  assert.equal([json.schema, json.run, json.format], ['vaemetrics/export@1', RUN, 'tfjs']);
  assert.equal(
    json.written.map((path: string) => `wrote ${path}`),
    out.trim().split('\n'),
  );
  assert.is(JSON.parse(readFileSync(at('model/encoder/model.json'), 'utf8')).format, 'layers-model');
  assert.is((await runInProcess(['export', RUN, '--format', 'safetensors', '--out', at('model')])).code, 0);
  assert.match((await runInProcess(['inspect', at('model/model.safetensors')])).out, /encoder\.1\.weight/);
  assert.match(readFileSync(at('model/load_in_pytorch.py'), 'utf8'), /nn\.Linear\(64, 16\)/);
  assert.is((await runInProcess(['export', RUN, '--out', at('model')])).code, 2);
});

test.run();
