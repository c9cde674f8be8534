import { type FileHandle, open } from 'node:fs/promises';
import { type ByteSource, memorySource, refuseOutside, truncated } from './source.js';

/** A file that cannot be opened: it is missing, is a directory, or may not be read. */
export class NoInputError extends Error {
  override readonly name = 'NoInputError';
  readonly code = 'ERR_NO_INPUT';
  readonly path: string;

  constructor(path: string, reason: string, cause?: unknown) {
    super(`${path === '-' ? 'standard input' : path}: ${reason}`, { cause });
    this.path = path;
  }
}

// One read(2) moves at most 2 GiB less a page, on every system Node runs on.
const READ_BYTES = 1 << 30;

/**
 * Opens a file for reading in ranges, beyond 4 GiB as well. `-` is standard input, which is read to
 * its end into memory, as is a named pipe. Close it when done.
 *
 * @throws NoInputError when there is nothing to read
 */
export async function openFileSource(path: string): Promise<ByteSource> {
  if (path === '-') return memorySource(await readToEnd(process.stdin, path), path);
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, 'r');
    const stat = await handle.stat();
    if (stat.isDirectory()) throw new NoInputError(path, 'expected a file, got a directory');
    if (stat.isFile()) return positionalSource(handle, path, stat.size);
    // A pipe or a device has no size and no positions: <(process substitution) and /dev/stdin come
    // here.
    const bytes = await readToEnd(handle.createReadStream({ autoClose: false }), path);
    await handle.close();
    return memorySource(bytes, path);
  } catch (error) {
    await handle?.close();
    if (error instanceof NoInputError) throw error;
    throw new NoInputError(path, describeReadFailure(error), error);
  }
}

function positionalSource(handle: FileHandle, path: string, size: number): ByteSource {
  return {
    path,
    size,
    async read(offset, length) {
      refuseOutside(offset, length, size, path);
      const bytes = room(length);
      let filled = 0;
      while (filled < length) {
        const count = Math.min(READ_BYTES, length - filled);
        const { bytesRead } = await handle.read(bytes, filled, count, offset + filled);
        // The file shrank after it was opened.
        if (bytesRead === 0) throw truncated(offset, length, filled, path);
        filled += bytesRead;
      }
      return bytes;
    },
    close: () => handle.close(),
  };
}

/**
 * Memory that is about to be written to in full, and so need not be cleared; not a Buffer, whose
 * `slice` is a view.
 */
function room(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
}

async function readToEnd(stream: AsyncIterable<Uint8Array>, path: string): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const piece of stream) {
      pieces.push(piece);
      size += piece.length;
    }
  } catch (error) {
    throw new NoInputError(path, describeReadFailure(error), error);
  }
  const bytes = new Uint8Array(size);
  let filled = 0;
  for (const piece of pieces) {
    bytes.set(piece, filled);
    filled += piece.length;
  }
  return bytes;
}

/** Why a file or folder cannot be read, in words. */
export function describeReadFailure(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'no such file';
    case 'EISDIR':
      return 'expected a file, got a directory';
    case 'EACCES':
    case 'EPERM':
      return 'no permission to read it';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
