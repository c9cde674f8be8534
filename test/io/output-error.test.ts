/** What is said where a file cannot be written: what the file system has said. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeFolder } from '../../src/io/make-folder.js';
import { describeWriteFailure } from '../../src/io/output-error.js';
import { testNeeding } from '../requirements.js';
import { errorOf } from './matrices.js';

const root = mkdtempSync(join(tmpdir(), 'vaemetrics-'));
test.after(() => rmSync(root, { recursive: true }));

/** What is said of a folder that cannot be made. */
const reasonOf = async (path: string) => describeWriteFailure(await errorOf(() => makeFolder(path)), dirname(path));

test('a path through a file names the file', async () => {
  const file = join(root, 'file');
  writeFileSync(file, '');
  assert.is(await reasonOf(join(file, 'run')), `${file} is not a directory`);
  assert.is(await reasonOf(join(file, 'deep', 'run')), `${file} is not a directory`);
  assert.is(await reasonOf(file), 'there is something else in its place');
});

testNeeding(existsSync('/proc/self'), 'no /proc: Linux has it')(
  'a file system that takes no folder is not said to lack the one above',
  async () => {
    assert.is(await reasonOf('/proc/run'), "ENOENT: no such file or directory, mkdir '/proc/run'");
    assert.is(await reasonOf('/proc/self/runs/first'), "ENOENT: no such file or directory, mkdir '/proc/self/runs'");
  },
);

test('what is refused is said of the folder that is there', () => {
  mkdirSync(join(root, 'there'));
  const failure = (code: string) => Object.assign(new Error(`${code}: as the system says it`), { code });
  const missing = join(root, 'there', 'a', 'b');
  const at = (code: string) => describeWriteFailure(failure(code), missing);
  assert.is(at('ENOENT'), `there is no directory ${missing}`);
  assert.is(at('EACCES'), `no permission to write in ${root}/there`);
  assert.is(at('EROFS'), `the file system of ${root}/there is read-only`);
  for (const code of ['ENOTDIR', 'ENAMETOOLONG', 'EIO']) assert.is(at(code), `${code}: as the system says it`);
});

test.run();
