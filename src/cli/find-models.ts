/** Which models are meant by the words of a command line. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { extensionOf } from '../io/extension.js';
import { NoInputError } from '../io/file-source.js';
import { isRun, posteriorOf } from './find-run.js';

/** One model, where it is and what to call it. */
export type FoundModel =
  | { readonly kind: 'reports'; readonly name: string; readonly path: string }
  | { readonly kind: 'arrays'; readonly name: string; readonly latents: string; readonly factors: string | null };

/** Files in a folder that are models; others there are passed over. */
const OF_FOLDER = ['json', 'npz'];

/**
 * Files, pairs of them with a comma between, folders of runs, and folders of all these, in the
 * order of their names.
 * @throws NoInputError for what is not there, and for a folder without models
 */
export async function findModels(words: readonly string[]): Promise<FoundModel[]> {
  const found: FoundModel[] = [];
  for (const word of words) found.push(...(await findIn(word)));
  return found;
}

/** Names without the folders that all of them are in. */
export function shortenNames(names: readonly string[]): string[] {
  const folders = names.map((name) => name.split(/[/\\]/).slice(0, -1));
  const [first, ...others] = folders;
  let common = 0;
  while (common < first.length && others.every((folder) => folder[common] === first[common])) common++;
  return names.map((name) => name.split(/[/\\]/).slice(common).join('/'));
}

async function findIn(word: string): Promise<FoundModel[]> {
  const status = await stat(word).catch(() => null);
  if (!status?.isDirectory()) return [ofFile(word, status !== null)];
  if (await isRun(word)) return [{ kind: 'arrays', name: word, latents: await posteriorOf(word), factors: null }];
  const names = (await readdir(word)).sort();
  const found: FoundModel[] = [];
  for (const name of names) {
    const path = join(word, name);
    const isFolder = (await stat(path).catch(() => null))?.isDirectory() ?? false;
    if (isFolder ? await isRun(path) : OF_FOLDER.includes(extensionOf(name) ?? '')) found.push(...(await findIn(path)));
  }
  if (found.length > 0) return found;
  throw new NoInputError(word, 'expected runs, archives (.npz) or reports (.json) in the folder, found none');
}

function ofFile(word: string, isThere: boolean): FoundModel {
  if (extensionOf(word) === 'json') return { kind: 'reports', name: word, path: word };
  const comma = word.indexOf(',');
  if (isThere || comma < 0) return { kind: 'arrays', name: word, latents: word, factors: null };
  const [latents, factors] = [word.slice(0, comma), word.slice(comma + 1)];
  return { kind: 'arrays', name: latents, latents, factors };
}
