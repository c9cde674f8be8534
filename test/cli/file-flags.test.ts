/** `--size`, `--crop` and others: of every command that opens images, and kept with a run. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { encode as encodePng } from 'fast-png';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { npyBytes, zipBytes } from '../io/builders.js';
import { runInProcess } from './in-process.js';
import { makeFolder, NARROW } from './sample-files.js';

const { at, remove } = makeFolder();
test.after(remove);

const FLAGS = [
  ...['--size', '--crop', '--channels', '--maximum', '--order'],
  ...[
    '--images-member',
    '--factors-member',
    '--factors-file',
    '--factor-columns',
    '--header',
    '--factor-types',
    '--unpack-to',
    '--strict',
  ],
];
const PICTURES = at('pictures');
const SMALL = [...NARROW, '--model', 'vae', '--latents', '2'];
const SHORT = ['--batch-size', '4', '--test-rows', '8', '--score-rows', '0', '--steps', '2', '--quiet'];

/**
 * 24 pictures of 12 x 10 in two folders; grey, but for the pixels of a frame that is cropped away.
 */
test.before(async () => {
  for (const label of ['left', 'right']) mkdirSync(`${PICTURES}/${label}`, { recursive: true });
  for (let i = 0; i < 24; i++) {
    const data = Uint8Array.from({ length: 120 }, (_, place) => (place * 31 + i * 17) % 256);
    const png = encodePng({ width: 12, height: 10, channels: 1, depth: 8, data });
    writeFileSync(`${PICTURES}/${i % 2 === 0 ? 'left' : 'right'}/${String(i).padStart(2, '0')}.png`, png);
  }
  const run = await train('run', '--size', '4', '--crop', '8');
  assert.is(run.code, 0, run.err);
});

function train(name: string, ...words: string[]) {
  return runInProcess(['train', '--data', PICTURES, '--out', at(name), ...SMALL, ...SHORT, ...words]);
}

const configOf = (name: string) => JSON.parse(readFileSync(at(`${name}/config.json`), 'utf8'));

async function errorOf(...words: string[]): Promise<string> {
  const { code, err } = await runInProcess(words);
  return `${code} ${err.trim().split('\n')[0]}`;
}

for (const command of ['train', 'data', 'encode', 'traverse', 'reconstruct', 'interpolate']) {
  test(`the help of ${command} has them in a group of their own`, async () => {
    const { out } = await runInProcess([command, '--help']);
    const group = out.split('\nFiles of images:\n')[1].split('\n\n')[0];
    assert.equal(
      [...group.matchAll(/^ {2}(--[\w-]+)/gm)].map((match) => match[1]),
      FLAGS,
    );
  });
}

test('a run keeps those that were given, and those alone', async () => {
  const { data } = configOf('run');
  assert.equal(data.options, { size: 4, crop: 8 });
  assert.equal(data.image, { height: 4, width: 4, channels: 1 });
  assert.equal([data.identity.edge, data.identity.crop], [4, 8]);
  assert.is((await train('plain', '--size', '6')).code, 0);
  assert.equal(configOf('plain').data.options, { size: 6 });
  const { code, err } = await runInProcess(
    ['train', '--data', 'shapes-1', '--out', at('drawn'), ...SMALL, ...SHORT].filter((word) => word !== '--quiet'),
  );
  assert.is(code, 0, err);
  assert.not.ok('options' in configOf('drawn').data);
});

test('of the images of the run train and encode say on the error stream what was decided, before they begin', async () => {
  const notes = [
    'pictures: the centred 8 x 8 pixels of every picture, resized to 4 x 4 by area averaging',
    'pictures: labels: 0 left, 1 right',
  ];
  const out = ['--out', at('noted.npz'), '--backend', 'wasm'];
  const trained = ['train', '--resume', at('run'), '--steps', '2'];
  for (const command of [trained, ['encode', at('run'), ...out]]) {
    const { code, err } = await runInProcess(command);
    assert.is(code, 0, err);
    const lines = err.split('\n');
    assert.equal(
      lines.filter((line) => notes.includes(line)),
      notes,
    );
    assert.ok(
      lines.indexOf(notes[1]) < lines.findIndex((line) => /^step |^all 2 steps|^encode/.test(line) || line === ''),
      err,
    );
    assert.is((await runInProcess([...command, '--quiet'])).err, '');
  }
  assert.is((await runInProcess(['reconstruct', at('run'), '--out', at('r.png'), '--backend', 'wasm'])).err, '');
});

