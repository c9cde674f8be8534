import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { decode, encode } from 'fast-png';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openDataset } from '../../src/data/index.js';
import { pickRows } from '../../src/data/split.js';
import { memorySource, openArrays } from '../../src/io/index.js';
import { npyBytes, zipBytes } from '../io/builders.js';
import { runInProcess } from './in-process.js';
import { makeFolder } from './sample-files.js';

const { at, remove } = makeFolder();
test.after(remove);

test('lists the data sets', async () => {
  const { code, out } = await runInProcess(['data']);
  assert.is(code, 0);
  for (const name of ['sprites', 'sprites-noise', 'shapes-1', 'shapes-7']) {
    assert.match(out, new RegExp(`^  ${name} `, 'm'));
  }
  assert.match((await runInProcess(['data', '--help'])).out, /Data sets:\n {2}sprites /);
  const json = JSON.parse((await runInProcess(['data', '--json'])).out);
  assert.is(json.schema, 'vaemetrics/data-list@1');
  assert.is(json.datasets[0].name, 'sprites');
  assert.is(json.datasets[0].size, 737_280);
});

test('shows what one holds', async () => {
  const { code, out } = await runInProcess(['data', 'shapes-4']);
  assert.is(code, 0);
  assert.equal(out.split('\n'), [
    'shapes-4  1,000,000 images of 64 x 64, grey',
    'factors:',
    '  x      along a line, 0 to 1',
    '  y      along a line, 0 to 1',
    '  scale  along a line, 0 to 1',
    '  shape  3 values',
    '',
  ]);
  const json = JSON.parse((await runInProcess(['data', 'sprites-colour', '--seed', '3', '--json'])).out);
  assert.equal(json.identity, { generator: 'sprites-colour', generation: 1, seed: 3 });
  assert.equal(json.image, { height: 64, width: 64, channels: 3 });
});

test('says what was decided when a file was opened', async () => {
  const data = Float64Array.of(...Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? i / 2 : 7)));
  const members = {
    images: npyBytes({ descr: '|u1', shape: [6, 2, 2], data: Uint8Array.from({ length: 24 }, (_, i) => i % 9) }),
    factors: npyBytes({ descr: '<f8', shape: [6, 2], data: new Uint8Array(data.buffer) }),
    metadata: Uint8Array.of(128, 4),
  };
  const entries = Object.entries(members).map(([name, content]) => ({ name: `${name}.npy`, content }));
  writeFileSync(at('counts.npz'), zipBytes(entries));
  const notesWith = (maximum: string) => [
    `the largest pixel is 8, which is taken as white, unless ${maximum} says another`,
    'the factor factor1 is 7 in every row and is left out',
  ];
  const { code, out, err } = await runInProcess(['data', at('counts.npz')]);
  assert.equal([code, err], [0, '']);
  assert.equal(out.trim().split('\n').slice(-3), ['notes:', ...notesWith('--maximum').map((note) => `  ${note}`)]);
  assert.equal(JSON.parse((await runInProcess(['data', at('counts.npz'), '--json'])).out).notes, notesWith('maximum'));
  assert.equal(JSON.parse((await runInProcess(['data', 'sprites', '--json'])).out).notes, []);
  assert.not.match((await runInProcess(['data', 'sprites'])).out, 'notes');
});

test('draws a picture', async () => {
  const { code, out } = await runInProcess(['data', 'sprites', '-o', at('sheet.png'), '--rows', '20']);
  assert.is(code, 0);
  assert.match(out, /wrote .*sheet\.png: a picture of 20 rows/);
  const { width, height } = decode(readFileSync(at('sheet.png')));
  assert.equal([width, height], [662, 66 * 7 + 2]);
});

test('small images are enlarged in a picture, and its size is checked as it is drawn', async () => {
  const rows = 20_000;
  const bytes = Uint8Array.from({ length: rows * 64 }, (_, i) => (i * 37) % 256);
  const images = npyBytes({ descr: '|u1', shape: [rows, 8, 8], data: bytes });
  writeFileSync(at('tiny.npz'), zipBytes([{ name: 'images.npy', content: images }]));
  const draw = (count: number) => runInProcess(['data', at('tiny.npz'), '-o', at('tiny.png'), '--rows', `${count}`]);
  assert.is((await draw(11)).code, 0);
  const { width, height, data } = decode(readFileSync(at('tiny.png')));
  assert.equal([width, height], [10 * 66 + 2, 2 * 66 + 2]);
  const [first] = await pickRows(rows, 11, 0);
  for (const [y, x] of [
    [0, 0],
    [7, 0],
    [3, 5],
    [7, 7],
  ]) {
    // The corners of what was one pixel.
    for (const [down, right] of [
      [0, 0],
      [7, 7],
    ]) {
      assert.is(data[(2 + y * 8 + down) * width + 2 + x * 8 + right], bytes[first * 64 + y * 8 + x]);
    }
  }
  const { code, err } = await draw(rows);
  assert.is(code, 2);
  assert.match(err, /20000 images of 64 x 64 make a picture of 662 x 132002 pixels: expected at most/);
});

