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
 * What went wrong in writing a file, in words, from the code that a file system gives; `folder` is
 * where the file is.
 */
export function describeWriteFailure(error: unknown, folder: string): string {
  switch ((error as { code?: unknown }).code) {
    case 'ENOENT':
      return `there is no directory ${folder}`;
    case 'ENOTDIR':
      return `${folder} is not a directory`;
    case 'EEXIST':
      return 'there is something else in its place';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `no permission to write in ${folder}`;
    case 'ENOSPC':
      return 'the disk is full';
    case 'EDQUOT':
      return 'the quota of the disk is used up';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
