import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describeWriteFailure, OutputError } from '../io/output-error.js';
import { writeFileAtomically } from '../io/write-file.js';

/** Finds out before a long computation whether a file can be written at its end. */
export async function checkOutput(path: string): Promise<void> {
  const folder = dirname(path);
  try {
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new OutputError(path, describeWriteFailure(error, folder), error);
  }
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) throw new OutputError(path, 'it is a directory');
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
    throw new OutputError(path, describeWriteFailure(error, dirname(path)), error);
  }
}
