/** In the place of node-run-folder.ts in a browser, where no path leads to a folder. */
import { wrongType } from '../../errors.js';
import type { RunFolder } from './run-folder.js';

export type Purpose = 'start' | 'resume' | 'read';

export async function openRunFolder(): Promise<RunFolder> {
  throw wrongType({
    option: 'out',
    problem: 'expected a folder in memory, of createMemoryRunFolder, got a path, which a browser cannot write to',
  });
}
