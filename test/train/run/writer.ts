/** A program that does what training leaves on disk, and nothing else, as fast as it can: `writer.ts FOLDER STEPS`. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openRunFolder } from '../../../src/train/run/node-run-folder.js';
import { resumeRun, startRun } from '../../../src/train/run/open-run.js';
import type { RunFolder } from '../../../src/train/run/run-folder.js';
import { CONFIG, makeCheckpoint, makeEntry } from './samples.js';

export const WRITER_CONFIG = { ...CONFIG, logEvery: 1, checkpointEvery: 3 };

// Some pages of a file, so that a writer can be killed in the middle.
const VALUES = 50_000;

/** Goes on from the newest checkpoint up to a step. */
export async function writeRun(folder: RunFolder, steps: number, isNew: boolean): Promise<void> {
  const now = () => 1_700_000_000;
  const run = await (isNew ? startRun : resumeRun)(folder, WRITER_CONFIG, now);
  for (const warning of run.warnings) console.log(`warning: ${warning}`);
  for (let step = (run.resumed?.step ?? 0) + 1; step <= steps; step++) {
    await run.log(makeEntry(step));
    if (step % 3 === 0) await run.checkpoint(makeCheckpoint(step, VALUES));
    if (step % 6 === 0) await run.best(makeCheckpoint(step, VALUES));
  }
  await run.close();
}

const [path, steps] = process.argv.slice(2);
if (path !== undefined && steps !== undefined) {
  console.log('ready');
  const isNew = !existsSync(join(path, 'config.json'));
  const folder = await openRunFolder(path, isNew ? 'start' : 'resume');
  await writeRun(folder, Number(steps), isNew);
  await folder.close();
}