test('a run is resumed with them, named again or not, and not with others', async () => {
  for (const [steps, words] of [
    ['3', []],
    ['4', ['--size', '4', '--crop', '8']],
  ] as const) {
    const { code, err } = await runInProcess(['train', '--resume', at('run'), '--steps', steps, '--quiet', ...words]);
    assert.is(code, 0, err);
    assert.is(configOf('run').steps, Number(steps));
  }
  const explicit = await runInProcess(['train', '--resume', at('plain'), '--steps', '3', '--quiet', '--channels', '1']);
  assert.is(explicit.code, 0, explicit.err);
  const resume = (...words: string[]) => errorOf('train', '--resume', at('run'), ...words);
  assert.match(await resume('--size', '5'), /^2 .*--size: expected 4 as in .*run, got 5; /);
  assert.match(await resume('--crop', '9'), /--crop: expected 8 as in .*run, got 9; --data crop 8, got 9$/);
  assert.match(await resume('--channels', '3'), /--data: expected channels 1 as in .*run, got 3$/);
  assert.match(await resume('--maximum', '3'), /--data: expected maximum nothing as in .*run, got 3$/);
  assert.match(
    await errorOf('train', '--resume', at('plain'), '--crop', '5'),
    /--data: expected crop null as in .*, got 5$/,
  );
});

test('the data of a run are opened with them, wherever they are shown', async () => {
  const out = at('posterior.npz');
  const commands = [
    ['encode', at('run'), '--out', out, '--split', 'all'],
    ['encode', at('run'), '--out', out, '--split', 'all', '--crop', '8'],
    ['traverse', at('run'), '--out', at('t.png')],
    ['reconstruct', at('run'), '--out', at('r.png')],
    ['interpolate', at('run'), '--from', '0', '--to', '1', '--out', at('i.png')],
    // Other data are read as those were.
    ['encode', at('run'), '--data', PICTURES, '--out', out],
  ];
  for (const command of commands) {
    const { code, err } = await runInProcess([...command, '--backend', 'wasm']);
    assert.is(code, 0, `${command.join(' ')}: ${err}`);
  }
  const encode = (...words: string[]) => errorOf('encode', at('run'), '--backend', 'wasm', '--out', out, ...words);
  assert.match(
    await encode('--crop', '7'),
    /^2 .*dataOptions: expected those that the run was trained with, size 4, crop 8, got crop 7; to take '.*pictures' for other images, name it as data$/,
  );
  assert.match(await encode('--size', '5'), /^65 .*expected images of 4 x 4 x 1|^2 .*expected those that the run/);
  assert.match(
    await encode('--data', PICTURES, '--size', '64'),
    /^65 .*expected images of 4 x 4 x 1 .*, got pictures of 64 x 64 x 1$/,
  );
});

test('a flag without a use is an error, never ignored', async () => {
  const [out, none] = [at('never'), 'expected none for shapes-3, which is drawn'];
  for (const [flag, value] of [
    ['--size', '8'],
    ['--crop', '8'],
    ['--channels', '3'],
    ['--maximum', '16'],
    ['--unpack-to', 'a.npy'],
  ]) {
    const start = ['train', '--data', 'shapes-3', '--out', out, ...SMALL, flag, value];
    assert.is(await errorOf(...start), `2 vaemetrics: error: ${flag}: ${none}, got ${value}`);
    assert.is(await errorOf('data', 'shapes-3', flag, value), `2 vaemetrics: error: ${flag}: ${none}, got ${value}`);
    assert.is(
      await errorOf('data', flag, value),
      `2 vaemetrics: error: ${flag}: has no effect without the name of a data set`,
    );
    assert.match(
      await errorOf('encode', at('drawn'), '--backend', 'wasm', flag, value),
      new RegExp(`^2 .*: ${flag}: expected none for shapes-1, which is drawn, got `),
    );
  }
  assert.not.ok(existsSync(out));
  const plane = ['interpolate', at('run'), '--backend', 'wasm', '--manifold', '--latents', '0,1', '--out', at('p.png')];
  assert.match(await errorOf(...plane, '--size', '4'), /^2 .*--size: expected none for a plane of given latents/);
});

