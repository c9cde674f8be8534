/**
 * Hands damaged files to a reader, one after the other in one process, and tells which it began and
 * what came of it. Whoever started it ends it if it says nothing for too long.
 */
import { mutate } from './mutate.js';
import { type Target, targets } from './targets.js';

/** What this process says: of the input that it begins, and of one that is done. */
export type Said =
  | { readonly begun: number }
  | { readonly done: number; readonly problem: string | null; readonly isRead: boolean; readonly megabytes: number };

const CODES = ['ERR_DATA', 'ERR_OPTION', 'ERR_NO_INPUT'];

const [name, from, to, step] = process.argv.slice(2);
const target = targets.find((one) => one.name === name) as Target;
const files = await target.files();
await target.read(files[0].bytes, files[0].name);
for (let seed = Number(from); seed < Number(to); seed += Number(step)) {
  await say({ begun: seed });
  const { bytes, file } = mutate(
    files.map((one) => one.bytes),
    seed,
  );
  let problem: string | null = null;
  let isRead = false;
  try {
    await target.read(bytes, files[file].name);
    isRead = true;
  } catch (error) {
    const { code, stack } = error as Error & { code?: string };
    if (code === undefined || !CODES.includes(code)) problem = stack ?? String(error);
  }
  await say({ done: seed, problem, isRead, megabytes: process.resourceUsage().maxRSS / 1024 });
}
// What a reader has opened for good, such as threads, keeps a process alive.
process.exit();

function say(said: Said): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send?.(said, (error: Error | null) => (error === null ? resolve() : reject(error)));
  });
}
