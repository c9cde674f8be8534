import { type FileHandle, open, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { wrongValue } from '../../errors.js';
import { makeFolder } from '../../io/make-folder.js';
import { describeWriteFailure, OutputError } from '../../io/output-error.js';
import { isLeftover, syncFolder, writeFileAtomically } from '../../io/write-file.js';
import { LOCK_NAME, lockRun, type RunLock } from './node-run-lock.js';
import { type AppendOnlyFile, NoRunError, type RunFolder } from './run-folder.js';

/**
 * What a folder is opened for: `start` makes it and refuses one that holds something else, `resume`
 * needs a run in it; both keep other processes out and remove what killed writers left. `read`
 * changes nothing and disturbs nobody.
 */
export type Purpose = 'start' | 'resume' | 'read';

/**
 * Opens the folder of a run in the file system.
 * @throws NoRunError where there is none to resume or to read; RangeError where a new run would mix
 * with other files, or another process is at work there; OutputError where it cannot be written
 */
export async function openRunFolder(path: string, purpose: Purpose): Promise<RunFolder> {
  if (purpose === 'start') await prepareFolder(path);
  else if (!(await namesIn(path)).includes('config.json')) {
    throw new NoRunError(path, `there is no run to ${purpose}: expected a folder with config.json`);
  }
  if (purpose === 'read') return nodeRunFolder(path, null);
  const lock = await withPath(join(path, LOCK_NAME), () => lockRun(path));
  for (const folder of [path, join(path, 'checkpoints')]) {
    const names = (await namesIn(folder)).filter(isLeftover);
    for (const name of names) {
      await withPath(join(folder, name), () => rm(join(folder, name), { recursive: true, force: true }));
    }
  }
  return nodeRunFolder(path, lock);
}

/** A run that is there already is left to the caller, who knows what it is. */
async function prepareFolder(path: string): Promise<void> {
  await withPath(path, () => makeFolder(path));
  const names = (await namesIn(path)).filter((name) => name !== LOCK_NAME && !isLeftover(name));
  if (names.length === 0 || names.includes('config.json')) return;
  const some = names.slice(0, 3).join(', ');
  throw wrongValue({
    option: 'out',
    problem: `expected a new or empty folder for the run, got ${path} with ${some}${names.length > 3 ? ' ...' : ''}`,
  });
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw new NoRunError(folder, `cannot be read: ${message}`);
  }
}

/** @param lock ours, if the run is written */
function nodeRunFolder(path: string, lock: RunLock | null): RunFolder {
  return {
    path,
    async list(folder = '') {
      const entries = await readdir(join(path, folder), { withFileTypes: true }).catch((error) => {
        if (error.code === 'ENOENT') return [];
        throw error;
      });
      const files = entries.filter((entry) => !entry.isDirectory() && !isLeftover(entry.name));
      return files.map(({ name }) => name).sort();
    },
    async read(name) {
      try {
        return new Uint8Array(await readFile(join(path, name)));
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        if (code === 'ENOENT') return null;
        throw new NoRunError(join(path, name), `cannot be read: ${message}`);
      }
    },
    async writeAtomically(name, chunks) {
      await lock?.check();
      const file = join(path, name);
      await withPath(file, async () => {
        await makeFolder(dirname(file));
        await writeFileAtomically(file, chunks);
        await syncFolder(dirname(file));
      });
    },
    async remove(name) {
      await withPath(join(path, name), () => rm(join(path, name), { force: true }));
    },
    async openAppendOnly(name) {
      const file = join(path, name);
      return withPath(file, async () => {
        const handle = await open(file, 'a');
        await syncFolder(path);
        return appendOnly(handle, file, lock);
      });
    },
    close: async () => withPath(join(path, LOCK_NAME), async () => lock?.release()),
  };
}

async function appendOnly(handle: FileHandle, path: string, lock: RunLock | null): Promise<AppendOnlyFile> {
  const about = await handle.stat();
  let size = about.size;
  return {
    async append(bytes) {
      await lock?.check();
      await withPath(path, async () => {
        let done = 0;
        try {
          while (done < bytes.length) done += (await handle.write(bytes, done, bytes.length - done)).bytesWritten;
        } catch (error) {
          // Half a line would spoil the next; taking it back needs no room. A device has nothing to
          // take back.
          if (done > 0 && about.isFile()) await handle.truncate(size);
          throw error;
        }
        size += bytes.length;
      });
    },
    sync: () => withPath(path, () => handle.datasync()),
    close: () => handle.close(),
  };
}

/** Failures of the file system as one sentence with the path. */
async function withPath<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { syscall } = error as NodeJS.ErrnoException;
    if (syscall === undefined || syscall === 'read') throw error;
    throw new OutputError(path, describeWriteFailure(error, dirname(path)), error);
  }
}
