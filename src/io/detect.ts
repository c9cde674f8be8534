import { DataError } from '../errors.js';
import { mention, phrase } from '../phrase.js';
import type { ArrayFormat, OpenOptions } from './array-format.js';
import { csv } from './csv.js';
import { extensionOf } from './extension.js';
import { FORMATS } from './formats.js';
import { beginsAsGzip } from './gzip.js';
import { beginsAsJson, json } from './json.js';
import { raw } from './raw.js';
import type { ByteSource } from './source.js';
import { findUnread, findUnreadByName, isText } from './unread-formats.js';

const PREFIX_BYTES = 4096;

/**
 * Tells the format of a file by how it begins; by its name where it begins like nothing known.
 * @throws DataError for a file that is empty, of a format known but not read, not what its name
 * says, or of bytes that nothing tells anything of
 */
export async function detectFormat(
  source: ByteSource,
  { raw: given = {}, role = 'latents' }: OpenOptions = {},
): Promise<ArrayFormat> {
  const { path, size } = source;
  if (size === 0) throw new DataError('the file is empty', { path });
  const prefix = await source.read(0, Math.min(size, PREFIX_BYTES));
  const begun = FORMATS.find(({ begins }) => begins?.(prefix, size));
  if (begun !== undefined) return begun;
  const extension = extensionOf(unpackedName(path));
  const named = formatOfName(extension);
  const unread = findUnread(prefix, named?.byName === 'always');
  if (unread !== undefined) throw new DataError(unread.problem, { path, byte: 0 });
  if (named?.byName !== undefined) return named;
  const unreadName = findUnreadByName(extension);
  if (unreadName !== undefined) throw new DataError(unreadName.problem, { path });
  const got = Array.from(prefix.subarray(0, 6), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  if (named !== undefined) {
    throw new DataError(`does not begin as a file of its name (.${named.name}), but with ${got}`, { path, byte: 0 });
  }
  if (isText(prefix)) return beginsAsJson(prefix) ? json : csv;
  if (given.columns !== undefined || given.dtype !== undefined) return raw;
  throw new DataError(
    phrase`expected a format that is read here, got a file that begins with ${got}; if these are bare values, say ${mention('columns', 'N', role)}`,
    { path, byte: 0 },
  );
}

/** Whether a file is packed by gzip, and not bare values that begin like it by chance. */
export async function isPacked(source: ByteSource): Promise<boolean> {
  const prefix = await source.read(0, Math.min(source.size, 4));
  return beginsAsGzip(prefix) && formatOfName(extensionOf(source.path))?.byName !== 'always';
}

function formatOfName(extension: string | null): ArrayFormat | undefined {
  return extension === null ? undefined : FORMATS.find(({ extensions }) => extensions.includes(extension));
}

/** The name of what a gzip file holds. */
function unpackedName(path: string): string {
  return path.replace(/\.gz$/i, '');
}