test('values out of range are refused in a sentence', async () => {
  for (const [flag, value, expected] of [
    ['--size', '0', 'expected a whole number from 1 to 4096'],
    ['--crop', 'all', 'expected a whole number from 1 to 65535'],
    ['--maximum', '65536', 'expected a whole number from 1 to 65535'],
    ['--channels', '2', 'expected 1 or 3'],
  ]) {
    assert.is(
      await errorOf('data', PICTURES, flag, value),
      `2 vaemetrics: error: ${flag}: ${expected}, got '${value}'`,
    );
  }
});

test('advice of readers names flags', async () => {
  writeFileSync(at('dark.npy'), npyBytes({ descr: '|u1', shape: [3, 1, 2], data: Uint8Array.of(0, 1, 2, 3, 4, 9) }));
  assert.match(
    await errorOf('data', at('dark.npy'), '--maximum', '5'),
    /^65 .*expected pixels from 0 to 5, got 9$/,
    'who has said it is not told to say it',
  );
  mkdirSync(at('mixed'));
  for (const [name, channels] of [
    ['a.png', 1],
    ['b.png', 3],
  ] as const) {
    const data = new Uint8Array(16 * channels);
    writeFileSync(at(`mixed/${name}`), encodePng({ width: 4, height: 4, channels, depth: 8, data }));
  }
  const { out } = await runInProcess(['data', at('mixed'), '--size', '4']);
  assert.match(out, '1 of 2 pictures are grey, and are taken as coloured as the others, --channels 1 makes all grey');
  assert.match(
    await errorOf('data', at('dark.npy'), '--strict'),
    /^65 .*the largest pixel is 9, which is taken as white, unless --maximum says another$/,
  );
});

test('what is unpacked is found again by a run that was begun in another folder, or moved', async () => {
  const data = Uint8Array.from({ length: 40 * 16 }, (_, i) => (i * 13) % 256);
  const content = npyBytes({ descr: '|u1', shape: [40, 4, 4], data });
  writeFileSync(at('images.npz'), zipBytes([{ name: 'images.npy', content, deflated: true }]));
  const unpacked = at('unpacked.npy');
  const begun = await runInProcess([
    ...['train', '--data', at('images.npz'), '--out', at('packed'), '--unpack-to', relative(process.cwd(), unpacked)],
    ...[...SMALL, ...SHORT],
  ]);
  assert.is(begun.code, 0, begun.err);
  assert.is(configOf('packed').data.options.unpackTo, unpacked);
  const resumed = await runInProcess(['train', '--resume', at('packed'), '--steps', '3', '--quiet']);
  assert.is(resumed.code, 0, resumed.err);
  // Where it is decides no pixel.
  renameSync(unpacked, at('elsewhere.npy'));
  renameSync(`${unpacked}.origin`, at('elsewhere.npy.origin'));
  const moved = ['train', '--resume', at('packed'), '--steps', '4', '--quiet', '--unpack-to', at('elsewhere.npy')];
  assert.is((await runInProcess(moved)).code, 0);
  assert.is(configOf('packed').data.options.unpackTo, at('elsewhere.npy'));
  const encoded = await runInProcess(['encode', at('packed'), '--backend', 'wasm', '--unpack-to', at('third.npy')]);
  assert.is(encoded.code, 0, encoded.err);
  assert.ok(existsSync(at('third.npy')) && !existsSync(unpacked));
});

test.run();
