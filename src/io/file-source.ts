import { closeSync, constants, openSync } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { isatty, ReadStream } from 'node:tty';
import { DataError } from '../errors.js';
import { joinBytes } from '../join-bytes.js';
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

// What has no end of its own, such as /dev/zero, ends here, before memory does.
const STREAMED_BYTES = 2 ** 30;

// To open a pipe that nobody writes to would wait in a thread that nothing can end. Windows has no
// such pipes.
const READING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * Opens a file for reading in ranges, beyond 4 GiB as well. `-` is standard input, which is read to
 * its end into memory, as is a named pipe: 1 GiB at most. Close it when done.
 *
 * @throws NoInputError when there is nothing to read; DataError for a stream of more
 */
export async function openFileSource(path: string): Promise<ByteSource> {
  if (path === '-') return memorySource(await readToEnd(process.stdin, path), path);
  let handle: FileHandle | undefined;
  try {
    // Of <(process substitution) and /dev/stdin too.
    const kind = await stat(path);
    const stream = kind.isFIFO() || kind.isCharacterDevice() ? openWaiting(path, kind.isFIFO()) : null;
    if (stream !== null) return memorySource(await readToEnd(stream, path), path);
    handle = await open(path, READING);
    const found = await handle.stat();
    if (found.isDirectory()) throw new NoInputError(path, 'expected a file, got a directory');
    if (found.isFile()) return positionalSource(handle, path, found.size);
    // A device has no size and no positions.
    const bytes = await readToEnd(handle.createReadStream({ autoClose: false }), path);
    await handle.close();
    return memorySource(bytes, path);
  } catch (error) {
    await handle?.close();
    if (error instanceof NoInputError || error instanceof DataError) throw error;
    throw new NoInputError(path, describeReadFailure(error), error);
  }
}

/** What writes when it likes, a pipe or a terminal; null for other devices. */
function openWaiting(path: string, isPipe: boolean): AsyncIterable<Uint8Array> | null {
  const descriptor = openSync(path, READING);
  if (isPipe) return new Socket({ fd: descriptor, readable: true, writable: false });
  if (isatty(descriptor)) return new ReadStream(descriptor);
  closeSync(descriptor);
  return null;
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
      if (size > STREAMED_BYTES) {
        throw new DataError(`expected at most ${STREAMED_BYTES} bytes of a stream, got more; give a file`, { path });
      }
    }
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new NoInputError(path, describeReadFailure(error), error);
  }
  return joinBytes(pieces);
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
