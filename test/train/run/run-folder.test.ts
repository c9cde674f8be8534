import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createMemoryRunFolder } from '../../../src/train/run/memory-run-folder.js';
import { openRunFolder } from '../../../src/train/run/node-run-folder.js';
import type { RunFolder } from '../../../src/train/run/run-folder.js';
import { errorOf } from '../../io/matrices.js';
import { testNeeding } from '../../requirements.js';
import { nameOf, writeLock } from './locks.js';
import { makeFolder } from './samples.js';

const temporary = makeFolder();
test.after(temporary.remove);

const bytes = (text: string) => new TextEncoder().encode(text);
const textOf = async (folder: RunFolder, name: string) => new TextDecoder().decode((await folder.read(name))!);

const kinds: ReadonlyArray<readonly [string, () => Promise<RunFolder>]> = [
  ['a folder of the file system', () => openRunFolder(temporary.at('kinds/one'), 'start')],
  ['a folder in memory', async () => createMemoryRunFolder()],
];

for (const [kind, open] of kinds) {
  test(`${kind} keeps files by name`, async () => {
    const folder = await open();
    await folder.writeAtomically('config.json', [bytes('{'), bytes('}')]);
    await folder.writeAtomically('checkpoints/best.safetensors', [bytes('one')]);
    await folder.writeAtomically('checkpoints/best.safetensors', [bytes('two')]);
    const log = await folder.openAppendOnly('log.jsonl');
    await log.append(bytes('a\n'));
    await log.append(bytes('b\n'));
    await log.sync();
    await log.close();
    const again = await folder.openAppendOnly('log.jsonl');
    await again.append(bytes('c\n'));
    await again.close();
    assert.equal(await folder.list(), ['config.json', 'log.jsonl']);
    assert.equal(await folder.list('checkpoints'), ['best.safetensors']);
    assert.equal(await folder.list('nothing'), []);
    assert.is(await textOf(folder, 'config.json'), '{}');
    assert.is(await textOf(folder, 'checkpoints/best.safetensors'), 'two');
    assert.is(await textOf(folder, 'log.jsonl'), 'a\nb\nc\n');
    assert.is(await folder.read('nothing'), null);
    await folder.remove('checkpoints/best.safetensors');
    await folder.remove('checkpoints/best.safetensors');
    assert.equal(await folder.list('checkpoints'), []);
    await folder.close();
  });
}

test('what is read from memory, or given to it, is a copy', async () => {
  const given = bytes('given');
  const folder = createMemoryRunFolder([['a', given]]);
  given[0] = 0;
  const part = bytes('part');
  await folder.writeAtomically('b', [part]);
  part[0] = 0;
  (await folder.read('b'))![1] = 0;
  assert.is(await textOf(folder, 'a'), 'given');
  assert.is(await textOf(folder, 'b'), 'part');
  assert.equal([...folder.files().keys()], ['a', 'b']);
});

/** A folder with a run. */
async function makeRun(name: string): Promise<string> {
  const path = temporary.at(name);
  const folder = await openRunFolder(path, 'start');
  await folder.writeAtomically('config.json', [bytes('{}')]);
  await folder.close();
  return path;
}

test('removes what killed writers have left, and nothing else', async () => {
  const path = await makeRun('leftovers');
  mkdirSync(join(path, 'checkpoints'));
  writeFileSync(join(path, '.config.json.0123456789ab.tmp'), 'half');
  writeFileSync(join(path, 'checkpoints', '.best.safetensors.ba9876543210.tmp'), 'half');
  writeFileSync(join(path, 'checkpoints', 'notes.tmp'), 'mine');
  const reading = await openRunFolder(path, 'read');
  assert.equal(await reading.list(), ['config.json']);
  assert.equal(await reading.list('checkpoints'), ['notes.tmp']);
  assert.ok(existsSync(join(path, '.config.json.0123456789ab.tmp')));
  const folder = await openRunFolder(path, 'resume');
  assert.equal(readdirSync(path).sort(), ['.lock', 'checkpoints', 'config.json']);
  assert.equal(readdirSync(join(path, 'checkpoints')), ['notes.tmp']);
  await folder.close();
  assert.equal(readdirSync(path).sort(), ['checkpoints', 'config.json']);
});

test('starts in a folder that is new, empty, or was left before the run began', async () => {
  for (const prepare of [
    () => {},
    (path: string) => mkdirSync(path, { recursive: true }),
    (path: string) => {
      mkdirSync(path);
      writeFileSync(join(path, '.config.json.0123456789ab.tmp'), '{');
      mkdirSync(join(path, '.lock.0123456789ab.tmp', 'within'), { recursive: true });
      mkdirSync(join(path, '.lock'));
    },
  ]) {
    const path = temporary.at(`start-${Math.floor(performance.now() * 1000)}`);
    prepare(path);
    const folder = await openRunFolder(path, 'start');
    assert.equal(readdirSync(path), ['.lock']);
    await folder.close();
  }
});

test('refuses to start among other files, and leaves them alone', async () => {
  const path = temporary.at('home');
  mkdirSync(path);
  for (const name of ['a', 'b', 'c', 'd']) writeFileSync(join(path, name), name);
  const error = await errorOf(() => openRunFolder(path, 'start'));
  assert.is(error.message, `out: expected a new or empty folder for the run, got ${path} with a, b, c ...`);
  assert.equal(readdirSync(path), ['a', 'b', 'c', 'd']);
});

