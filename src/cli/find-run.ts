import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { NoInputError } from '../io/file-source.js';

/**
 * The file that is meant where a folder is given: the posterior of a run. Any other path is handed
 * back as it is.
 * @throws NoInputError for a run that has no posterior yet
 */
export async function posteriorOf(path: string): Promise<string> {
  if (path === '-' || (await kindOf(path)) !== 'folder') return path;
  const posterior = join(path, 'posterior.npz');
  if ((await kindOf(posterior)) === 'file') return posterior;
  if ((await kindOf(join(path, 'config.json'))) !== 'file') return path;
  throw new NoInputError(path, `the run has no posterior yet; 'vaemetrics encode ${path}' writes it`);
}

/** Whether a folder is that of a run, with a posterior or without. */
export async function isRun(folder: string): Promise<boolean> {
  const kinds = await Promise.all(['posterior.npz', 'config.json'].map((name) => kindOf(join(folder, name))));
  return kinds.includes('file');
}

/**
 * Why the posterior of a run has no logvar; null where it should have one, or is of no run.
 * @param path of the run's folder, or of the archive in it
 */
export async function describePoints(path: string): Promise<string | null> {
  const folder = (await kindOf(path)) === 'folder' ? path : dirname(path);
  const text = await readFile(join(folder, 'config.json'), 'utf8').catch(() => null);
  if (text === null) return null;
  const [{ codeOf, POINTS }, { parseConfig }] = await Promise.all([
    import('../train/objectives/codes.js'),
    import('../train/run/config.js'),
  ]);
  try {
    const { objective } = parseConfig(text, folder);
    return codeOf(objective) === 'mean' ? `the run is of ${objective.name}, whose ${POINTS}` : null;
  } catch {
    // A file of that name that is no run's says nothing about the archive beside it.
    return null;
  }
}

async function kindOf(path: string): Promise<'file' | 'folder' | null> {
  const found = await stat(path).catch(() => null);
  return found && (found.isDirectory() ? 'folder' : 'file');
}
