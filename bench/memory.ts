/**
 * How much memory a score takes. As a program, in a process of its own: makes a table, scores it,
 * and prints one line of JSON: resident bytes before and at the peak, and the size of the
 * WebAssembly memory.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { withCore } from '../bindings/core.js';
import { makeSyntheticTable } from '../src/cli/synthetic-table.js';
import { ready, score } from '../src/index.js';

export interface MemoryUse {
  readonly rows: number;
  readonly metrics: readonly string[];
  /** The table as arrays. */
  readonly inputBytes: number;
  readonly residentBefore: number;
  readonly residentPeak: number;
  readonly wasmBytes: number;
}

/** Measures in a process of its own: the peak of this one may be anything. */
export function measureMemory(rows: number, metrics: readonly string[]): MemoryUse {
  const file = fileURLToPath(import.meta.url);
  const argv = [...process.execArgv, '--expose-gc', file, String(rows), metrics.join(',')];
  return JSON.parse(execFileSync(process.execPath, argv, { encoding: 'utf8' }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const rows = Number(process.argv[2]);
  const metrics = process.argv[3].split(',');
  const { latents, factors } = makeSyntheticTable({ rows });
  await ready();
  (globalThis as { gc?: () => void }).gc?.();
  const before = forgetPeak();
  await score(latents, factors, { metrics });
  const use: MemoryUse = {
    rows,
    metrics,
    inputBytes: latents.data.byteLength + factors.data.byteLength,
    residentBefore: before,
    residentPeak: peakOfProcess(),
    wasmBytes: await withCore((core) => core.arena.capacityBytes),
  };
  console.log(JSON.stringify(use));
}

/**
 * Lets the peak begin anew, where the system can (Linux), and returns the resident bytes of now.
 */
function forgetPeak(): number {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Elsewhere the peak is that of the whole life of the process, which has made the table.
  }
  return process.memoryUsage.rss();
}

function peakOfProcess(): number {
  try {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    if (kibibytes !== undefined) return Number(kibibytes) * 1024;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
}
