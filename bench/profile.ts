/**
 * Where the time of whole metrics goes: seconds in each kernel, in copying the input, and in
 * TypeScript, measured by wrapping the exports of core.wasm. The fastest of several runs, part by
 * part.
 *
 *   node --import tsx bench/profile.ts --rows 100000 --metrics mig
 */

import { createCore } from '../bindings/core.js';
import type { CoreExports } from '../bindings/exports.js';
import { compile, instantiate } from '../bindings/load.js';
import { makeSyntheticTable } from '../src/cli/synthetic-table.js';
import { loadPosterior } from '../src/decomposition/posterior.js';
import { evaluateTask } from '../src/facade/jobs/score-work.js';
import { Matrix } from '../src/matrix.js';
import { findMetric, metrics } from '../src/metrics/index.js';
import type { Metric } from '../src/metrics/metric.js';
import { defaultsOf } from '../src/options/check-options.js';
import { loadTable } from '../src/stats/load-table.js';
import { parseArguments } from './arguments.js';
import { describeMachine, formatTime, printTable } from './report.js';

const { rows: rowCounts, metrics: names, repeats } = parseArguments({ rows: [10_000, 100_000, 737_280], repeats: 9 });
const chosen = names === null ? metrics : names.map((name) => findMetric(name) as Metric);
const module = await compile();
console.log(describeMachine());

for (const rows of rowCounts) {
  const { latents, factors } = makeSyntheticTable({ rows });
  for (const metric of chosen) {
    const runs: Array<Map<string, number>> = [];
    const seconds = new Map<string, number>();
    const core = createCore(timeExports(await instantiate(module), seconds));
    for (let run = -2; run < repeats; run++) {
      core.arena.reset();
      seconds.clear();
      const upload = core.arena.upload.bind(core.arena);
      core.arena.upload = (type, numbers) => timed(seconds, 'copy in', () => upload(type, numbers));
      const started = performance.now();
      const posterior = metric.needs.includes('posterior')
        ? loadPosterior(core, { mu: latents, logvar: fillLike(latents, -3) })
        : null;
      const table = loadTable(core, latents, factors, undefined, null, posterior);
      const loaded = performance.now();
      const inLoad = sumOf(seconds);
      await evaluateTask(table, { metric, options: defaultsOf(metric.options) }, { seed: 0 }, () => () => {});
      const computed = performance.now();
      core.arena.upload = upload;
      const inKernels = sumOf(seconds);
      seconds.set('TypeScript, load', (loaded - started) / 1000 - inLoad);
      seconds.set('TypeScript, metric', (computed - loaded) / 1000 - (inKernels - inLoad));
      seconds.set('= load', (loaded - started) / 1000);
      seconds.set('= metric', (computed - loaded) / 1000);
      if (run >= 0) runs.push(new Map(seconds));
    }
    const entries = [...runs[0].keys()].map(
      (part) => [part, Math.min(...runs.map((run) => run.get(part) ?? 0))] as const,
    );
    const total = Math.min(...runs.map((run) => (run.get('= load') ?? 0) + (run.get('= metric') ?? 0)));
    console.log(`\n${metric.name}, ${rows} rows, ${formatTime(total)}`);
    printTable(
      ['part', 'fastest', 'share'],
      entries
        .filter(([, time]) => time > 0.001 * total)
        .sort(([a, x], [b, y]) => Number(a.startsWith('=')) - Number(b.startsWith('=')) || y - x)
        .map(([part, time]) => [part, formatTime(time), `${((100 * time) / total).toFixed(1)} %`]),
    );
  }
}

function timeExports(wasm: CoreExports, seconds: Map<string, number>): CoreExports {
  const wrapped: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(wasm)) {
    wrapped[name] =
      typeof value === 'function'
        ? (...args: number[]) => timed(seconds, name, () => (value as (...args: number[]) => unknown)(...args))
        : value;
  }
  return wrapped as unknown as CoreExports;
}

function timed<R>(seconds: Map<string, number>, name: string, work: () => R): R {
  const started = performance.now();
  const result = work();
  seconds.set(name, (seconds.get(name) ?? 0) + (performance.now() - started) / 1000);
  return result;
}

function sumOf(seconds: Map<string, number>): number {
  return [...seconds.values()].reduce((sum, time) => sum + time, 0);
}

function fillLike({ rows, columns }: Matrix, value: number): Matrix {
  return new Matrix(new Float32Array(rows * columns).fill(value), rows, columns);
}
