import type { Command } from 'commander';
import { SCORE_OPTIONS } from '../facade/score-options.js';
import { checkOptions } from '../options/check-options.js';
import { findNamed } from '../options/find-named.js';
import { parseNumbers } from '../options/parse-lists.js';
import { integer, other, ValueProblem } from '../options/rule.js';
import { alignColumns } from '../report/align-columns.js';
import { formatCount } from '../report/format-number.js';
import { toJson } from '../report/json.js';
import type { Context } from './command.js';
import { declareFlags, readFlags } from './flags/declare-flags.js';
import { describeExamples } from './help-text.js';
import { JSON_OPTION } from './output-options.js';
import { DSPRITES_SIZES, makeSyntheticTable } from './synthetic-table.js';
import { describeMachine, formatSpread, formatTime, machineFacts, medianOf } from './timings.js';
import { untilAborted } from './until-aborted.js';

const { metrics, seed } = SCORE_OPTIONS;

const counts = (usual: readonly number[], description: string) =>
  other<readonly number[]>({
    expected: 'whole numbers of at least 2',
    accepts: Array.isArray,
    parse: parseCounts,
    placeholder: 'counts',
    defaultText: usual.join(),
    description: `${description}, with commas between`,
  });

function parseCounts(text: string, previous?: readonly number[] | null): number[] {
  const counts = parseNumbers(text, previous);
  if (counts.every((count) => count >= 2)) return counts;
  throw new ValueProblem(`expected whole numbers of at least 2, got '${text}'`);
}

const ROWS = [10_000, 100_000];

const OPTIONS = {
  rows: counts(ROWS, 'rows'),
  latents: integer({ default: 10, minimum: 1, maximum: 10_000, description: 'latents' }),
  factors: counts(DSPRITES_SIZES, 'values of each factor'),
  metrics,
  repeats: integer({
    default: 7,
    minimum: 1,
    maximum: 10_000,
    description: 'measured repeats, after one that is not',
  }),
  seed: { ...seed, description: 'seed of the draws and of the arrays' },
  json: { ...JSON_OPTION, description: 'one JSON document, with the seconds of every repeat' },
};

/** `vaemetrics bench`. */
export function define(command: Command, context: Context): void {
  command.description(
    'Times the metrics on this machine, each by itself on synthetic arrays; what score takes for yours, its timings say.',
  );
  declareFlags(command, 'What to time:', OPTIONS);
  command
    .addHelpText(
      'after',
      describeExamples([
        { does: 'arrays of the size of dSprites', command: 'vaemetrics bench --rows 737280' },
        { does: 'one metric', command: 'vaemetrics bench --metrics mig --latents 64 --repeats 20' },
      ]),
    )
    .action(() => untilAborted(() => runBench(command, context), context.terminal.signal));
}

async function runBench(command: Command, { loadFacade, terminal }: Context): Promise<void> {
  const flags = checkOptions({ name: 'bench' }, readFlags(command, OPTIONS), OPTIONS);
  const { latents, repeats, seed } = flags;
  const factors = flags.factors ?? DSPRITES_SIZES;
  const { stdout, signal } = terminal;
  const facade = await loadFacade();
  // The arrays have no posterior.
  const usual = facade.metrics.filter(({ isSlow, needs }) => !isSlow && !needs.includes('posterior'));
  const named = flags.metrics?.map((name) => findNamed('metrics', name, facade.metrics));
  const metrics = [...new Set(named ?? usual)];
  await facade.ready();
  if (!flags.json) stdout.write(`${describeMachine()}\n`);
  const results: object[] = [];
  for (const rows of flags.rows ?? ROWS) {
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
