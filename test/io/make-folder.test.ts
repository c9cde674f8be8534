import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeFolder } from '../../src/io/make-folder.js';
import { errorOf } from './matrices.js';

const root = mkdtempSync(join(tmpdir(), 'vaemetrics-'));
test.after(() => rmSync(root, { recursive: true }));

const codeOf = async (path: string) => ((await errorOf(() => makeFolder(path))) as NodeJS.ErrnoException).code;

test('makes a folder and those above it, and is content with one that is there', async () => {
  const path = join(root, 'a', 'b', 'c');
  await makeFolder(path);
  assert.ok(statSync(path).isDirectory());
  await makeFolder(path);
  symlinkSync(path, join(root, 'link'));
  await makeFolder(join(root, 'link'));
});

test('is content with folders that other calls make meanwhile', async () => {
  for (let round = 0; round < 50; round++) {
    const path = join(root, `${round}`, 'x', 'y', 'z');
    await Promise.all([1, 2, 3, 4, 5, 6].map(() => makeFolder(path)));
    assert.ok(existsSync(path));
  }
});

test('fails if a file is in the way', async () => {
  writeFileSync(join(root, 'file'), '');
  assert.is(await codeOf(join(root, 'file')), 'EEXIST');
  assert.is(await codeOf(join(root, 'file', 'below')), 'ENOTDIR');
  symlinkSync(join(root, 'nowhere'), join(root, 'broken'));
  assert.is(await codeOf(join(root, 'broken')), 'EEXIST');
});

if (existsSync('/proc/self')) {
  test('fails at once in a file system that denies the folder above', async () => {
    assert.is(await codeOf('/proc/vaemetrics/run'), 'ENOENT');
  });
}

test.run();
