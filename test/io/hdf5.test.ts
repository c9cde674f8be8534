/** HDF5 as h5py and PyTables write it (fixtures/make_hdf5.py), and as it should not be. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DataError } from '../../src/errors.js';
import { scoreFiles } from '../../src/files.js';
import {
  type ArrayEntry,
  type ArrayFile,
  memorySource,
  openArrays,
  pickFactors,
  pickLatents,
} from '../../src/io/index.js';
import { errorOf, gather } from './matrices.js';

const fixture = (name: string) => new Uint8Array(readFileSync(new URL(`fixtures/${name}.h5`, import.meta.url)));
const open = (name: string): Promise<ArrayFile> => openArrays(memorySource(fixture(name), 'a.h5'));
const numbers = Array.from({ length: 150 }, (_, i) => Math.floor(i / 5) * 10 + (i % 5));

function find({ arrays }: ArrayFile, name: string): ArrayEntry {
  const found = arrays.find((entry) => entry.name === name);
  assert.ok(found, name);
  return found as ArrayEntry;
}

test('reads data sets by their paths, of every type of numbers', async () => {
  const file = await open('plain');
  assert.is(file.format, 'hdf5');
  const types = { latents: 'float32', factors: 'int64', big: 'float64', half: 'float16', 'test/deep/mu': 'float64' };
  for (const [name, dtype] of Object.entries(types)) {
    const matrix = await find(file, name).read();
    assert.equal([matrix.rows, matrix.columns, matrix.dtype], [30, 5, dtype], name);
    assert.equal([...matrix.data], numbers, name);
  }
  assert.equal(
    [...(await find(file, 'truth').read()).data],
    numbers.map((value) => value % 2),
  );
  assert.is(pickLatents(file).name, 'latents');
  assert.is(pickFactors(file).name, 'factors');
  const named = file.arrays.map(({ name }) => name);
  assert.is(named.filter((name) => name?.includes('itself')).length, 0, 'a group in itself is read once');
  assert.not.ok(named.includes('link') || named.includes('elsewhere/other'), 'links by name are passed over');
});

test('refuses what is no table of numbers, and lists it', async () => {
  const file = await open('plain');
  const refusal = (name: string) => find(file, name).refusal;
  assert.is(refusal('names'), 'expected numbers, got text; save numpy.unique(x, return_inverse=True)[1]');
  assert.is(
    refusal('texts'),
    'expected numbers, got text or lists; save numpy.unique(x, return_inverse=True)[1], or numpy.stack(x)',
  );
  assert.is(
    refusal('complex'),
    "expected numbers, got compounds; save its fields apart, as x['a'], or pandas.read_hdf('x.h5').to_csv('x.csv', index=False)",
  );
  assert.is(refusal('scalar'), 'expected rows and columns, got a single number of shape ()');
  assert.match(refusal('cube') ?? '', /got 3 dimensions of shape \(2, 2, 2\)/);
});

test('reads chunks, packed in any way that is read, whole and by rows', async () => {
  const files: Array<[string, string[]]> = [
    ['chunks', ['gzip', 'lzf', 'fletcher', 'growing']],
    ['latest', ['whole', 'one', 'some', 'bare']],
    ['pytables', ['latents', 'factors']],
  ];
  for (const [name, members] of files) {
    const file = await open(name);
    for (const member of members) {
      const entry = find(file, member);
      const matrix = await entry.read();
      assert.equal([...matrix.data], numbers, `${name} ${member}`);
      assert.equal((await gather(entry.chunks(), matrix)).data, matrix.data);
    }
  }
  const { data } = await find(await open('chunks'), 'vector').read();
  assert.equal(
    [...data],
    Array.from({ length: 30 }, (_, i) => i * 10),
  );
});

test('refuses what was never written, what the file cannot hold, and filters that are not read', async () => {
  const file = await open('never');
  const message = async (name: string) => (await errorOf(() => find(file, name).read())).message;
  assert.is(await message('never'), `a.h5, member 'never': it was never written`);
  assert.is(await message('partly'), `a.h5, member 'partly': a part of it was never written, at (1, 0)`);
  assert.match(await message('huge'), /^a\.h5, member 'huge': shape \(1000000000, 1\) takes 4000000000 bytes/);
  assert.match(await message('wide'), /in chunks of 2000000000, more than a file of \d+ bytes can hold$/);
  assert.match(await message('offset'), /the filter 6 of HDF5 is not read here; write it with the defaults of h5py/);
  const latest = await open('latest');
  assert.match(find(latest, 'growing').refusal ?? '', /HDF5 stores it in a way that is not read here; /);
  assert.match((await errorOf(() => open('group'))).message, /^a\.h5: found no data set in the HDF5 file$/);
  const cut = memorySource(fixture('plain').subarray(0, 9000), 'a.h5');
  assert.match(
    (await errorOf(() => openArrays(cut))).message,
    /^a\.h5: it is cut short, or damaged: expected \d+ bytes/,
  );
});

test('reads groups of many arrays, which new versions store in another way', async () => {
  const { arrays } = await open('crowded');
  assert.equal(arrays.map(({ name }) => name).sort(), Array.from({ length: 50 }, (_, i) => `array${i}`).sort());
  for (const entry of arrays) {
    assert.equal([...(await entry.read()).data], [Number(entry.name?.slice(5))]);
  }
});

test('tells damage by a checksum', async () => {
  const bytes = Buffer.from(fixture('chunks'));
  const chunk = Buffer.from(Int16Array.from(numbers.slice(0, 40)).buffer);
  // What is not packed has the same bytes; the chunks of 8 rows are those with a checksum.
  const at = bytes.indexOf(chunk);
  assert.ok(at > 0 && bytes.indexOf(chunk, at + 1) < 0);
  bytes[at + 7] ^= 4;
  const entry = find(await openArrays(memorySource(bytes, 'a.h5')), 'fletcher');
  assert.is(
    (await errorOf(() => entry.read())).message,
    `a.h5, member 'fletcher', byte ${at}: a chunk of HDF5 is damaged`,
  );
});

test('whichever byte changes, it gives the size it declared or a DataError, at once', async () => {
  let refused = 0;
  let slowest = 0;
  for (const name of ['plain', 'latest', 'crowded', 'pytables']) {
    const bytes = fixture(name);
    for (let at = 0; at < bytes.length; at += 41) {
      const damaged = bytes.slice();
      damaged[at] = [0xff, 0x80, bytes[at] ^ 1][at % 3];
      const start = performance.now();
      try {
        for (const entry of (await openArrays(memorySource(damaged, 'a.h5'))).arrays) {
          if (entry.refusal !== null) continue;
          const { data, rows } = await entry.read();
          assert.equal([rows, data.byteLength], [entry.shape[0], entry.bytes]);
        }
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        refused++;
      }
      slowest = Math.max(slowest, performance.now() - start);
    }
  }
  assert.ok(refused > 60, `${refused} refused`);
  assert.ok(slowest < 2000, `${slowest} ms`);
});

test('tells of a table of PyTables how it is read, and lists none of its indices', async () => {
  const { arrays } = await open('pytables-table');
  assert.equal(
    arrays.map(({ name, dtype }) => [name, dtype]),
    [['df/table', 'compounds']],
  );
  const error = await errorOf(() => scoreFiles(fixture('pytables-table')));
  assert.match(
    error.message,
    "member 'df/table': expected numbers, got compounds; save its fields apart, as x['a'], or pandas",
  );
});

test.run();
