/**
 * Files and folders by their path, in Node; loaded on use. Bundles for browsers put disk.browser.ts
 * in this module's place, as a page hands in a Blob instead.
 */
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { DataError } from '../../errors.js';
import { describeReadFailure, NoInputError, openFileSource } from '../../io/file-source.js';
import type { ByteSource } from '../../io/source.js';
import { byName, type NamedFile } from './named-file.js';

/**
 * What a path leads to: a pipe or a device is a `stream`; null where there is nothing, a link that
 * leads nowhere included.
 * @throws NoInputError where that cannot be found out, as in a folder that may not be entered
 */
export async function kindOfPath(path: string): Promise<'file' | 'folder' | 'stream' | null> {
  try {
    const found = await stat(path);
    return found.isDirectory() ? 'folder' : found.isFile() ? 'file' : 'stream';
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes((error as NodeJS.ErrnoException).code as string)) return null;
    throw new NoInputError(path, describeReadFailure(error), error);
  }
}

/** @throws NoInputError always: for a path that leads to nothing */
export function refuseMissing(path: string, reason: string): never {
  throw new NoInputError(path, reason);
}

/** Opens a file; null where there is none. */
export async function openIfThere(path: string): Promise<ByteSource | null> {
  return (await kindOfPath(path)) === 'file' ? openFileSource(path) : null;
}

/** The last step of a path. */
export function lastStep(path: string): string {
  return basename(resolve(path));
}

/** A path beside another. */
export function besides(path: string, name: string): string {
  return join(dirname(path), name);
}

export { resolve as absolutePath } from 'node:path';
export { writeFileAtomically } from '../../io/write-file.js';
export { openFileSource };

/**
 * The files of a folder and of the folders in it, in the order of their names; hidden ones are left
 * out. Links are followed, those to folders last: each folder is read once, by the name it has
 * without a link where it has one, so that a circle of links ends. What is no file and no folder, a
 * pipe or a device, is refused when it is opened.
 *
 * @throws NoInputError where it cannot be listed
 */
export async function listFolder(folder: string): Promise<NamedFile[]> {
  const names: string[] = [];
  const streams = new Set<string>();
  const visited = new Set<string>();
  let links: string[] = [];
  const visit = async (inner: string): Promise<void> => {
    const path = join(folder, inner);
    const real = await realpath(path);
    if (visited.has(real)) return;
    visited.add(real);
    for (const entry of await readdir(path, { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      const name = inner === '' ? entry.name : `${inner}/${entry.name}`;
      if (entry.isDirectory()) await visit(name);
      else if (entry.isFile()) names.push(name);
      else {
        const kind = await kindOfPath(join(folder, name));
        if (kind === 'file' || kind === 'stream') names.push(name);
        if (kind === 'stream') streams.add(name);
        if (kind === 'folder') links.push(name);
      }
    }
  };
  try {
    await visit('');
    while (links.length > 0) {
      const found = links.sort();
      links = [];
      for (const name of found) await visit(name);
    }
  } catch (error) {
    throw error instanceof NoInputError ? error : new NoInputError(folder, describeReadFailure(error), error);
  }
  const openNamed = async (name: string): Promise<ByteSource> => {
    const path = join(folder, name);
    if (streams.has(name)) throw new DataError('expected a file, got a pipe or a device', { path });
    return openFileSource(path);
  };
  return names.map((name) => ({ name, open: () => openNamed(name) })).sort(byName);
}
