/** In the place of node-run-folder.ts in a browser, where no path leads to a folder. */
import { optionTypeError } from '../../errors.js';
import type { RunFolder } from './run-folder.js';

export type Purpose = 'start' | 'resume' | 'read';

export async function openRunFolder(): Promise<RunFolder> {
  throw optionTypeError(
    'a run in a browser is kept in a folder in memory: expected one of createMemoryRunFolder, got a path',
  );
}