for (const flags of [[], ['--compress']]) {
  test(`writes images and factors ${flags.join(' ')}`, async () => {
    for (const name of ['sprites', 'shapes-6']) {
      const path = at(`${name}${flags.length}.npz`);
      const args = ['data', name, '-o', path, '--rows', '30', '--seed', '7', ...flags];
      assert.is((await runInProcess(args)).code, 0);
      const { arrays } = await openArrays(memorySource(readFileSync(path), path));
      assert.equal(
        arrays.map(({ name, dtype, shape }) => [name, dtype, ...shape]),
        [
          ['images', 'uint8', 30, 64, 64, ...(name === 'sprites' ? [] : [3])],
          ['factors', 'float64', 30, name === 'sprites' ? 5 : 6],
          ['factor_names', 'string', name === 'sprites' ? 5 : 6],
          ['factor_types', 'string', name === 'sprites' ? 5 : 6],
        ],
      );
      const dataset = await openDataset(name, { seed: 7 });
      const rows = await pickRows(dataset.size, 30, 7);
      const factors = new Float64Array(30 * dataset.factors.length);
      await dataset.readFactors(rows, factors);
      assert.equal(Float64Array.from((await arrays[1].read()).data), factors);
      // What is written is opened again with the same factors, though some values may be missing
      // among so few rows.
      const again = await openDataset(path);
      const describe = (factors: typeof again.factors) => factors.map(({ name, size }) => [name, size === null]);
      assert.equal(describe(again.factors), describe(dataset.factors));
      await again.close?.();
      if (flags.length > 0) continue;
      const images = new Uint8Array(30 * 4096 * dataset.image.channels);
      await dataset.readImages(rows, images);
      assert.ok(readFileSync(path).includes(Buffer.from(images.buffer)));
    }
  });
}

test('refuses outputs that would change the data that it reads', async () => {
  const refusalOf = async (...args: string[]) => {
    const { code, err } = await runInProcess(['data', ...args]);
    assert.is(code, 73, err);
    return err;
  };
  const own = at('own.npz');
  const images = npyBytes({ descr: '|u1', shape: [9, 2, 2], data: new Uint8Array(36) });
  writeFileSync(own, zipBytes([{ name: 'images.npy', content: images }]));
  const before = readFileSync(own);
  assert.match(await refusalOf(own, '-o', own, '--rows', '3'), /own\.npz: cannot be written: it is what is read/);
  assert.equal(readFileSync(own), before);
  mkdirSync(at('pics/deep'), { recursive: true });
  symlinkSync(at('pics/deep'), at('elsewhere'));
  writeFileSync(
    at('pics/a.png'),
    encode({ width: 2, height: 2, channels: 1, depth: 8, data: Uint8Array.of(1, 2, 3, 4) }),
  );
  symlinkSync(at('pics/a.png'), at('linked.png'));
  mkdirSync(at('more'));
  symlinkSync(at('more'), at('pics/more'));
  for (const png of ['pics/x.png', 'pics/deep/x.png', 'elsewhere/x.png', 'linked.png', 'pics/more/x.png']) {
    const refusal = await refusalOf(at('pics'), '-o', at(png));
    assert.match(refusal, /it would be among the files of .*pics, which are read/);
  }
  assert.equal(readdirSync(at('pics')).sort(), ['a.png', 'deep', 'more']);
  assert.is((await runInProcess(['data', at('pics'), '-o', at('pics.png')])).code, 0);
});

test('refuses what does not go together, names that no data set has, and files that cannot be', async () => {
  const errorOf = async (...args: string[]) => {
    const { code, err } = await runInProcess(['data', ...args]);
    return [code, err.trim().split('\n')[0]];
  };
  assert.match((await errorOf('spirtes')).join(), /2,.*got 'spirtes'/);
  assert.match((await errorOf(at('nothere.npz'))).join(), /66,.*nothere\.npz: no such file or folder$/);
  assert.match((await errorOf('sprites', '--rows', '5')).join(), /2,.*--rows: has no effect without --out/);
  assert.match((await errorOf('-o', at('a.png'))).join(), /2,.*has no effect without the name of a data set/);
  assert.match((await errorOf('--seed', '3')).join(), /2,.*has no effect without the name of a data set/);
  writeFileSync(at('images.npy'), npyBytes({ descr: '|u1', shape: [6, 2, 2], data: new Uint8Array(24) }));
  for (const name of [at('images.npy'), 'sprites']) {
    const refusal = (await errorOf(name, '--seed', '3')).join();
    assert.match(
      refusal,
      /2,.*--seed: the images of \S+ do not depend on one; it needs a picture, or --rows of an archive/,
    );
  }
  assert.match((await errorOf('sprites', '--compress')).join(), /2,.*--compress: has no effect without --out/);
  assert.match((await errorOf('sprites', '-o', at('a.jpg'))).join(), /2,.*--out: .* ends in \.png or \.npz/);
  assert.match((await errorOf('sprites', '-o', at('a.zip'))).join(), /2,.*--out: .* ends in \.png or \.npz/);
  const huge = await errorOf('sprites', '-o', at('a.png'), '--rows', '737280');
  assert.match(huge.join(), /2,.*737330 images of 64 x 64 make a picture of 662 x 4866380 pixels: expected at most/);
  const many = await errorOf('sprites', '-o', at('a.npz'), '--rows', '737281');
  assert.match(many.join(), /2,.*--rows: expected at most the 737280 rows of sprites, got 737281/);
  assert.match((await errorOf('sprites', '-o', at('none/a.png'))).join(), /cannot be written: there is no directory/);
  assert.not.ok(existsSync(at('a.npz')) || existsSync(at('a.png')));
});

test.run();