test('refuses to resume or read where no run is', async () => {
  const path = temporary.at('none');
  for (const purpose of ['resume', 'read'] as const) {
    const error = await errorOf(() => openRunFolder(path, purpose));
    assert.is(error.message, `${path}: there is no run to ${purpose}: expected a folder with config.json`);
    assert.is((error as { code?: string }).code, 'ERR_NO_INPUT');
  }
  assert.not.ok(existsSync(path));
});

test('a path where a folder cannot be made is told in one sentence', async () => {
  const file = temporary.at('file');
  writeFileSync(file, '');
  assert.is(
    (await errorOf(() => openRunFolder(file, 'start'))).message,
    `${file}: cannot be written: there is something else in its place`,
  );
  const below = join(file, 'run');
  assert.is(
    (await errorOf(() => openRunFolder(below, 'start'))).message,
    `${below}: cannot be written: ${file} is not a directory`,
  );
});

test('a folder that cannot be looked into is told with what the system says', async () => {
  const path = temporary.at('circle');
  symlinkSync(path, path);
  for (const purpose of ['resume', 'read'] as const) {
    const error = await errorOf(() => openRunFolder(path, purpose));
    assert.match(error.message, new RegExp(`^${path}: cannot be read: ELOOP: `));
    assert.is((error as { code?: string }).code, 'ERR_NO_INPUT');
  }
});

test('two cannot train one run, and a lock of one that is gone does not count', async () => {
  const path = await makeRun('locked');
  const folder = await openRunFolder(path, 'resume');
  const error = await errorOf(() => openRunFolder(path, 'resume'));
  assert.is(error.message, `out: process ${process.pid} is training ${path}; stop it first, or take another folder`);
  await (await openRunFolder(path, 'read')).close();
  await folder.close();

  const gone = spawnSync(process.execPath, ['-e', '']).pid as number;
  writeLock(path, nameOf(gone, ''));
  await (await openRunFolder(path, 'resume')).close();
});

test('a process that lives keeps others out', async () => {
  const path = await makeRun('alive');
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  try {
    writeLock(path, nameOf(child.pid as number));
    const error = await errorOf(() => openRunFolder(path, 'resume'));
    assert.match(error.message, `process ${child.pid} is training `);
  } finally {
    child.kill('SIGKILL');
  }
});

test('a lock of which nobody can be asked keeps others out, and is told how to remove', async () => {
  const path = await makeRun('elsewhere');
  const refusal = async () => (await errorOf(() => openRunFolder(path, 'resume'))).message;
  const remedy = `if nothing trains this run, remove ${join(path, '.lock')}`;
  writeLock(path, nameOf(7, '5', 'elsewhere.example'));
  assert.is(await refusal(), `out: process 7 of the host elsewhere.example has the lock of ${path}; ${remedy}`);
  writeLock(path, 'notes.txt');
  assert.is(await refusal(), `out: the lock of ${path} does not say who has it; ${remedy}`);
  // As earlier versions wrote it.
  rmSync(join(path, '.lock'), { recursive: true });
  writeFileSync(join(path, '.lock'), JSON.stringify({ host: hostname(), pid: 7, began: '5' }));
  assert.is(await refusal(), `out: the lock of ${path} does not say who has it; ${remedy}`);
  rmSync(join(path, '.lock'));
  await (await openRunFolder(path, 'resume')).close();
});

test('a run whose lock is gone is written no more, and another that has it keeps it', async () => {
  const path = await makeRun('taken');
  const folder = await openRunFolder(path, 'resume');
  const log = await folder.openAppendOnly('log.jsonl');
  await log.append(bytes('ours\n'));
  rmSync(join(path, '.lock'), { recursive: true });
  for (const prepare of [() => {}, () => writeLock(path, nameOf(7, '5', 'elsewhere.example'))]) {
    prepare();
    const refusals = [
      await errorOf(() => log.append(bytes('too late\n'))),
      await errorOf(() => folder.writeAtomically('config.json', [bytes('theirs')])),
    ];
    for (const { message } of refusals) {
      assert.is(
        message,
        `out: the lock of this process on ${path} is gone: another has taken the run, or the folder was removed; this process writes no more of it`,
      );
    }
  }
  assert.is(readFileSync(join(path, 'log.jsonl'), 'utf8'), 'ours\n');
  assert.not.equal(readFileSync(join(path, 'config.json'), 'utf8'), 'theirs');
  await log.close();
  await folder.close();
  assert.equal(readdirSync(join(path, '.lock')), [nameOf(7, '5', 'elsewhere.example')]);
});

const testNeedingFullDevice = testNeeding(existsSync('/dev/full'), 'no /dev/full: Linux has it');

testNeedingFullDevice('a full disk is told in one sentence when lines are added', async () => {
  const path = await makeRun('full');
  symlinkSync('/dev/full', join(path, 'log.jsonl'));
  const folder = await openRunFolder(path, 'resume');
  const log = await folder.openAppendOnly('log.jsonl');
  const error = await errorOf(() => log.append(bytes('line\n')));
  assert.is(error.message, `${path}/log.jsonl: cannot be written: the disk is full`);
  assert.is((error as { code?: string }).code, 'ERR_NO_OUTPUT');
  await log.close();
  await folder.close();
});

test.run();
