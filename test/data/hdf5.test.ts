/** What is said of files that HDF5 cannot read as they should be; in a process of its own, as the library keeps the console that it finds. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openDataset } from '../../src/data/index.js';
import { fixture, imagesOf, inFolder, ramp, refusalOf } from './rows.js';

const printed: unknown[] = [];
const { error } = console;
console.error = (...words) => printed.push(words);
test.after(() => {
  console.error = error;
});

test('a file that is cut short gives one line, and nothing that HDF5 prints', async () => {
  const bytes = new Uint8Array(await readFile(fixture('3dshapes.h5')));
  await inFolder({ 'cut.h5': bytes.subarray(0, 9000) }, async (folder) => {
    const path = join(folder, 'cut.h5');
    assert.is(await refusalOf(openDataset(path)), `${path}: HDF5 cannot open it: it is damaged or cut short`);
  });
  assert.equal(printed, []);
  const whole = await openDataset(fixture('3dshapes.h5'));
  assert.equal(await imagesOf(whole, [0]), ramp(192));
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
