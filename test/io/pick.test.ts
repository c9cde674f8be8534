import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { scoreFiles } from '../../src/files.js';
import {
  type ArrayFile,
  describeArrays,
  memorySource,
  openArrays,
  pickFactors,
  pickLatents,
} from '../../src/io/index.js';
import { concatenate, floats, npyBytes, zipBytes } from './builders.js';
import { errorOf } from './matrices.js';

function archive(...names: string[]): Promise<ArrayFile> {
  const content = npyBytes({ data: floats(1, 2, 3, 4) });
  return openArrays(memorySource(zipBytes(names.map((name) => ({ name: `${name}.npy`, content }))), 'a.npz'));
}

const pickled = { name: 'metadata.npy', content: npyBytes({ descr: '|O', data: concatenate('\x80\x04N.') }) };
const images = { name: 'images.npy', content: npyBytes({ descr: '|u1', shape: [2, 4, 4], data: new Uint8Array(32) }) };

test('takes the array of a file that has one', async () => {
  const file = await openArrays(memorySource(npyBytes(), 'a.npy'));
  assert.is(pickLatents(file), file.arrays[0]);
  assert.is(pickFactors(file), file.arrays[0]);
});

test('takes latents by convention: latents, mu, codes, z', async () => {
  for (const [names, expected] of [
    [['z', 'codes', 'mu', 'latents'], 'latents'],
    [['z', 'codes', 'mu', 'factors'], 'mu'],
    [['z', 'codes', 'factors'], 'codes'],
    [['logvar', 'z', 'factors'], 'z'],
  ] as const) {
    assert.is(pickLatents(await archive(...names)).name, expected);
  }
});

test('takes factors by convention: factors, labels, v', async () => {
  for (const [names, expected] of [
    [['v', 'labels', 'factors', 'z'], 'factors'],
    [['v', 'labels', 'z'], 'labels'],
    [['v', 'z'], 'v'],
  ] as const) {
    assert.is(pickFactors(await archive(...names)).name, expected);
  }
});

test('takes the member named, with .npy after it or without', async () => {
  const file = await archive('latents', 'run/other', 'x');
  assert.is(pickLatents(file, 'run/other').name, 'run/other');
  assert.is(pickLatents(file, 'run/other.npy').name, 'run/other');
  assert.is(pickFactors(file, 'x').name, 'x');
});

test('takes the only table of numbers, whatever its name', async () => {
  const content = npyBytes({ data: floats(1, 2, 3, 4) });
  const bytes = zipBytes([pickled, images, { name: 'encodings.npy', content }]);
  const file = await openArrays(memorySource(bytes, 'a.npz'));
  assert.is(pickLatents(file).name, 'encodings');
  assert.is(pickFactors(file).name, 'encodings');
});

test('says what there is and how to choose', async () => {
  const file = await archive('a', 'b');
  assert.throws(
    () => pickLatents(file),
    (error: Error) =>
      error.message ===
      `a.npz: found none of the usual names for the latents (latents, mu, codes, z_mean ...); it holds 'a' float32 (2, 2), 'b' float32 (2, 2); say member: NAME`,
  );
  assert.throws(
    () => pickFactors(file),
    (error: Error) =>
      error.message ===
      `a.npz: found none of the usual names for the factors (factors, labels, v, latents_classes ...); it holds 'a' float32 (2, 2), 'b' float32 (2, 2); say member: NAME`,
  );
  assert.throws(
    () => pickFactors(file, 'c'),
    (error: Error) =>
      error.message === `a.npz: found no 'c' for member; it holds 'a' float32 (2, 2), 'b' float32 (2, 2)`,
  );
  assert.throws(() => pickLatents({ ...file, arrays: [] }), /it holds nothing; say member: NAME$/);
});

test('names at most a dozen of what there is', async () => {
  const file = await archive(...Array.from({ length: 15 }, (_, i) => `a${i}`));
  assert.match(describeArrays(file), /'a11' float32 \(2, 2\) and 3 more$/);
});

test('refuses what was picked and cannot be read, before reading it', async () => {
  const file = await openArrays(memorySource(zipBytes([pickled, { ...images, name: 'mu.npy' }]), 'a.npz'));
  assert.throws(
    () => pickLatents(file, 'metadata'),
    (error: Error) =>
      error.message ===
      `a.npz, member 'metadata': a pickled object array, which is never read; save it with .astype(str) or .astype('float64')`,
  );
  assert.throws(
    () => pickLatents(file),
    (error: Error) =>
      error.message ===
      `a.npz, member 'mu': expected rows and columns, got 3 dimensions of shape (2, 4, 4); x.reshape(2, -1) makes a row of each, x.reshape(-1, 4) joins batches of rows`,
  );
});

test('says why nothing of a file can be read, in place of asking for a name', async () => {
  const odd = npyBytes({ descr: '|O', shape: [], data: concatenate('\x80\x04N.') });
  const file = await openArrays(memorySource(zipBytes([{ name: 'data.npy', content: odd }]), 'a.npz'));
  for (const pick of [pickLatents, pickFactors]) {
    assert.throws(() => pick(file), /a\.npz, member 'data': a pickled object, .*numpy\.savez\('x\.npz', \*\*x\)/);
  }
  assert.match(
    (await errorOf(() => scoreFiles(zipBytes([{ name: 'data.npy', content: odd }])))).message,
    /a pickled object/,
  );
  // Lists of strings can be factors, and which one must be said.
  const words = npyBytes({ descr: '<U1', shape: [2], data: new Uint8Array(8).fill(0) });
  const lists = await openArrays(memorySource(zipBytes([{ name: 'a.npy', content: words }]), 'a.npz'));
  assert.throws(() => pickFactors(lists), /found none of the usual names/);
});

test.run();
