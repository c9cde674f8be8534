import { statSync } from 'node:fs';
import { dirname } from 'node:path';

/** A file cannot be written; the message is one sentence with its path. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
  readonly code = 'ERR_NO_OUTPUT';

  constructor(
    readonly path: string,
    reason: string,
    cause?: unknown,
  ) {
    super(`${path}: cannot be written: ${reason}`, { cause });
  }
}

/**
 * What went wrong in writing a file, in words, from the code that a file system gives; what the
 * code does not explain is said as the system says it.
 * @param folder where the file is, or was to be
 */
export function describeWriteFailure(error: unknown, folder: string): string {
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  // Of folders that are made one in another it may be any that fails.
  const place = syscall === 'mkdir' && path !== undefined ? dirname(path) : folder;
  const there = nearestThere(place);
  switch (code) {
    case 'ENOENT':
      // In file systems that hold no files of ours (/proc) it is there all the same.
      if (there?.path !== place) return `there is no directory ${place}`;
      break;
    case 'ENOTDIR':
      if (there !== null && !there.isFolder) return `${there.path} is not a directory`;
      break;
    case 'EEXIST':
      return 'there is something else in its place';
    case 'EACCES':
    case 'EPERM':
      return `no permission to write in ${there?.path ?? place}`;
    case 'EROFS':
      return `the file system of ${there?.path ?? place} is read-only`;
    case 'ENOSPC':
      return 'the disk is full';
    case 'EDQUOT':
      return 'the quota of the disk is used up';
  }
  return error instanceof Error ? error.message : String(error);
}

/** The nearest of a path and those above it that is there. */
function nearestThere(path: string): { readonly path: string; readonly isFolder: boolean } | null {
  for (let at = path; ; at = dirname(at)) {
    try {
      return { path: at, isFolder: statSync(at).isDirectory() };
    } catch {
      if (dirname(at) === at) return null;
    }
  }
}
