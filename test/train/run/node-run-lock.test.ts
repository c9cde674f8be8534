/** The lock of a run: exactly one has it, however many try, whatever lies there. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import fsPromises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lockRun } from '../../../src/train/run/node-run-lock.js';
import { errorOf } from '../../io/matrices.js';
import { testNeeding } from '../../requirements.js';
import { bundle } from './bundle.js';
import { makeFolder } from './samples.js';

const temporary = makeFolder();
test.after(temporary.remove);

const gone = spawnSync(process.execPath, ['-e', '']).pid;
const isLinux = process.platform === 'linux';

/** What may lie there, of which none counts. */
const LEFT: ReadonlyArray<readonly [what: string, text: string | null]> = [
  ['nothing', null],
  ['the lock of a process that is gone', JSON.stringify({ host: hostname(), pid: gone, began: null })],
  ['the lock of another host', JSON.stringify({ host: 'elsewhere.example', pid: 7, began: '5' })],
  // Where processes do not say when they began it would count.
  [
    'the lock of a number that another process has now',
    JSON.stringify({ host: hostname(), pid: isLinux ? 1 : gone, began: '-' }),
  ],
];

let folders = 0;

function folderWith(text: string | null): string {
  const path = temporary.at(`lock-${folders++}`);
  mkdirSync(path);
  if (text !== null) writeFileSync(join(path, '.lock'), text);
  return path;
}

test('of eight processes that try at once exactly one has the lock, whatever lies there', async () => {
  const contender = temporary.at('contender.mjs');
  await bundle('contender.ts', contender);
  const rounds = Array.from({ length: 60 }, (_, round) => folderWith(LEFT[round % LEFT.length][1]));
  const start = String(Date.now() + 1500);
  const contenders = Array.from({ length: 8 }, () => {
    const child = spawn(process.execPath, [contender, start, '25', ...rounds], { stdio: ['pipe', 'pipe', 'inherit'] });
    let out = '';
    const told = new Promise<string[]>((resolve) => {
      child.stdout.on('data', (piece) => {
        out += piece;
        if (out.split('\n').length > rounds.length) resolve(out.trim().split('\n'));
      });
      child.on('close', () => resolve(out.trim().split('\n')));
    });
    return { child, told };
  });
  try {
    const words = await Promise.all(contenders.map(({ told }) => told));
    for (const [round, path] of rounds.entries()) {
      const said = words.map((of) => of[round]).sort();
      assert.equal(said, [...new Array(7).fill('refused'), 'won'], `round ${round}, ${LEFT[round % LEFT.length][0]}`);
      // Of what it takes to get it nothing is left, once those who came late have given up.
      assert.equal(readdirSync(path), ['.lock']);
    }
  } finally {
    for (const { child } of contenders) child.stdin.end();
  }
});

for (const [what, text] of LEFT) {
  test(`of many that try within one process exactly one has the lock, where there is ${what}`, async () => {
    for (let round = 0; round < 20; round++) {
      const path = folderWith(text);
      const results = await Promise.allSettled(Array.from({ length: 6 }, () => lockRun(path)));
      const won = results.filter((result) => result.status === 'fulfilled');
      assert.is(won.length, 1);
      await won[0].value.release();
      assert.equal(readdirSync(path), []);
    }
  });
}

test('who was killed while taking over keeps nobody out, however far it had come', async () => {
  const [, stale] = LEFT[1];
  // Somebody who is killed at the second lock, and somebody who is killed when taking that over.
  for (let depth = 1; depth <= 2; depth++) {
    const path = folderWith(stale);
    let name = '.lock';
    for (let level = 0; level < depth; level++) {
      const { createHash } = await import('node:crypto');
      name = `${name}.${createHash('sha256')
        .update(readFileSync(join(path, name)))
        .digest('hex')
        .slice(0, 12)}.tmp`;
      writeFileSync(
        join(path, name),
        JSON.stringify({ host: hostname(), pid: gone, began: null, token: String(level) }),
      );
    }
    writeFileSync(join(path, '.lock.0123456789ab.tmp'), '');
    const lock = await lockRun(path);
    assert.equal(readdirSync(path), ['.lock']);
    await lock.release();
    assert.equal(readdirSync(path), []);
  }
});

test('one that another host has taken over is not released', async () => {
  const path = folderWith(null);
  const lock = await lockRun(path);
  const theirs = JSON.stringify({ host: 'elsewhere.example', pid: 7, began: '5' });
  writeFileSync(join(path, '.lock'), theirs);
  await lock.release();
  assert.equal(readdirSync(path), ['.lock']);
  assert.is(readFileSync(join(path, '.lock'), 'utf8'), theirs);
});

test('one that was killed while releasing keeps nobody out', async () => {
  const [, stale] = LEFT[1];
  const path = folderWith(stale);
  const { createHash } = await import('node:crypto');
  const claim = `.lock.${createHash('sha256')
    .update(stale as string)
    .digest('hex')
    .slice(0, 12)}.tmp`;
  linkSync(join(path, '.lock'), join(path, claim));
  await (await lockRun(path)).release();
  assert.equal(readdirSync(path), []);
});

test('on a file system without links there is a lock, too', async () => {
  const { link } = fsPromises;
  fsPromises.link = async () => {
    throw Object.assign(new Error('not supported'), { code: 'EPERM' });
  };
  syncBuiltinESMExports();
  try {
    for (const [, text] of LEFT) {
      const path = folderWith(text);
      const lock = await lockRun(path);
      assert.match((await errorOf(() => lockRun(path))).message, `process ${process.pid} is training this run`);
      await lock.release();
      assert.equal(readdirSync(path), []);
    }
  } finally {
    fsPromises.link = link;
    syncBuiltinESMExports();
  }
});

test('what cannot be read as a lock is looked at again before it counts as none', async () => {
  const path = folderWith('');
  const file = join(path, '.lock');
  const alive = JSON.stringify({ host: hostname(), pid: process.ppid, began: beginningOf(process.ppid) });
  setTimeout(() => writeFileSync(file, alive), 50);
  assert.match((await errorOf(() => lockRun(path))).message, `process ${process.ppid} is training this run`);
});

function beginningOf(pid: number): string | null {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return null;
  const stat = readFileSync(file, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

testNeeding(isLinux, 'no /proc: Linux has it')(
  'a process that has ended counts as gone though nobody has asked how',
  async () => {
    // What takes the shell's place knows nothing of its child.
    const parent = spawn('sh', ['-c', 'sh -c "echo \\$\\$; exit" & exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const pid = Number(await new Promise((resolve) => parent.stdout.once('data', resolve)));
      const stateOf = () => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1][0];
      while (stateOf() !== 'Z') await new Promise((resolve) => setTimeout(resolve, 10));
      const lock = { host: hostname(), pid, began: beginningOf(pid) };
      await (await lockRun(folderWith(JSON.stringify(lock)))).release();
    } finally {
      parent.kill('SIGKILL');
    }
  },
);

test.run();
