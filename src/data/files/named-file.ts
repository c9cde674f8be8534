import type { ByteSource } from '../../io/source.js';

/** A file among others, in a folder or an archive; it is opened on use. */
export interface NamedFile {
  /** Path from the folder or in the archive, with slashes. */
  readonly name: string;
  open(): Promise<ByteSource>;
}

/** Opens a file, does something with it, and closes it whatever comes. */
export async function withFile<T>(file: NamedFile, use: (source: ByteSource) => Promise<T>): Promise<T> {
  const source = await file.open();
  try {
    return await use(source);
  } finally {
    await source.close?.();
  }
}

/** Orders names by their code units, so that the rows of a folder are the same everywhere. */
export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
