/** Locks of runs as other processes leave them. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** The name in a lock of a process. */
export function nameOf(pid: number, began = beginningOf(pid), host = hostname()): string {
  return `${pid}_${began}_0123456789ab_${host}`;
}

/** Puts a lock with a name in it into the folder of a run, in place of another. */
export function writeLock(path: string, name: string): void {
  rmSync(join(path, '.lock'), { recursive: true, force: true });
  mkdirSync(join(path, '.lock'));
  writeFileSync(join(path, '.lock', name), '');
}

function beginningOf(pid: number): string {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return '';
  const stat = readFileSync(file, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}
