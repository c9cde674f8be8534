/** Keeps two processes from training one run: the name of the one that does, in a file. */
import { open, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { optionRangeError } from '../../errors.js';

export const LOCK_NAME = '.lock';

interface Holder {
  readonly host: string;
  readonly pid: number;
  /** When the process began, in the system's own measure: numbers of processes are used again. Null where it cannot be known. */
  readonly began: string | null;
}

export interface RunLock {
  readonly warnings: readonly string[];
  release(): Promise<void>;
}

/**
 * A lock that a killed process has left is taken over; so is one of another host, with a warning, because nobody can ask there.
 * @throws RangeError where the process is alive
 */
export async function lockRun(path: string): Promise<RunLock> {
  const file = join(path, LOCK_NAME);
  const warnings: string[] = [];
  while (!(await tryCreate(file, await describeProcess(process.pid)))) {
    const holder = parseHolder(await readFile(file, 'utf8').catch(() => ''));
    if (holder !== null && (await isAlive(holder))) {
      throw optionRangeError(
        `${path}: process ${holder.pid} is training this run; stop it first, or take another folder`,
      );
    }
    if (holder !== null && holder.host !== hostname()) {
      warnings.push(
        `took over the run from process ${holder.pid} of the host ${holder.host}, which must not train it any more`,
      );
    }
    await rm(file, { force: true });
  }
  return { warnings, release: () => rm(file, { force: true }) };
}

async function tryCreate(file: string, holder: Holder): Promise<boolean> {
  try {
    const handle = await open(file, 'wx');
    try {
      await handle.writeFile(`${JSON.stringify(holder)}\n`);
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Null for a lock whose writer was killed over it. */
function parseHolder(text: string): Holder | null {
  try {
    const holder = JSON.parse(text);
    return typeof holder?.host === 'string' && Number.isSafeInteger(holder.pid) ? holder : null;
  } catch {
    return null;
  }
}

async function describeProcess(pid: number): Promise<Holder> {
  return { host: hostname(), pid, began: await beginningOf(pid) };
}

/** The 22nd field of Linux' /proc/PID/stat; the second, a name in parentheses, may hold anything. */
async function beginningOf(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

async function isAlive({ host, pid, began }: Holder): Promise<boolean> {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return began === (await beginningOf(pid));
}
