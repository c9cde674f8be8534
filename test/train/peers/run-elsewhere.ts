/** Runs trainings in a process of its own, in a project's folder. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as assert from 'uvu/assert';
import { outputOf, repository } from '../../package/installed.js';
import type { Run, RunOutcome } from './train-runs.js';

/** The library as `npm run build` has made it. */
export const builtLibrary = pathToFileURL(join(repository, 'dist', 'train', 'node.js')).href;

/**
 * @param library what the program imports: a URL
 * @throws Error with all that was printed where a run fails
 */
export function trainElsewhere(
  folder: string,
  library: string,
  runs: readonly Run[],
  env: NodeJS.ProcessEnv = {},
): RunOutcome[] {
  const loader = pathToFileURL(join(repository, 'node_modules', 'tsx', 'dist', 'loader.mjs')).href;
  const program = join(repository, 'test', 'train', 'peers', 'train-runs.ts');
  const given = ['--import', loader, program, library, JSON.stringify(runs)];
  return JSON.parse(outputOf(process.execPath, given, folder, env));
}

/**
 * To 1e-4 of each loss; and the losses change by more, so that steps are compared and not
 * beginnings.
 */
export function assertSameLosses(actual: readonly number[], expected: readonly number[], title: string): void {
  assert.is(actual.length, expected.length, title);
  for (const [i, loss] of expected.entries()) {
    const error = Math.abs(actual[i] - loss) / Math.abs(loss);
    assert.ok(error <= 1e-4, `${title}, step ${i + 1}: expected ${loss}, got ${actual[i]}`);
  }
  const change = Math.abs(expected[expected.length - 1] - expected[0]) / Math.abs(expected[0]);
  assert.ok(change > 1e-3, `${title}: the steps change nothing: ${expected}`);
}
