/** The lock of a run: exactly one has it, however many try, whatever lies there. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, promises, readdirSync, readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lockRun } from '../../../src/train/run/node-run-lock.js';
import { errorOf } from '../../io/matrices.js';
import { testNeeding } from '../../requirements.js';
import { bundle } from './bundle.js';
import { nameOf, writeLock } from './locks.js';
import { makeFolder } from './samples.js';

const temporary = makeFolder();
test.after(temporary.remove);

const gone = spawnSync(process.execPath, ['-e', '']).pid as number;
const isLinux = process.platform === 'linux';

/** What may lie there, of which none counts. */
const LEFT: ReadonlyArray<readonly [what: string, name: string | null]> = [
  ['nothing', null],
  ['the lock of a process that is gone', nameOf(gone, '')],
  // If processes do not say when they began it would count.
  ['the lock of a number that another process has now', nameOf(isLinux ? 1 : gone, '1')],
];

let folders = 0;

function folderWith(name: string | null): string {
  const path = temporary.at(`lock-${folders++}`);
  mkdirSync(path);
  if (name !== null) writeLock(path, name);
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

for (const [what, name] of LEFT) {
  test(`of many that try within one process exactly one has the lock if there is ${what}`, async () => {
    for (let round = 0; round < 20; round++) {
      const path = folderWith(name);
      const results = await Promise.allSettled(Array.from({ length: 6 }, () => lockRun(path)));
      const won = results.filter((result) => result.status === 'fulfilled');
      assert.is(won.length, 1);
      await won[0].value.release();
      assert.equal(readdirSync(path), []);
    }
  });
}

test('of those that take and release it at once, time and again, never two have it', async () => {
  const taker = temporary.at('taker.mjs');
  await bundle('taker.ts', taker);
  const path = folderWith(null);
  const takers = Array.from({ length: 4 }, () => {
    const child = spawn(process.execPath, [taker, path, '50'], { stdio: ['ignore', 'pipe', 'inherit'] });
    return Promise.all([
      new Promise((resolve) => child.stdout.once('data', (data) => resolve(String(data)))),
      new Promise((resolve) => child.on('close', resolve)),
    ]);
  });
  assert.equal(await Promise.all(takers), new Array(4).fill(['50\n', 0]));
  assert.equal(readdirSync(path), []);
});

test('who was killed while taking or releasing keeps nobody out', async () => {
  for (const leave of [
    (path: string) => mkdirSync(join(path, '.lock')),
    (path: string) => mkdirSync(join(path, '.lock.0123456789ab.tmp')),
  ]) {
    const path = folderWith(null);
    leave(path);
    const lock = await lockRun(path);
    await lock.check();
    await lock.release();
    assert.not.ok(existsSync(join(path, '.lock')));
  }
});

test('one that another has now is not released', async () => {
  const path = folderWith(null);
  const lock = await lockRun(path);
  const theirs = nameOf(7, '5', 'elsewhere.example');
  writeLock(path, theirs);
  await lock.release();
  assert.equal(readdirSync(join(path, '.lock')), [theirs]);
});

for (const [what, fail] of [
  ['refuses every new name', () => Promise.reject(Object.assign(new Error('ENOENT: no rename'), { code: 'ENOENT' }))],
  ['keeps nothing', async () => {}],
] as const) {
  test(`a file system that ${what} is an error, and not tried for ever`, async () => {
    const { rename } = promises;
    const path = folderWith(null);
    promises.rename = fail;
    syncBuiltinESMExports();
    try {
      const { message } = await errorOf(() => lockRun(path));
      assert.match(
        message,
        what === 'keeps nothing' ? /\.lock: cannot be written: what is made there/ : /^ENOENT: no rename$/,
      );
    } finally {
      promises.rename = rename;
      syncBuiltinESMExports();
    }
    assert.equal(readdirSync(path), []);
  });
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
      await (await lockRun(folderWith(nameOf(pid)))).release();
    } finally {
      parent.kill('SIGKILL');
    }
  },
);

test.run();
