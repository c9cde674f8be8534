import { randomBytes } from 'node:crypto';
import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { wrongType } from '../errors.js';
import { describeWriteFailure, OutputError } from './output-error.js';

/**
 * Writes a file so that it is there whole or not at all: into a temporary file beside it, which
 * takes its name once it is on the disk. A file that was there before stays as it was until then,
 * and after any failure. A link stays a link; a pipe or a device is written to as it is.
 *
 * @throws OutputError (`ERR_NO_OUTPUT`) if it cannot be written; what fails in making the chunks is
 * passed on as it is
 */
export async function writeFileAtomically(
  path: string,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  if (typeof path !== 'string' || path === '') {
    throw wrongType({ option: 'path', problem: `expected a path, got ${path === '' ? "''" : typeof path}` });
  }
  const isSome = typeof chunks === 'object' && chunks !== null;
  if (!isSome || !(Symbol.iterator in chunks || Symbol.asyncIterator in chunks)) {
    throw wrongType({ option: 'chunks', problem: `expected bytes in chunks, got ${typeof chunks}` });
  }
  try {
    await replaceFile(path, chunks);
  } catch (error) {
    const { syscall } = error as NodeJS.ErrnoException;
    if (syscall === undefined || syscall === 'read') throw error;
    throw new OutputError(path, describeWriteFailure(error, dirname(path)), error);
  }
}

async function replaceFile(path: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> {
  const before = await stat(path).catch(() => null);
  if (before !== null && !before.isFile()) {
    await writeAll(await open(path, 'w'), chunks, false);
    return;
  }
  const target = before === null ? path : await realpath(path);
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
  const handle = await open(temporary, 'wx', before?.mode ?? 0o666);
  try {
    await writeAll(handle, chunks, true);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/**
 * Whether a name is that of a temporary file of `writeFileAtomically`, left where a writer was
 * killed.
 */
export function isLeftover(name: string): boolean {
  return /^\..+\.[0-9a-f]{12}\.tmp$/.test(name);
}

/**
 * Makes the names in a folder durable: until then a file that took its name may lose it to a power
 * cut.
 */
export async function syncFolder(path: string): Promise<void> {
  // Windows opens no folders; its file systems journal names themselves.
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeAll(
  handle: FileHandle,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  flush: boolean,
): Promise<void> {
  try {
    for await (const chunk of chunks) {
      for (let done = 0; done < chunk.length; ) {
        done += (await handle.write(chunk, done, chunk.length - done)).bytesWritten;
      }
    }
    if (flush) await handle.sync();
  } finally {
    await handle.close();
  }
}
