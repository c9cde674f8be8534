/**
 * A program that does what training leaves on disk, and nothing else, as fast as it can:
 * `writer.ts FOLDER UNTIL [VALUES]`.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openRunFolder } from '../../../src/train/run/node-run-folder.js';
import { resumeRun, startRun } from '../../../src/train/run/open-run.js';
import type { RunFolder } from '../../../src/train/run/run-folder.js';
import { CONFIG, makeCheckpoint, makeEntry } from './samples.js';

export const WRITER_CONFIG = { ...CONFIG, logEvery: 1, checkpointEvery: 3 };

// Some pages of a file, so that a writer can be killed in the middle.
const VALUES = 50_000;

/** Goes on from the newest checkpoint up to a step; `+10`: by ten steps. */
export async function writeRun(folder: RunFolder, until: string, isNew: boolean, values = VALUES): Promise<void> {
  const now = () => 1_700_000_000;
  const run = await (isNew ? startRun(folder, WRITER_CONFIG, now) : resumeRun(folder, WRITER_CONFIG, { now }));
  for (const warning of run.warnings) console.log(`warning: ${warning}`);
  const before = run.resumed?.step ?? 0;
  const last = Number(until) + (until.startsWith('+') ? before : 0);
  for (let step = before + 1; step <= last; step++) {
    await run.log(makeEntry(step));
    if (step % 3 === 0) await run.checkpoint(makeCheckpoint(step, values));
    if (step % 6 === 0) await run.best(makeCheckpoint(step, values));
  }
  await run.close();
}

const [path, until, values] = process.argv.slice(2);
if (path !== undefined && until !== undefined) {
  console.log('ready');
  const isNew = !existsSync(join(path, 'config.json'));
  const folder = await openRunFolder(path, isNew ? 'start' : 'resume');
  await writeRun(folder, until, isNew, values === undefined ? VALUES : Number(values));
  await folder.close();
}
