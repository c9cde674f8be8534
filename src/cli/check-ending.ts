import { UsageError } from './usage-error.js';

/**
 * Refuses a name that promises another format than the one that is written.
 * @param hint what to do instead, where there is something
 */
export function checkEnding(flag: string, path: string | undefined, ending: string, hint = ''): void {
  if (path === undefined || path.toLowerCase().endsWith(ending)) return;
  throw new UsageError(`${flag}: expected a name that ends in ${ending}, got '${path}'${hint}`);
}
