/**
 * Packages that users install beside this one, if they want: found in their project first, then
 * beside this package.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BackendError, type BackendName } from './backend.js';

/**
 * Imports a package that is not bundled.
 * @throws BackendError where it is not installed, with the command that installs it, or does not
 * load
 */
export async function importPeer<Module>(backend: BackendName, name: string): Promise<Module> {
  const place = locate(name);
  if (place === null) {
    throw new BackendError(backend, `the package ${name} is not installed`, `npm install ${name}`);
  }
  try {
    const module = (await import(pathToFileURL(place).href)) as Module & { default?: Module };
    // A CommonJS package's names may not be told from outside.
    return module.default === undefined ? module : { ...module.default, ...module };
  } catch (error) {
    const [line] = String((error as Error).message).split('\n');
    throw new BackendError(backend, `the package ${name} does not load: ${line}`, `npm rebuild ${name}`, {
      cause: error,
    });
  }
}

function locate(name: string): string | null {
  for (const from of [pathToFileURL(join(process.cwd(), 'package.json')).href, import.meta.url]) {
    try {
      return createRequire(from).resolve(name);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'MODULE_NOT_FOUND' && code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') throw error;
    }
  }
  return null;
}
