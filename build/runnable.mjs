/**
 * How the TypeScript of the repository is run: transpiled, in a run of tests (see transpile.mjs),
 * and by tsx otherwise.
 */
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Tells the processes of a run of tests where the transpiled files are. */
export const FOLDER_VARIABLE = 'VAEMETRICS_TRANSPILED';

/** What Node is given in place of a .ts file: its path, after the switches that this needs. */
export function runnable(file) {
  const folder = process.env[FOLDER_VARIABLE];
  if (folder === undefined) return ['--import', 'tsx', file];
  return [join(folder, relative(ROOT, file).replace(/\.ts$/, '.js'))];
}

/** Imports a .ts module of the repository in a worker, which inherits no loader. */
export async function importTypeScript(url) {
  if (process.env[FOLDER_VARIABLE] === undefined) {
    // tfjs' gradients are loaded by require, from files that are ES modules.
    (await import('tsx/cjs/api')).register();
    (await import('tsx/esm/api')).register();
    await import(url.href);
    return;
  }
  const [path] = runnable(fileURLToPath(url));
  await import(pathToFileURL(path).href);
}
