/** The rasteriser and the generator of normal numbers in headless Chromium: the bytes of Node. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withWatchedCore } from '../assembly/watched-core.js';
import { repository } from '../package/installed.js';
import { testNeeding } from '../requirements.js';
import { chromiumPath, launch, NO_CHROMIUM } from './chromium.js';
import { serve } from './static-server.js';

const browsing = suite('raster in a browser');
const test = testNeeding(chromiumPath !== undefined, NO_CHROMIUM, browsing);

const COUNT = 140;
/**
 * Shapes and bodies of all kinds, places, sizes, angles and colours: numbers that every engine
 * computes alike.
 */
const NUMBERS = Array.from({ length: COUNT }, (_, i) => {
  const part = (step: number) => (i * step) % 1;
  return [i % 7, 16 + 32 * part(0.37), 16 + 32 * part(0.61), 0.5 + part(0.11) / 2, part(0.173), part(0.291)].concat(
    [0.7, 0.31, 0.9].map(part),
  );
});
const NORMALS = 5000;

/**
 * Runs in the page: draws with core.wasm itself. Returns checksums of the images and of the normal
 * numbers.
 */
const IN_PAGE = `async ({ file, numbers, count, normals }) => {
  const { instance } = await WebAssembly.instantiate(await (await fetch(file)).arrayBuffer());
  const wasm = instance.exports;
  const images = Math.ceil(wasm.heapBase() / 16) * 16;
  const out = images + Math.ceil((numbers.length * 8 + 32) / 16) * 16;
  const places = out + count * 12288 + 32;
  const scratch = Math.ceil((places + normals * 4 + 32) / 16) * 16;
  const state = scratch + Math.ceil((wasm.drawingScratch() + 32) / 16) * 16;
  wasm.memory.grow(Math.ceil((state + 1024) / 65536));
  new Float64Array(wasm.memory.buffer, images, numbers.length).set(numbers);
  wasm.drawShapes(out, images, count, 3, 0, scratch);
  wasm.fillNormals(places, normals, 0, 9, 1, 18, 4, state);
  const digest = async (from, length) => {
    const sum = await crypto.subtle.digest('SHA-256', new Uint8Array(wasm.memory.buffer.slice(from, from + length)));
    return [...new Uint8Array(sum)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  };
  return [await digest(out, count * 12288), await digest(places, normals * 4)];
}`;

const digest = (array: Uint8Array | Float32Array) => createHash('sha256').update(array).digest('hex');

test('core.wasm draws the images and the normal numbers of Node', async () => {
  const expected = await withWatchedCore((core) => {
    const out = core.arena.alloc('u8', COUNT * 12288);
    core.raster.drawShapes(out, core.arena.upload('f64', NUMBERS.flat()), COUNT, 3, false);
    const normals = core.arena.alloc('f32', NORMALS);
    core.random.fillNormals(normals, { seed: 2 ** 32 + 9, stream: 18, index: 4 });
    return [digest(out.array), digest(normals.array)];
  });
  const browser = await launch();
  const site = await serve({ '/dist/': join(repository, 'dist'), '/': join(repository, 'test/browser/page') });
  try {
    const page = await browser.newPage();
    await page.goto(`${site.origin}/index.html`);
    const options = { file: '/dist/core.wasm', numbers: NUMBERS.flat(), count: COUNT, normals: NORMALS };
    assert.equal(await page.evaluate(`(${IN_PAGE})(${JSON.stringify(options)})`), expected);
  } finally {
    await browser.close();
    await site.close();
  }
});

browsing.run();
