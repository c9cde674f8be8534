import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Puts a program of this folder into one file, so that Node starts it at once. */
export async function bundle(name: string, outfile: string): Promise<void> {
  const entry = fileURLToPath(new URL(name, import.meta.url));
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' });
}
