/**
 * Which sources the WebAssembly is built from: a fingerprint of the folder `assembly`, written into
 * each file when it is built.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The custom section of a WebAssembly file that has the fingerprint. */
export const SECTION = 'vaemetrics.sources';

/** The fingerprint of the sources as they are now. */
export function fingerprintSources(folder = fileURLToPath(new URL('../assembly/', import.meta.url))) {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const hash = createHash('sha256');
  for (const name of names.map((name) => name.replaceAll('\\', '/')).sort()) {
    // Git may turn the ends of lines.
    hash.update(`${name}\n${readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n')}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

/**
 * The bytes of a WebAssembly file with a section at its end that names the sources; sections of any
 * kind but custom ones have an order.
 */
export function stamp(bytes, fingerprint) {
  const [name, text] = [SECTION, fingerprint].map((words) => new TextEncoder().encode(words));
  const content = [name.length, ...name, ...text];
  if (content.length > 127) throw new Error('expected lengths of one byte');
  return Uint8Array.from([...bytes, 0, content.length, ...content]);
}
