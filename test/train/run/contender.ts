/**
 * A program that tries for the locks of many folders, each at its time, and keeps what it gets:
 * `contender.ts START EVERY FOLDER...`.
 */
import { lockRun } from '../../../src/train/run/node-run-lock.js';

const [start, every, ...folders] = process.argv.slice(2);
for (const [round, folder] of folders.entries()) {
  const at = Number(start) + round * Number(every);
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, at - Date.now() - 5)));
  // All at once, as near as it goes.
  while (Date.now() < at);
  const word = await lockRun(folder).then(
    () => 'won',
    (error: Error) => (/ is training .*; stop it first/.test(error.message) ? 'refused' : error.message),
  );
  console.log(word);
}
// Until all have tried, and the input is closed.
process.stdin.resume();
