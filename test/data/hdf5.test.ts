/** What is said of files that HDF5 cannot read as they should be. */
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runnable } from '../../build/runnable.mjs';
import { openDataset } from '../../src/data/index.js';
import { fixture, imagesOf, inFolder, ramp, refusalOf } from './rows.js';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

test('a file that is cut short gives one line, and no more', async () => {
  const bytes = new Uint8Array(await readFile(fixture('3dshapes.h5')));
  await inFolder({ 'cut.h5': bytes.subarray(0, 9000) }, async (folder) => {
    const path = join(folder, 'cut.h5');
    const { FORCE_COLOR: _, ...env } = process.env;
    const { status, stderr } = spawnSync(process.execPath, [...runnable(main), 'data', path], {
      encoding: 'utf8',
      env,
    });
    const { length } = bytes;
    const line = `vaemetrics: error: ${path}: it is cut short, or damaged: expected ${length} bytes of HDF5, got 9000\n`;
    assert.equal([status, stderr], [65, line]);
    await refusalOf(openDataset(path));
  });
  const whole = await openDataset(fixture('3dshapes.h5'));
  assert.equal(await imagesOf(whole, [0]), ramp(192), 'another is read after that');
  await whole.close?.();
});

test('a group in the place of images is no data set', async () => {
  const path = fileURLToPath(new URL('../io/fixtures/group.h5', import.meta.url));
  assert.is((await refusalOf(openDataset(path))).slice(path.length), ': expected a data set called images, got none');
  const other = fileURLToPath(new URL('../io/fixtures/pytables.h5', import.meta.url));
  assert.is(
    (await refusalOf(openDataset(other))).slice(other.length),
    ': expected a data set called images, got factors, latents',
  );
});

test.run();
