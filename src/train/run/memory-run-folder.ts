import { joinBytes } from '../../join-bytes.js';
import type { AppendOnlyFile, RunFolder } from './run-folder.js';

/**
 * A run in memory, as pages have it: to be offered for download, or kept in a database of the page.
 */
export interface MemoryRunFolder extends RunFolder {
  /** All files as they are now, by name; copies. */
  files(): Map<string, Uint8Array>;
}

/** @param files those of a run that is to be resumed */
export function createMemoryRunFolder(
  files: Iterable<readonly [string, Uint8Array]> = [],
  path = 'run',
): MemoryRunFolder {
  // Pieces, so that adding to a long file does not copy it.
  const pieces = new Map<string, Uint8Array[]>([...files].map(([name, bytes]) => [name, [bytes.slice()]]));
  return {
    path,
    files: () => new Map([...pieces].map(([name, parts]) => [name, joinBytes(parts)])),
    async list(folder) {
      const prefix = folder === undefined ? '' : `${folder}/`;
      const names = [...pieces.keys()].filter((name) => name.startsWith(prefix));
      return names
        .map((name) => name.slice(prefix.length))
        .filter((name) => !name.includes('/'))
        .sort();
    },
    async read(name) {
      const parts = pieces.get(name);
      return parts === undefined ? null : joinBytes(parts);
    },
    async writeAtomically(name, chunks) {
      const parts: Uint8Array[] = [];
      for await (const chunk of chunks) parts.push(chunk.slice());
      pieces.set(name, parts);
    },
    async remove(name) {
      pieces.delete(name);
    },
    async openAppendOnly(name): Promise<AppendOnlyFile> {
      const parts = pieces.get(name) ?? [];
      pieces.set(name, parts);
      return {
        async append(bytes) {
          parts.push(bytes.slice());
        },
        async sync() {},
        async close() {},
      };
    },
    async close() {},
  };
}
