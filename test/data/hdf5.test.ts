/** What is said of files that HDF5 cannot read as they should be. */
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openDataset } from '../../src/data/index.js';
import { fixture, imagesOf, inFolder, ramp, refusalOf } from './rows.js';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

test('a file that is cut short gives one line, and nothing that HDF5 prints', async () => {
  const bytes = new Uint8Array(await readFile(fixture('3dshapes.h5')));
  await inFolder({ 'cut.h5': bytes.subarray(0, 9000) }, async (folder) => {
    const path = join(folder, 'cut.h5');
    const { FORCE_COLOR: _, ...env } = process.env;
    // The library writes past the console of its process.
    const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', main, 'data', path], {
      encoding: 'utf8',
      env,
    });
    const line = `vaemetrics: error: ${path}: HDF5 cannot open it: it is damaged or cut short\n`;
    assert.equal([status, stderr], [65, line]);
    await refusalOf(openDataset(path));
  });
  const whole = await openDataset(fixture('3dshapes.h5'));
  assert.equal(await imagesOf(whole, [0]), ramp(192), 'another is read after that');
  await whole.close?.();
});

test('a group in the place of images is told from nothing of that name', async () => {
  await inFolder({}, async (folder) => {
    const { File, ready } = (await import('h5wasm/node' as string)) as {
      ready: Promise<unknown>;
      File: new (path: string, mode: 'w') => { create_group(name: string): unknown; close(): void };
    };
    await ready;
    const refusalWith = async (member: string) => {
      const path = join(folder, `${member}.h5`);
      const file = new File(path, 'w');
      file.create_group(member);
      file.close();
      return (await refusalOf(openDataset(path))).slice(path.length);
    };
    assert.is(await refusalWith('images'), ': expected a data set called images, got a group or a link of that name');
    assert.is(await refusalWith('pictures'), ': expected a data set called images, got pictures');
  });
});

test.run();
