import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Dataset } from '../../src/data/dataset.js';
import { openProcedural } from '../../src/data/procedural.js';
import { crc32 } from '../../src/io/crc32.js';
import { RandomStream } from '../../src/random.js';
import { factorsOf, imagesOf, rendered } from './read.js';

const open = (k: number, seed = 0) => openProcedural(`shapes-${k}`, { seed }) as Dataset;
const NAMES = ['x', 'y', 'scale', 'shape', 'rotation', 'hue', 'second-rotation'];
const LIMITS = [1, 1, 1, 3, 2 * Math.PI, 1, 2 * Math.PI];
const ROWS = Array.from({ length: 2000 }, (_, i) => (i * 499 * 977) % 1_000_000);

test('adds one factor after the other, and colours from the sixth on', () => {
  for (let k = 1; k <= 7; k++) {
    const { size, image, isBinary, factors, identity } = open(k, 8);
    assert.is(size, 1_000_000);
    assert.equal(image, { height: 64, width: 64, channels: k >= 6 ? 3 : 1 });
    assert.is(isBinary, false);
    assert.equal(
      factors.map(({ name }) => name),
      NAMES.slice(0, k),
    );
    assert.equal(
      factors.map((factor) => factor.size),
      [null, null, null, 3, null, null, null].slice(0, k),
    );
    assert.equal(identity, { generator: `shapes-${k}`, generation: 1, seed: 8 });
  }
  assert.is(openProcedural('shapes-8'), undefined);
});

test('factors are functions of seed and row, the same in all seven sets', async () => {
  const seven = await factorsOf(open(7, 8), ROWS);
  for (let k = 1; k < 7; k++) {
    assert.equal(
      await factorsOf(open(k, 8), ROWS),
      seven.map((values) => values.slice(0, k)),
    );
  }
  for (const i of [0, 5, 1999]) {
    const words = new RandomStream(8, 23, ROWS[i]);
    const draws = [0, 1, 2, 4, 5, 6].map((k) => [k, LIMITS[k] * (words.word() / 2 ** 32)]);
    for (const [k, value] of draws) assert.is(seven[i][k], value);
    assert.is(seven[i][3], words.below(3));
  }
  assert.not.equal(await factorsOf(open(7, 9), ROWS), seven);
});

test('factors are uniform and independent', async () => {
  const values = await factorsOf(open(7, 3), ROWS);
  const units = values.map((row) => row.map((value, k) => (k === 3 ? (value + 0.5) / 3 : value / LIMITS[k]) - 0.5));
  for (let k = 0; k < 7; k++) {
    const column = values.map((row) => row[k] / LIMITS[k]);
    assert.ok(column.every((value) => value >= 0 && value < 1));
    const tenths = new Float64Array(k === 3 ? 3 : 10);
    for (const value of column) tenths[Math.floor(value * tenths.length + 1e-9)]++;
    const expected = ROWS.length / tenths.length;
    const statistic = tenths.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    assert.ok(statistic < 35, `${NAMES[k]}: chi-square ${statistic}`);
    for (let j = 0; j < k; j++) {
      const product = units.reduce((sum, row) => sum + row[k] * row[j], 0) / ROWS.length;
      assert.ok(Math.abs(product) < 5 / 12 / Math.sqrt(ROWS.length), `${NAMES[j]} and ${NAMES[k]}: ${product}`);
    }
  }
});

/** Where a grey image is bright: its area in pixels, and the middle of it. */
function massOf(image: Uint8Array): { area: number; x: number; y: number } {
  const sums = [0, 0, 0];
  image.forEach((byte, pixel) => {
    sums[0] += byte / 255;
    sums[1] += (byte / 255) * ((pixel % 64) + 0.5);
    sums[2] += (byte / 255) * (Math.floor(pixel / 64) + 0.5);
  });
  return { area: sums[0], x: sums[1] / sums[0], y: sums[2] / sums[0] };
}

test('x, y and scale are where the middle is and how large it is', async () => {
  for (const [x, y, scale] of [
    [0, 0, 0],
    [1, 0.25, 1],
    [0.123, 0.987, 0.4],
  ]) {
    const { area, ...middle } = massOf(await rendered(open(3), [[x, y, scale]]));
    assert.ok(Math.abs(middle.x - (16 + 32 * x)) < 0.01 && Math.abs(middle.y - (16 + 32 * y)) < 0.01);
    const expected = (21 * (0.5 + scale / 2)) ** 2;
    assert.ok(Math.abs(area - expected) < 0.2, `${area} for ${expected}`);
  }
});

test('a change of a two-hundredth of a pixel is not lost', async () => {
  const [here, there] = await Promise.all([0.5, 0.50016].map((x) => rendered(open(1), [[x]])));
  assert.not.equal(there, here);
});

test('what does not vary yet is in the middle, of middle size, an upright white square', async () => {
  const values = [0.3, 0.5, 0.5, 0, 0, 0.1, 0.2];
  const images = await Promise.all([1, 2, 3, 4, 5].map((k) => rendered(open(k), [values.slice(0, k)])));
  for (const image of images) assert.equal(image, images[0]);
  assert.is(Math.max(...images[0]), 255);
});

test('the three shapes, and the bodies in their place, differ and cover their areas', async () => {
  const areas = [0, 1, 2].map((shape) =>
    rendered(open(5), [[0.5, 0.5, 1, shape, 1.1]]).then((image) => massOf(image).area),
  );
  const expected = [441, 112.5 * Math.PI, (3 / 4) * Math.sqrt(3) * 15.5 ** 2];
  (await Promise.all(areas)).forEach((area, i) => {
    assert.ok(Math.abs(area - expected[i]) < 0.2, `${area}`);
  });
  const bodies = await Promise.all([0, 1, 2].map((shape) => rendered(open(7), [[0.5, 0.5, 1, shape, 1.1, 0, 2]])));
  assert.is(new Set(bodies.map((image) => crc32(image))).size, 3);
});

test('rotation turns counter-clockwise', async () => {
  // The tip of the triangle goes from the top to the left with a quarter of a turn.
  const [up, left] = await Promise.all(
    [0, Math.PI / 2].map((rotation) => rendered(open(5), [[0.5, 0.5, 1, 2, rotation]])),
  );
  assert.ok(up[64 * 18 + 32] > 128 && up[64 * 45 + 32] === 0);
  assert.ok(left[64 * 32 + 18] > 128 && left[64 * 32 + 45] === 0);
});

test('hue is that of HSV', async () => {
  for (const [hue, colour] of [
    [0, [255, 0, 0]],
    [1 / 6, [255, 255, 0]],
    [1 / 3, [0, 255, 0]],
    [0.5, [0, 255, 255]],
    [2 / 3, [0, 0, 255]],
    [5 / 6, [255, 0, 255]],
    [0.05, [255, 77, 0]],
    [1, [255, 0, 0]],
  ] as const) {
    const image = await rendered(open(6), [[0.5, 0.5, 0.5, 0, 0, hue]]);
    assert.equal([...image.subarray(3 * (64 * 32 + 32), 3 * (64 * 32 + 32) + 3)], colour, `hue ${hue}`);
    assert.equal([...image.subarray(0, 3)], [0, 0, 0]);
  }
});

test('the bytes are those written here', async () => {
  const sums: number[] = [];
  for (let k = 1; k <= 7; k++) sums.push(crc32(await imagesOf(open(k, 1), ROWS.slice(0, 300))));
  assert.equal(
    sums,
    [1_258_840_875, 3_828_609_290, 1_910_826_535, 3_372_986_888, 2_250_991_629, 988_329_699, 3_510_258_921],
  );
});

test.run();
