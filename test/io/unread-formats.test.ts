import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DataError } from '../../src/errors.js';
import { memorySource, openArrays } from '../../src/io/index.js';
import { UNREAD_FORMATS } from '../../src/io/unread-formats.js';
import { concatenate, floats } from './builders.js';
import { errorOf } from './matrices.js';

const open = (bytes: Uint8Array, path: string, options = {}) => openArrays(memorySource(bytes, path), options);
const refusal = async (bytes: Uint8Array, path: string): Promise<string> => {
  const error = await errorOf(() => open(bytes, path));
  assert.instance(error, DataError);
  assert.not.match(error.message, /columns/);
  return error.message;
};

test('names what is not read by how it begins, under any name, with a way out', async () => {
  for (const { problem, magic = [] } of UNREAD_FORMATS) {
    for (const one of magic) {
      const [bytes, at] = typeof one === 'string' ? [one, 0] : one;
      if (bytes === '\x1f\x8b') continue;
      const file = concatenate(new Uint8Array(at), bytes, Uint8Array.of(0, 1, 2, 3, 200), new Uint8Array(40));
      for (const path of ['a.csv', 'a', '-', 'a.npy', 'a.json']) {
        assert.match(await refusal(file, path), problem);
      }
    }
  }
});

test('names what is not read by its name', async () => {
  for (const { problem, extensions = [] } of UNREAD_FORMATS) {
    for (const extension of extensions) {
      assert.is(await refusal(concatenate('\x07\x01\x02\x03'), `a.${extension}`), `a.${extension}: ${problem}`);
    }
  }
  assert.match(await refusal(concatenate('(lp0\nI1\na.'), 'a.pkl'), 'a Python pickle, which is never read');
  assert.match(await refusal(concatenate('{"cells": []}'), 'a.ipynb'), 'a notebook');
});

test('names text of two bytes a character that does not say so', async () => {
  const wide = Uint8Array.from('a,b\n1,2\n3,4\n', (letter) => letter.charCodeAt(0));
  for (const at of [0, 1]) {
    const bytes = Uint8Array.from({ length: 2 * wide.length }, (_, i) => (i % 2 === at ? wide[i >> 1] : 0));
    for (const path of ['a.csv', 'a']) assert.match(await refusal(bytes, path), 'UTF-16 text; save it as UTF-8');
    assert.is((await open(bytes, 'a.bin', { raw: { columns: 1, dtype: 'int16' } })).format, 'raw');
  }
});

test('does not take names of columns for signatures', async () => {
  for (const name of ['FEA1', 'ORC', 'BZh', 'PARENT', 'A']) {
    const { arrays } = await open(concatenate(`${name},b\n2,3\n`), 'a.csv');
    assert.equal(arrays[0].columnNames, [name, 'b']);
  }
});

test('reads bare values under their names, and under others only if told so', async () => {
  // Short signatures may be numbers.
  for (const start of ['BZh\x01', '\xff\xd8\xff\x01', 'II*\0', '\x80\x02\0\0']) {
    const bytes = concatenate(start, floats(1, 2, 3));
    for (const path of ['a.bin', 'a.raw', 'a.dat']) {
      assert.is((await open(bytes, path, { raw: { columns: 2 } })).format, 'raw');
    }
  }
  assert.match(await refusal(concatenate('SQLite format 3\0', floats(1)), 'a.bin'), 'an SQLite database');
  const bare = floats(1, 2, 3, 4);
  assert.is((await open(bare, 'a.f32', { raw: { columns: 2 } })).format, 'raw');
  const error = await errorOf(() => open(bare, 'a.f32', { role: 'factors' }));
  assert.is(
    error.message,
    'a.f32, byte 0: expected a format that is read here, got a file that begins with 00 00 80 3f 00 00; if these are bare values, say columns: N',
  );
});

test.run();
