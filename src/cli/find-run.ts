import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { NoInputError } from '../io/file-source.js';

/**
 * The file that is meant where a folder is given: the posterior of a run. Any other path is handed back as it is.
 * @throws NoInputError for a run that has no posterior yet
 */
export async function posteriorOf(path: string): Promise<string> {
  if (path === '-' || (await kindOf(path)) !== 'folder') return path;
  const posterior = join(path, 'posterior.npz');
  if ((await kindOf(posterior)) === 'file') return posterior;
  if ((await kindOf(join(path, 'config.json'))) !== 'file') return path;
  throw new NoInputError(path, `the run has no posterior yet; 'vaemetrics encode ${path}' writes it`);
}

async function kindOf(path: string): Promise<'file' | 'folder' | null> {
  const found = await stat(path).catch(() => null);
  return found && (found.isDirectory() ? 'folder' : 'file');
}
