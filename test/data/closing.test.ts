/** What has been opened is closed where opening a data set fails further on. */
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openHdf5 } from '../../src/data/files/hdf5.js';
import { openDataset } from '../../src/data/index.js';
import { memorySource } from '../../src/io/index.js';
import { concatenate, littleEndian, npyBytes, zipBytes } from '../io/builders.js';
import { fixture, inFolder, ramp, refusalOf } from './rows.js';

const open = fs.open;

/**
 * Counts the handles that are open on files whose path begins in some way; `fail` says which
 * opening is to fail.
 */
async function countOpen(
  folder: string,
  work: () => Promise<unknown>,
  fail: (path: string) => boolean = () => false,
): Promise<number> {
  let count = 0;
  let all = 0;
  const counting: typeof fs.open = async (path, ...more) => {
    const isOurs = String(path).startsWith(folder);
    if (isOurs && fail(String(path))) throw Object.assign(new Error('it is gone'), { code: 'ENOENT' });
    const handle = await open(path, ...more);
    if (!isOurs) return handle;
    count++;
    all++;
    let isOpen = true;
    const close = handle.close.bind(handle);
    handle.close = async () => {
      if (isOpen) count--;
      isOpen = false;
      await close();
    };
    return handle;
  };
  fs.open = counting;
  syncBuiltinESMExports();
  try {
    await work();
  } finally {
    fs.open = open;
    syncBuiltinESMExports();
  }
  assert.ok(all > 0, 'files were opened');
  return count;
}

const images = npyBytes({ descr: '|u1', shape: [2, 2, 2], data: ramp(8) });
const archive = (members: Readonly<Record<string, Uint8Array>>) =>
  zipBytes(Object.entries(members).map(([name, content]) => ({ name: `${name}.npy`, content, deflated: true })));

test('the file that images were unpacked to, where the factors do not fit them', async () => {
  const labels = npyBytes({ descr: '|u1', shape: [3], data: ramp(3) });
  await inFolder({ 'a.npz': archive({ images, labels }) }, async (folder) => {
    const opening = () => openDataset(join(folder, 'a.npz'), { unpackTo: join(folder, 'u.npy') });
    const left = await countOpen(folder, async () => {
      assert.match(await refusalOf(opening()), 'expected a row for each of 2 images, got 3');
    });
    assert.is(left, 0);
  });
});

test('the file that images should be unpacked to, where it is another one', async () => {
  for (const there of [concatenate('hello, world: no array'), archive({ images }), images.slice(0, 40)]) {
    await inFolder({ 'a.npz': archive({ images }), 'u.npy': there }, async (folder) => {
      const opening = () => openDataset(join(folder, 'a.npz'), { unpackTo: join(folder, 'u.npy') });
      assert.is(await countOpen(folder, () => refusalOf(opening())), 0);
    });
  }
});

test('the file that images of HDF5 were unpacked to, where it cannot be read as it should', async () => {
  const path = fixture('3dshapes.h5');
  const source = memorySource(new Uint8Array(await fs.readFile(path)), path);
  await inFolder({}, async (folder) => {
    const unpackTo = join(folder, 'u.npy');
    const opening = () => openHdf5(source, 'a', { unpackTo }, { whole: 0, unpacked: 0 });
    await (await opening()).close?.();
    const data = ramp(24 * 192);
    await fs.writeFile(unpackTo, npyBytes({ descr: '|u1', fortranOrder: true, shape: [24, 8, 8, 3], data }));
    const left = await countOpen(folder, async () => {
      assert.match(await refusalOf(opening()), 'expected images in row order, got Fortran order');
    });
    assert.is(left, 0);
  });
});

test('the images of smallNORB, where there are none', async () => {
  const matrix = (magic: number, shape: readonly number[]) =>
    littleEndian(4, magic, shape.length, ...[...shape, 1, 1].slice(0, Math.max(3, shape.length)));
  const files = {
    's-dat.mat': matrix(0x1e3d4c55, [0, 2, 4, 4]),
    's-cat.mat': matrix(0x1e3d4c54, [0]),
    's-info.mat': matrix(0x1e3d4c54, [0, 4]),
  };
  await inFolder(files, async (folder) => {
    const left = await countOpen(folder, async () => {
      assert.match(await refusalOf(openDataset(folder)), 'expected at least one image, got none');
    });
    assert.is(left, 0);
  });
});

test('the first files of MNIST, where a later one cannot be opened', async () => {
  const idx = (...shape: number[]) =>
    concatenate(Uint8Array.of(0, 0, 8, shape.length), littleEndian(4, ...shape.reverse()).reverse(), ramp(2));
  const files = {
    'train-images-idx3-ubyte': idx(2, 1, 1),
    'train-labels-idx1-ubyte': idx(2),
    't10k-images-idx3-ubyte': idx(2, 1, 1),
    't10k-labels-idx1-ubyte': idx(2),
  };
  for (const [last, before] of [
    ['train-labels-idx1-ubyte', 1],
    ['t10k-images-idx3-ubyte', 2],
    ['t10k-labels-idx1-ubyte', 3],
  ] as const) {
    await inFolder(files, async (folder) => {
      // Each is looked into first, and opened again to be read.
      const times = new Map<string, number>();
      let again = 0;
      const fail = (path: string) => {
        times.set(path, (times.get(path) ?? 0) + 1);
        if (times.get(path) === 1) return false;
        if (path.endsWith(last)) return true;
        again++;
        return false;
      };
      const work = async () => {
        let code: unknown;
        await openDataset(folder).catch((error) => {
          code = error.code;
        });
        assert.is(code, 'ERR_NO_INPUT');
      };
      assert.is(await countOpen(folder, work, fail), 0, last);
      assert.is(again, before);
    });
  }
});

test.run();
