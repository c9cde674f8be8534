/**
 * A program that takes and releases the lock of a folder a number of times, and fails if another
 * has it then: `taker.ts FOLDER TIMES`.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lockRun } from '../../../src/train/run/node-run-lock.js';

const [folder, times] = process.argv.slice(2);
let taken = 0;
while (taken < Number(times)) {
  const lock = await lockRun(folder).catch((error: Error) => {
    if (!/ is training .*; stop it first/.test(error.message)) throw error;
    return null;
  });
  if (lock === null) continue;
  // Fails if the file is there.
  writeFileSync(join(folder, 'taken'), '', { flag: 'wx' });
  await lock.check();
  rmSync(join(folder, 'taken'));
  await lock.release();
  taken++;
}
console.log(taken);
