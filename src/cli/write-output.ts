import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeFileAtomically } from '../io/write-file.js';

/** A file cannot be written. */
class OutputError extends Error {
  override readonly name = 'OutputError';
  readonly code = 'ERR_NO_OUTPUT';
}

/** Finds out before a long computation whether a file can be written at its end. */
export async function checkOutput(path: string): Promise<void> {
  const folder = dirname(path);
  try {
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new OutputError(`${path}: cannot be written: ${reasonOf(error, folder)}`);
  }
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) throw new OutputError(`${path}: cannot be written: it is a directory`);
}

/** Writes a whole file or nothing. What fails in making the chunks is passed on as it is. */
export async function writeOutput(
  path: string,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  try {
    await writeFileAtomically(path, chunks);
  } catch (error) {
    const { syscall } = error as NodeJS.ErrnoException;
    if (syscall === undefined || syscall === 'read') throw error;
    throw new OutputError(`${path}: cannot be written: ${reasonOf(error, dirname(path))}`);
  }
}

function reasonOf(error: unknown, folder: string): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return `there is no directory ${folder}`;
    case 'ENOTDIR':
      return `${folder} is not a directory`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `no permission to write in ${folder}`;
    case 'ENOSPC':
      return 'the disk is full';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
