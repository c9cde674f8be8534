/**
 * Keeps two processes from writing one run.
 *
 * The lock is a folder with one empty file, whose name says who has it. Two renames change it, and
 * of any number that try one at once exactly one succeeds:
 * - If there is no lock, a folder with the file in it takes its name. A folder cannot take the
 *   name of one that holds something.
 * - If the process that has it is gone, the file gets another name. No two names are the same, so
 *   the second that tries finds nothing to rename.
 *
 * To release it is to remove the file, then the folder. Who finds the folder empty removes it too,
 * as that works on empty folders only. The process in whose name the file is has the lock.
 */
import { randomBytes } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { wrongValue } from '../../errors.js';
import { OutputError } from '../../io/output-error.js';

export const LOCK_NAME = '.lock';

/** As a part of a file's name. */
const HOST = encodeURIComponent(hostname());

export interface RunLock {
  /** @throws RangeError if another has the run now: two writers would spoil it */
  check(): Promise<void>;
  /** Removes the lock, unless another has it now. */
  release(): Promise<void>;
}

/** How often others may be first. In each turn one of them gets on, so many turns mean a fault. */
const MOST_TURNS = 1000;

/**
 * Takes the lock of a run; one that a killed process has left is taken over.
 * @throws RangeError if the process that has it is alive, or cannot be asked; what the file system
 * says where it lets nobody have it
 */
export async function lockRun(path: string): Promise<RunLock> {
  const folder = join(path, LOCK_NAME);
  const mine = await nameLock();
  let fault: unknown = new OutputError(folder, 'what is made there does not stay');
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    const names = await namesIn(folder);
    if (names === null) fault = (await propose(folder, mine)) ?? fault;
    else if (names.length === 0) fault = (await unlessOvertaken(rmdir(folder))) ?? fault;
    else if (names.includes(mine)) return { check: () => check(path, mine), release: () => release(folder, mine) };
    else {
      await refuseUnlessGone(path, names[0]);
      fault = (await unlessOvertaken(rename(join(folder, names[0]), join(folder, mine)))) ?? fault;
    }
  }
  throw fault;
}

/** Process, when it began, a number that no other lock has, and host. */
async function nameLock(): Promise<string> {
  const began = (await statOf(process.pid))?.began ?? '';
  return `${process.pid}_${began}_${randomBytes(6).toString('hex')}_${HOST}`;
}

/** Names of the files in a lock; null if there is none. */
async function namesIn(folder: string): Promise<string[] | null> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    // A file, which earlier versions had for a lock.
    if (error.code === 'ENOTDIR') return [''];
    throw error;
  });
}

/**
 * The name of the folder before it is one is that of a leftover: whoever has the lock may remove
 * it.
 */
async function propose(folder: string, mine: string): Promise<unknown> {
  const temporary = `${folder}.${randomBytes(6).toString('hex')}.tmp`;
  await mkdir(temporary);
  try {
    return await unlessOvertaken(writeFile(join(temporary, mine), '').then(() => rename(temporary, folder)));
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Windows answers EPERM if a folder is there already. */
const OVERTAKEN = ['ENOENT', 'ENOTEMPTY', 'EEXIST', ...(process.platform === 'win32' ? ['EPERM'] : [])];

/**
 * Waits for work that fails if another was first, and gives that failure. What came of it is read
 * from the lock.
 */
async function unlessOvertaken(work: Promise<void>): Promise<unknown> {
  return work.catch((error: NodeJS.ErrnoException) => {
    if (!OVERTAKEN.includes(error.code ?? '')) throw error;
    return error;
  });
}

async function refuseUnlessGone(path: string, name: string): Promise<void> {
  const [, pid, began, host] = /^(\d+)_(\d*)_[0-9a-f]+_(.+)$/.exec(name) ?? [];
  const remedy = `if nothing trains this run, remove ${join(path, LOCK_NAME)}`;
  if (pid === undefined)
    throw wrongValue({ option: 'out', problem: `the lock of ${path} does not say who has it; ${remedy}` });
  if (host !== HOST) {
    throw wrongValue({
      option: 'out',
      problem: `process ${pid} of the host ${host} has the lock of ${path}; ${remedy}`,
    });
  }
  if (!(await isAlive(Number(pid), began))) return;
  throw wrongValue({
    option: 'out',
    problem: `process ${pid} is training ${path}; stop it first, or take another folder`,
  });
}

async function isAlive(pid: number, began: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const stat = await statOf(pid);
  // Z and X: it has ended, and nobody has asked yet how. Another beginning: the number is used
  // again.
  return stat === null || (stat.state !== 'Z' && stat.state !== 'X' && stat.began === began);
}

/**
 * State and beginning of a process, the 3rd and the 22nd field of Linux' /proc/PID/stat; the
 * second, a name in parentheses, may hold anything. Null if the system does not say.
 */
async function statOf(pid: number): Promise<{ state: string; began: string } | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0], began: fields[19] };
}

async function check(path: string, mine: string): Promise<void> {
  await access(join(path, LOCK_NAME, mine)).catch(() => {
    throw wrongValue({
      option: 'out',
      problem: `the lock of this process on ${path} is gone: another has taken the run, or the folder was removed; this process writes no more of it`,
    });
  });
}

/** Writes nothing: it must work on a disk that is full. */
async function release(folder: string, mine: string): Promise<void> {
  await rm(join(folder, mine), { force: true });
  await unlessOvertaken(rmdir(folder));
}
