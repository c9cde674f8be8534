import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Dataset } from '../../src/data/dataset.js';
import { openProcedural } from '../../src/data/procedural.js';
import { crc32 } from '../../src/io/crc32.js';
import { RandomStream } from '../../src/random.js';
import { factorsOf, imagesOf, refusalOf, rendered } from './read.js';

const open = (name: string, seed = 0) => openProcedural(name, { seed }) as Dataset;
const sprites = open('sprites');
const SIZES = [3, 6, 40, 32, 32];
const rowOf = (values: readonly number[]) => values.reduce((row, value, k) => row * SIZES[k] + value, 0);
/** Every so many rows, of all shapes, sizes and places. */
const SOME = Array.from({ length: 300 }, (_, i) => (i * 7919 * 307) % 737_280);

test('is the grid of dSprites: 737,280 images, the last factor fastest', async () => {
  assert.is(sprites.size, 737_280);
  assert.equal(sprites.image, { height: 64, width: 64, channels: 1 });
  assert.is(sprites.isBinary, true);
  assert.equal(
    sprites.factors.map(({ name, size }) => [name, size]),
    [
      ['shape', 3],
      ['scale', 6],
      ['orientation', 40],
      ['x', 32],
      ['y', 32],
    ],
  );
  const rows = [0, 1, 31, 32, 1024, 40_960, 245_760, 737_279, ...SOME];
  const values = await factorsOf(sprites, rows);
  values.forEach((row, i) => {
    assert.is(rowOf(row), rows[i]);
    assert.ok(row.every((value, k) => Number.isInteger(value) && value >= 0 && value < SIZES[k]));
  });
});

test('reads rows in any order and number to the bytes that each has alone', async () => {
  const rows = [...SOME, SOME[3], 0];
  const images = await imagesOf(sprites, rows);
  for (const i of [0, 1, 255, 256, 299, 300, 301]) {
    assert.equal(images.subarray(i * 4096, (i + 1) * 4096), await imagesOf(sprites, [rows[i]]), `${i}`);
  }
});

test('renders the image of a row from the row’s factors', async () => {
  const rows = SOME.slice(0, 40);
  for (const name of ['sprites', 'sprites-colour', 'sprites-noise', 'shapes-5', 'shapes-7']) {
    const dataset = open(name, 9);
    const values = await factorsOf(dataset, rows);
    for (let i = 0; i < rows.length; i += 13) {
      // The noise of image i of a call is that of the row `index` + i.
      assert.equal(await rendered(dataset, [values[i]], rows[i]), await imagesOf(dataset, [rows[i]]), name);
    }
  }
});

test('is black and white, and no two of the 420 masks that differ by no symmetry are alike', async () => {
  const grid = [0, 1, 2].flatMap((shape) =>
    [0, 1, 2, 3, 4, 5].flatMap((scale) =>
      Array.from({ length: 40 }, (_, orientation) => [shape, scale, orientation, 15, 16]),
    ),
  );
  const images = await imagesOf(sprites, grid.map(rowOf));
  assert.ok(images.every((byte) => byte === 0 || byte === 255));
  const orders = [4, 2, 1];
  const masks = new Map<string, number[]>();
  grid.forEach((values, i) => {
    const mask = images.subarray(i * 4096, (i + 1) * 4096).join('');
    const [shape, scale, orientation] = values;
    const kind = [shape, scale, orientation % (40 / orders[shape])];
    assert.equal(masks.get(mask) ?? kind, kind);
    masks.set(mask, kind);
  });
  assert.is(masks.size, 6 * (10 + 20 + 40));
});

test('grows with scale, and moves by one pixel with x and with y', async () => {
  const count = async (values: readonly number[]) =>
    (await imagesOf(sprites, [rowOf(values)])).reduce((sum, byte) => sum + byte / 255, 0);
  for (const shape of [0, 1, 2]) {
    const areas = await Promise.all([0, 1, 2, 3, 4, 5].map((scale) => count([shape, scale, 7, 3, 30])));
    areas.slice(1).forEach((area, i) => {
      assert.ok(area > areas[i], `${areas}`);
    });
    const [here, right, below] = await Promise.all(
      [
        [shape, 5, 3, 10, 31],
        [shape, 5, 3, 11, 31],
        [shape, 5, 3, 10, 30],
      ].map((values) => imagesOf(sprites, [rowOf(values)])),
    );
    assert.equal(right.subarray(1), here.subarray(0, -1));
    assert.equal(here.subarray(64), below.subarray(0, -64));
  }
});

