import { type Command, Option } from 'commander';
import { alignColumns } from '../report/align-columns.js';
import { formatCount } from '../report/format-number.js';
import { toJson } from '../report/json.js';
import type { Context } from './command.js';
import { describeExamples } from './help-text.js';
import { findNamedMetric } from './metric-names.js';
import { wholeNumber, wordList } from './parse-values.js';
import { DSPRITES_SIZES, makeSyntheticTable } from './synthetic-table.js';
import { describeMachine, formatSpread, formatTime, machineFacts, medianOf } from './timings.js';
import { untilAborted } from './until-aborted.js';

interface BenchFlags {
  readonly rows: readonly number[];
  readonly latents: number;
  readonly factors: readonly number[];
  readonly metrics?: readonly string[];
  readonly repeats: number;
  readonly seed: number;
  readonly json?: boolean;
}

/** `vaemetrics bench`. */
export function define(command: Command, context: Context): void {
  command
    .description('Times the metrics on this machine, each by itself on synthetic arrays; score --timings times yours.')
    .addOption(
      new Option('--rows <counts>', 'rows, with commas between')
        .argParser(wholeNumbers('--rows'))
        .default([10_000, 100_000], '10000,100000'),
    )
    .addOption(new Option('--latents <n>', 'latents').argParser(wholeNumber('--latents', 1, 10_000)).default(10))
    .addOption(
      new Option('--factors <counts>', 'values of each factor, with commas between')
        .argParser(wholeNumbers('--factors'))
        .default(DSPRITES_SIZES, DSPRITES_SIZES.join()),
    )
    .addOption(
      new Option('-m, --metrics <names>', 'metrics, with commas between (default: all but the slow)').argParser(
        wordList('--metrics'),
      ),
    )
    .addOption(
      new Option('--repeats <n>', 'measured repeats, after one that is not')
        .argParser(wholeNumber('--repeats', 1, 10_000))
        .default(7),
    )
    .addOption(
      new Option('--seed <n>', 'seed of the draws and of the arrays').argParser(wholeNumber('--seed', 0)).default(0),
    )
    .option('--json', 'one JSON document, with the seconds of every repeat')
    .addHelpText(
      'after',
      describeExamples([
        { does: 'arrays of the size of dSprites', command: 'vaemetrics bench --rows 737280' },
        { does: 'one metric', command: 'vaemetrics bench --metrics mig --latents 64 --repeats 20' },
      ]),
    )
    .action((flags: BenchFlags) => untilAborted(() => runBench(flags, context), context.terminal.signal));
}

function wholeNumbers(option: string): (text: string) => number[] {
  return (text) => text.split(',').map((word) => wholeNumber(option, 2)(word.trim()));
}

async function runBench(flags: BenchFlags, { loadFacade, terminal }: Context): Promise<void> {
  const { latents, factors, repeats, seed } = flags;
  const { stdout, signal } = terminal;
  const facade = await loadFacade();
  // The arrays have no posterior.
  const usual = facade.metrics.filter(({ isSlow, needs }) => !isSlow && !needs.includes('posterior'));
  const metrics = [...new Set(flags.metrics?.map((name) => findNamedMetric(name, facade)) ?? usual)];
  await facade.ready();
  if (!flags.json) stdout.write(`${describeMachine()}\n`);
  const results: object[] = [];
  for (const rows of flags.rows) {
    const table = makeSyntheticTable({ rows, latents, sizes: factors, seed });
    const lines: string[][] = [];
    for (const { name } of metrics) {
      const timings: Array<Readonly<Record<string, number>>> = [];
      // The first, which is left out, is for the engine to compile and for memory to grow.
      for (let repeat = 0; repeat <= repeats; repeat++) {
        const report = await facade.score(table.latents, table.factors, {
          metrics: [name],
          seed,
          timings: true,
          signal,
        });
        if (repeat > 0) timings.push(report.timings ?? {});
      }
      const total = timings.map(({ total }) => total);
      const [median, load] = [medianOf(total), medianOf(timings.map(({ load }) => load))];
      const rowsPerSecond = rows / median;
      const seconds = { median, minimum: Math.min(...total), maximum: Math.max(...total), load, repeats: total };
      results.push({ metric: name, rows, latents, factors: factors.length, seconds, rowsPerSecond });
      lines.push([name, formatSpread(total), formatTime(load), formatCount(Math.round(rowsPerSecond))]);
    }
    if (!flags.json) {
      const title = `${formatCount(rows)} rows, ${latents} latents, ${factors.length} factors, ${repeats} repeats`;
      const heading = ['', 'median [minimum–maximum]', 'of it loading', 'rows/s'];
      stdout.write(
        `\n${title}\n${alignColumns([heading, ...lines])
          .map((line) => `  ${line}\n`)
          .join('')}`,
      );
    }
  }
  if (flags.json) {
    const machine = { ...machineFacts(), threads: 1, build: 'simd' };
    const { version } = facade;
    stdout.write(
      toJson({ schema: 'vaemetrics/bench@1', version, machine, input: 'synthetic', seed, repeats, results }),
    );
  }
}
