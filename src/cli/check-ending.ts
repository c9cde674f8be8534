import { UsageError } from './usage-error.js';

/**
 * Refuses a name that promises another format than the one that is written.
 * @param hint what to do instead, where there is something
 */
export function checkEnding(flag: string, path: string | undefined, ending: string, hint = ''): void {
  if (path === undefined || hasEnding(path, ending)) return;
  throw new UsageError(`${flag}: expected a name that ends in ${ending}, got '${path}'${hint}`);
}

/** Whether a name has an ending, in any case. */
export function hasEnding(path: string, ending: string): boolean {
  return path.toLowerCase().endsWith(ending);
}
