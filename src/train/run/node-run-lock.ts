/**
 * Keeps two processes from training one run: the name of the one that does, in a file.
 *
 * A lock whose process is gone is taken over, by one of any number that try at once. A lock comes to be by a link to a file that is written
 * already, which fails where there is one. To put another in its place one needs a second lock, whose name is made of what the first
 * says; as no two locks ever say the same, its holder, who then looks whether the first is still there, is alone with it. The second is
 * renamed to the first, and so is gone with that. One who was killed on the way has left a lock that is taken over the same way.
 */
import { createHash, randomBytes } from 'node:crypto';
import { link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { wrongValue } from '../../errors.js';

export const LOCK_NAME = '.lock';

interface Holder {
  readonly host: string;
  readonly pid: number;
  /** When the process began, in the system's own measure: numbers of processes are used again. Null where it cannot be known. */
  readonly began: string | null;
}

export interface RunLock {
  readonly warnings: readonly string[];
  /** @throws RangeError where another has taken it over: two writers would spoil the run */
  check(): Promise<void>;
  /** Removes the lock, unless another host has taken it over. */
  release(): Promise<void>;
}

/**
 * A lock that a killed process has left is taken over; so is one of another host, with a warning, because nobody can ask there.
 * @throws RangeError where the process is alive
 */
export async function lockRun(path: string): Promise<RunLock> {
  const file = join(path, LOCK_NAME);
  // No two say the same, not even of one process.
  const mine = `${JSON.stringify({ ...(await describeProcess(process.pid)), token: randomBytes(8).toString('hex') })}\n`;
  const { holder, before } = await take(file, mine);
  if (holder !== null) {
    throw wrongValue({
      option: path,
      problem: `process ${holder.pid} is training this run; stop it first, or take another folder`,
    });
  }
  await removeLeftovers(path, mine);
  const isElsewhere = before !== null && before.host !== hostname();
  const warnings = isElsewhere
    ? [`took over the run from process ${before.pid} of the host ${before.host}, which must not train it any more`]
    : [];
  return { warnings, check: () => checkOurs(file, mine, path), release: () => release(file, mine) };
}

async function checkOurs(file: string, mine: string, path: string): Promise<void> {
  const text = await readText(file);
  if (text === mine) return;
  const other = text === null ? null : parseHolder(text);
  const what =
    other === null
      ? 'its lock is gone: another process has had the run, or the folder was removed'
      : `the run was taken over by process ${other.pid} of the host ${other.host}`;
  throw wrongValue({ option: path, problem: `${what}; this process writes no more of it` });
}

/** Whether a name is that of a lock, or of what is needed to take one. */
export function isLock(name: string): boolean {
  return name === LOCK_NAME || (name.startsWith(`${LOCK_NAME}.`) && name.endsWith('.tmp'));
}

/** The lock that one needs to put another in the place of a lock that says `text`. */
function claimOf(file: string, text: string): string {
  return `${file}.${createHash('sha256').update(text).digest('hex').slice(0, 12)}.tmp`;
}

/** Takes a lock, or gives the process that has it and is alive; `before` is the one that it was taken from. */
async function take(file: string, mine: string): Promise<{ holder: Holder | null; before: Holder | null }> {
  for (;;) {
    if (await tryCreate(file, mine)) return { holder: null, before: null };
    const text = await readLock(file);
    if (text === null) continue;
    const before = parseHolder(text);
    if (before !== null && (await isAlive(before))) return { holder: before, before: null };
    const claim = claimOf(file, text);
    const { holder } = await take(claim, mine);
    // On its way to this one.
    if (holder !== null) return { holder, before: null };
    if ((await readLock(file)) === text && (await isDone(rename(claim, file), 'ENOENT')))
      return { holder: null, before };
    await rm(claim, { force: true });
  }
}

/** Long enough for a line to be written by one who cannot write it beforehand. */
const BEING_WRITTEN_MS = 200;

/** What a lock says; null where there is none. */
async function readLock(file: string): Promise<string | null> {
  const text = await readText(file);
  if (text === null || parseHolder(text) !== null) return text;
  await new Promise((resolve) => setTimeout(resolve, BEING_WRITTEN_MS));
  return readText(file);
}

async function readText(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
}

/** What file systems without links answer (FAT, some of networks). */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/** Makes a lock that nobody sees half-written; false where there is one already. */
async function tryCreate(file: string, text: string): Promise<boolean> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeFile(temporary, text, { flag: 'wx' });
    // Its new holder may remove what it takes for a leftover: tried again.
    return await isDone(link(temporary, file), 'EEXIST', 'ENOENT');
  } catch (error) {
    if (!NO_LINKS.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return isDone(writeFile(file, text, { flag: 'wx' }), 'EEXIST');
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Whether some work was done, and did not fail with one of the codes. */
async function isDone(work: Promise<void>, ...codes: readonly string[]): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (codes.includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

/** Writes nothing: it must work on a disk that is full. */
async function release(file: string, mine: string): Promise<void> {
  const claim = claimOf(file, mine);
  try {
    // Whoever has it takes the lock over, and it is not ours to remove.
    if (!(await isDone(link(file, claim), 'EEXIST', 'ENOENT'))) return;
  } catch {
    // Without links nobody is kept from taking it over between these two.
    if ((await readText(file)) === mine) await rm(file, { force: true });
    return;
  }
  if ((await readText(claim)) === mine) await rm(file, { force: true });
  await rm(claim, { force: true });
}

/** What the killed have left; what is needed to take over from us is not among it. */
async function removeLeftovers(path: string, mine: string): Promise<void> {
  const claim = claimOf(LOCK_NAME, mine);
  for (const name of await readdir(path)) {
    if (isLock(name) && name !== LOCK_NAME && !name.startsWith(claim)) await rm(join(path, name), { force: true });
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
  return { host: hostname(), pid, began: (await statOf(pid))?.began ?? null };
}

/**
 * State and beginning of a process, the 3rd and the 22nd field of Linux' /proc/PID/stat; the second, a name in parentheses, may hold
 * anything.
 */
async function statOf(pid: number): Promise<{ state: string; began: string } | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0], began: fields[19] };
}

async function isAlive({ host, pid, began }: Holder): Promise<boolean> {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const stat = await statOf(pid);
  // Nobody has asked yet how it ended, but it has.
  if (stat?.state === 'Z' || stat?.state === 'X') return false;
  return began === (stat?.began ?? null);
}