test('colours are drawn from the seed and the row, in [0.5, 1), and shade the mask of sprites', async () => {
  const [coloured, masks] = [await imagesOf(open('sprites-colour', 4), SOME), await imagesOf(sprites, SOME)];
  const other = await imagesOf(open('sprites-colour', 5), SOME);
  const colours = new Set<string>();
  SOME.forEach((row, i) => {
    const words = new RandomStream(4, 24, row);
    const colour = [0, 1, 2].map(() => Math.round(255 * (0.5 + words.word() / 2 ** 33)));
    colours.add(colour.join());
    for (let pixel = i * 4096; pixel < (i + 1) * 4096; pixel++) {
      const expected = masks[pixel] === 255 ? colour : [0, 0, 0];
      if (expected.some((value, c) => coloured[3 * pixel + c] !== value)) assert.unreachable(`row ${row}`);
    }
  });
  assert.ok(colours.size > 0.99 * new Set(SOME).size);
  assert.not.equal(other, coloured);
});

test('noise leaves the mask of sprites white, and differs between rows and seeds', async () => {
  const rows = SOME.slice(0, 20);
  const [noisy, masks] = [await imagesOf(open('sprites-noise', 4), rows), await imagesOf(sprites, rows)];
  const isWhite = (pixel: number) => [0, 1, 2].every((c) => noisy[3 * pixel + c] === 255);
  masks.forEach((byte, pixel) => {
    if (byte === 255) assert.ok(isWhite(pixel));
  });
  const corner = (image: number) => noisy.slice(image * 12288, image * 12288 + 30).join();
  assert.is(new Set(rows.map((_, i) => corner(i))).size, rows.length);
  assert.not.equal(await imagesOf(open('sprites-noise', 5), rows), noisy);
});

test('the bytes are those written here', async () => {
  const sums = await Promise.all(
    ['sprites', 'sprites-colour', 'sprites-noise'].map(async (name) => crc32(await imagesOf(open(name, 1), SOME))),
  );
  assert.equal(sums, [317_523_564, 566_313_454, 2_000_016_131]);
});

test('names what the images depend on', () => {
  assert.equal(open('sprites', 3).identity, { generator: 'sprites', generation: 1 });
  assert.equal(open('sprites-noise', 3).identity, { generator: 'sprites-noise', generation: 1, seed: 3 });
});

test('refuses rows that there are not, values that factors do not have, and too little room', async () => {
  assert.is(
    await refusalOf(() => imagesOf(sprites, [0, 737_280])),
    'sprites: expected rows from 0 to 737279, got 737280 at 1',
  );
  assert.match(await refusalOf(() => factorsOf(sprites, [1.5])), /expected rows from 0 to 737279, got 1\.5 at 0/);
  assert.is(
    await refusalOf(() =>
      rendered(sprites, [
        [0, 0, 0, 0, 0],
        [0, 6, 0, 0, 0],
      ]),
    ),
    'sprites: scale of row 1: expected a whole number from 0 to 5, got 6',
  );
  assert.match(await refusalOf(() => rendered(sprites, [[0, 0]])), /expected 5 values per row, got 2 in all/);
  assert.match(
    await refusalOf(() => rendered(open('shapes-1'), [[1.5]])),
    /shapes-1: x of row 0: expected 0 to 1, got 1\.5/,
  );
  assert.match(
    await refusalOf(() => sprites.readImages([1], new Uint8Array(4095))),
    /expected room for 4096 bytes, got 4095/,
  );
  assert.is(openProcedural('spirtes'), undefined);
  for (const seed of [-1, 0.5, 2 ** 53]) {
    assert.match(
      await refusalOf(() => open('sprites', seed)),
      /seed: expected a whole number from 0 to 2\^53 - 1, got/,
    );
  }
});

test.run();
