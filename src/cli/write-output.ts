import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { describeWriteFailure, OutputError } from '../io/output-error.js';

export { writeFileAtomically as writeOutput } from '../io/write-file.js';

/**
 * Finds out before a long computation whether a file can be written at its end.
 * @param inputs files and folders that are read: none of them is replaced, and nothing is put among
 * the files of a folder
 */
export async function checkOutput(path: string, inputs: readonly string[] = []): Promise<void> {
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
  for (const input of inputs) {
    const reason = await describeClash(path, input);
    if (reason !== null) throw new OutputError(path, reason);
  }
}

/**
 * Why writing a file would change an input; null where it would not. Files are told by what the
 * system numbers them, as links have other names.
 */
async function describeClash(path: string, input: string): Promise<string | null> {
  const read = await identify(input);
  // Pipes and devices are written to as they are.
  if (read === null || read.kind === 'other') return null;
  if (read.kind === 'file') return (await identify(path))?.id === read.id ? 'it is what is read' : null;
  const real = await realpath(path).then(dirname, () => realpath(dirname(path)));
  // By the path as it is written too: a folder that is read may be linked into another.
  for (const folder of [...withParents(real), ...withParents(dirname(resolve(path)))]) {
    if ((await identify(folder))?.id === read.id) return `it would be among the files of ${input}, which are read`;
  }
  return null;
}

function withParents(folder: string): string[] {
  return dirname(folder) === folder ? [folder] : [folder, ...withParents(dirname(folder))];
}

async function identify(path: string): Promise<{ kind: 'file' | 'folder' | 'other'; id: string } | null> {
  const found = await stat(path, { bigint: true }).catch(() => null);
  if (found === null) return null;
  const kind = found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other';
  return { kind, id: `${found.dev} ${found.ino}` };
}
