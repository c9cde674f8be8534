/** Where a run is kept: files by name, in a file system or in memory. */

/** A file that only grows. */
export interface AppendOnlyFile {
  /** Adds bytes at the end, all of them or none. They outlive the process from then on. */
  append(bytes: Uint8Array): Promise<void>;
  /** Waits until everything is on the disk, and outlives the machine as well. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The files of a run, by their names in its folder (`config.json`, `checkpoints/best.safetensors`).
 */
export interface RunFolder {
  /** What to call it in messages. */
  readonly path: string;
  /**
   * Names of all files of the folder itself, or of one folder in it (`checkpoints`), without those
   * of writers at work; sorted.
   */
  list(folder?: string): Promise<string[]>;
  /** The bytes of a file; null where there is none. */
  read(name: string): Promise<Uint8Array | null>;
  /**
   * Puts a file in place whole or not at all; what was there stays readable until then, and after
   * any failure.
   */
  writeAtomically(name: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void>;
  /** Removes a file; nothing happens where there is none. */
  remove(name: string): Promise<void>;
  /** Opens a file for adding to it; it comes to be where there is none. */
  openAppendOnly(name: string): Promise<AppendOnlyFile>;
  /** Lets others have it. */
  close(): Promise<void>;
}

/** There is no run in a folder. */
export class NoRunError extends Error {
  override readonly name = 'NoRunError';
  readonly code = 'ERR_NO_INPUT';

  constructor(
    readonly path: string,
    reason: string,
  ) {
    super(`${path}: ${reason}`);
  }
}

/** The path of a file for messages. */
export function pathIn(folder: RunFolder, name: string): string {
  return `${folder.path.replace(/\/$/, '')}/${name}`;
}
