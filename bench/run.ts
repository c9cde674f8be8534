/**
 * Times the kernels and the whole metrics against plain JavaScript, after checking that both agree.
 *
 *   npm run bench                              everything, at 10,000, 100,000 and 737,280 rows
 *   npm run bench -- mig --rows 10000          the files whose names have the word
 *   npm run bench -- memory                    only the memory that scores take
 */
import { withCore } from '../bindings/core.js';
import { makeSyntheticTable } from '../src/cli/synthetic-table.js';
import { formatCount } from '../src/report/format-number.js';
import { kernelBenches, metricBenches } from './all.js';
import { parseArguments } from './arguments.js';
import type { Bench, Contest } from './contest.js';
import { measure } from './measure.js';
import { measureMemory } from './memory.js';
import { describeMachine, formatRatio, formatSpread, formatTime, medianOf, printTable } from './report.js';

const { words, rows: rowCounts, repeats } = parseArguments({ rows: [10_000, 100_000, 737_280], repeats: 3 });
const isWanted = (name: string) => words.length === 0 || words.some((word) => name.includes(word));

console.log(describeMachine());
console.log(`median [minimum–maximum]; ratio of medians in the same turn, ${repeats} turns`);
for (const [turn, rows] of rowCounts.entries()) {
  const table = makeSyntheticTable({ rows });
  const title = `${formatCount(rows)} rows, 10 latents, 5 factors (3, 6, 40, 32, 32 values)`;
  const isDue = ({ isFixedSize }: Bench) => turn === 0 || !isFixedSize;
  const kernels = await runAll(kernelBenches.filter(isDue));
  if (kernels.length > 0) {
    console.log(`\nKernels, ${title}`);
    printTable(['', 'each', 'ours', 'plain JavaScript', 'ratio'], kernels);
  }
  const metrics = await runAll(metricBenches.filter(isDue));
  if (metrics.length > 0) {
    console.log(`\nMetrics, ${title}`);
    printTable(['', 'each', 'ours', 'plain JavaScript', 'ratio', 'load', 'compute'], metrics);
  }

  async function runAll(benches: readonly Bench[]): Promise<string[][]> {
    const lines: string[][] = [];
    for (const bench of benches.filter(({ name }) => isWanted(name))) {
      await withCore(async (core) => {
        for (const contest of await bench.prepare({ ...table, rows, core })) lines.push(await runOne(contest));
      });
    }
    return lines;
  }
}

if (isWanted('memory')) {
  const rows = Math.max(...rowCounts);
  console.log(`\nMemory, ${formatCount(rows)} rows`);
  const mebibytes = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MiB`;
  const lines = [['mig'], ['factor-vae-score'], ['beta-vae-score']].map((metrics) => {
    const use = measureMemory(rows, metrics);
    return [
      metrics.join(', '),
      mebibytes(use.inputBytes),
      mebibytes(use.wasmBytes),
      mebibytes(use.residentBefore),
      mebibytes(use.residentPeak),
    ];
  });
  printTable(['', 'input', 'WebAssembly', 'resident before', 'peak'], lines);
}

async function runOne(contest: Contest): Promise<string[]> {
  await contest.check();
  const { ours, plain, ratios } = await measure(contest, { rounds: repeats, seconds: 0.3 });
  const parts = Object.values(contest.parts ?? {}).map((part) => formatTime(medianOf(part)));
  return [
    contest.name,
    `${formatTime(medianOf(ours) / contest.amount)}/${contest.unit}`,
    formatSpread(ours),
    formatSpread(plain),
    formatRatio(ratios),
    ...parts,
  ];
}
