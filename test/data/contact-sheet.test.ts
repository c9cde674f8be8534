import { decode } from 'fast-png';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { contactSheet } from '../../src/data/contact-sheet.js';
import type { Dataset } from '../../src/data/dataset.js';
import { previewSheet } from '../../src/data/preview.js';
import { openProcedural } from '../../src/data/procedural.js';
import { factorsOf, imagesOf, refusalOf, rendered } from './read.js';

/** The image at a place of a sheet. */
function imageAt(png: Uint8Array, column: number, line: number, side: number): number[] {
  const { width, data, channels } = decode(png);
  return Array.from({ length: side * side * channels }, (_, i) => {
    const [pixel, c] = [Math.floor(i / channels), i % channels];
    const [y, x] = [Math.floor(pixel / side), pixel % side];
    return data[((2 + line * (side + 2) + y) * width + 2 + column * (side + 2) + x) * channels + c];
  });
}

for (const channels of [1, 3]) {
  test(`lays images of ${channels} channel(s) out line by line, with grey between and where none is left`, async () => {
    const images = Uint8Array.from({ length: 5 * 9 * channels }, (_, i) => (i * 37) % 251);
    const png = await contactSheet(images, { height: 3, width: 3, channels }, 3);
    const { width, height } = decode(png);
    assert.equal([width, height], [17, 12]);
    for (let i = 0; i < 5; i++) {
      const expected = [...images.subarray(i * 9 * channels, (i + 1) * 9 * channels)];
      assert.equal(imageAt(png, i % 3, Math.floor(i / 3), 3), expected);
    }
    assert.ok(imageAt(png, 2, 1, 3).every((byte) => byte === 96));
    assert.is(decode(png).data[0], 96);
  });
}

test('refuses what is no whole number of images', async () => {
  const shape = { height: 3, width: 3, channels: 1 };
  assert.match(await refusalOf(() => contactSheet(new Uint8Array(10), shape, 2)), /whole images of 9 bytes, got 10/);
  assert.match(await refusalOf(() => contactSheet(new Uint8Array(0), shape, 2)), /whole images of 9 bytes, got 0/);
  assert.match(
    await refusalOf(() => contactSheet(new Uint8Array(18), { ...shape, channels: 2 }, 2)),
    /1 or 3 channels, got 2/,
  );
});

test('a preview shows rows, and below a line for each factor in which it alone varies', async () => {
  const dataset = openProcedural('shapes-6', { seed: 1 }) as Dataset;
  const png = await previewSheet(dataset, Int32Array.of(4, 9, 12));
  assert.is(decode(png).height, 7 * 66 + 2);
  assert.equal(imageAt(png, 1, 0, 64), [...(await imagesOf(dataset, [9]))]);
  const [base] = await factorsOf(dataset, [4]);
  const hue = await rendered(dataset, [[...base.slice(0, 5), 0.35]]);
  assert.equal(imageAt(png, 3, 6, 64), [...hue]);
});

test.run();
