import { type Command, Option } from 'commander';
import { openFileSource } from '../io/file-source.js';
import type { ByteSource } from '../io/index.js';
import { Matrix } from '../matrix.js';
import { alignColumns } from '../report/align-columns.js';
import { formatCount } from '../report/format-number.js';
import { toJson } from '../report/json.js';
import type { Context } from './command.js';
import type { Facade } from './facade.js';
import { posteriorOf } from './find-run.js';
import { describeExamples } from './help-text.js';
import { findNamedMetric } from './metric-names.js';
import { wholeNumber, wordList } from './parse-values.js';
import { makeSyntheticTable } from './synthetic-table.js';
import { describeMachine, formatSpread, formatTime, machineFacts, medianOf } from './timings.js';
import { untilAborted } from './until-aborted.js';
import { UsageError } from './usage-error.js';

interface BenchFlags {
  readonly rows?: readonly number[];
  readonly metrics?: readonly string[];
  readonly repeats: number;
  readonly seed: number;
  readonly latentColumns?: number;
  readonly factorColumns?: number;
  readonly json?: boolean;
}

interface Arrays {
  readonly latents: Matrix;
  readonly factors: Matrix;
}

/** One metric on one table: seconds of each repeat. */
interface Timing {
  readonly metric: string;
  readonly rows: number;
  readonly latents: number;
  readonly factors: number;
  readonly total: readonly number[];
  /** Of `total`: checking and copying the input. */
  readonly load: readonly number[];
}

const DEFAULT_ROWS = [10_000, 100_000];

/** `vaemetrics bench`. */
export function define(command: Command, context: Context): void {
  command
    .description('Times the metrics on this machine: on your arrays, or on synthetic ones of 10 latents and 5 factors.')
    .argument('[latents]', 'file with the latents, or one archive with both')
    .argument('[factors]', 'file with the factors')
    .addOption(
      new Option('--rows <counts>', 'rows, with commas between (default: all, or 10000,100000)').argParser(rowCounts),
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
      new Option('--seed <n>', 'seed of the draws and of synthetic arrays')
        .argParser(wholeNumber('--seed', 0))
        .default(0),
    )
    .addOption(
      new Option('--latent-columns <n>', 'columns of bare values').argParser(wholeNumber('--latent-columns', 1)),
    )
    .addOption(
      new Option('--factor-columns <n>', 'columns of bare values').argParser(wholeNumber('--factor-columns', 1)),
    )
    .option('--json', 'one JSON document, with the seconds of every repeat')
    .addHelpText(
      'after',
      describeExamples([
        { does: 'synthetic arrays of the size of dSprites', command: 'vaemetrics bench --rows 737280' },
        { does: 'your own arrays, one metric', command: 'vaemetrics bench posterior.npz --metrics mig --repeats 20' },
      ]),
    )
    .action((latents: string | undefined, factors: string | undefined, flags: BenchFlags) =>
      untilAborted(() => runBench(latents, factors, flags, context), context.terminal.signal),
    );
}

async function runBench(
  latents: string | undefined,
  factors: string | undefined,
  flags: BenchFlags,
  { loadFacade, terminal }: Context,
): Promise<void> {
  if (latents === undefined && (flags.latentColumns ?? flags.factorColumns) !== undefined) {
    throw new UsageError('--latent-columns and --factor-columns need files of bare values');
  }
  const facade = await loadFacade();
  const names = flags.metrics?.map((name) => findNamedMetric(name, facade).name);
  // A table has no posterior.
  const usual = facade.metrics
    .filter(({ isSlow, needs }) => !isSlow && !needs.includes('posterior'))
    .map(({ name }) => name);
  const metrics = [...new Set(names ?? usual)];
  const own = latents === undefined ? null : await readArrays(latents, factors, flags);
  const counts = flags.rows ?? (own === null ? DEFAULT_ROWS : [own.latents.rows]);
  for (const rows of counts) {
    if (own !== null && rows > own.latents.rows) {
      throw new UsageError(`--rows: expected at most the ${own.latents.rows} rows of the files, got ${rows}`);
    }
  }
  const build = await facade.ready();
  if (!flags.json) terminal.stdout.write(`${describeMachine(build)}\n`);
  const timings: Timing[] = [];
  for (const rows of counts) {
    const table = own === null ? makeSyntheticTable({ rows, seed: flags.seed }) : firstRows(own, rows);
    const measured: Timing[] = [];
    for (const metric of metrics) measured.push(await timeMetric(metric, table, flags, facade, terminal.signal));
    if (!flags.json) terminal.stdout.write(renderTimings(measured));
    timings.push(...measured);
  }
  if (flags.json) {
    const input = own === null ? 'synthetic' : 'files';
    const machine = { ...machineFacts(), threads: 1, build };
    const results = timings.map(describeTiming);
    const { version } = facade;
    const { repeats, seed } = flags;
    terminal.stdout.write(toJson({ schema: 'vaemetrics/bench@1', version, machine, input, seed, repeats, results }));
  }
}

function rowCounts(text: string): number[] {
  return text.split(',').map((word) => wholeNumber('--rows', 2)(word.trim()));
}

async function readArrays(latents: string, factors: string | undefined, flags: BenchFlags): Promise<Arrays> {
  const { findArrays } = await import('../facade/files/score-files.js');
  const sources: ByteSource[] = [];
  try {
    for (const path of factors === undefined ? [latents] : [latents, factors]) {
      sources.push(await openFileSource(await posteriorOf(path)));
    }
    const [ofLatents, ofFactors] = sources;
    const { latentColumns, factorColumns } = flags;
    const found = await findArrays(
      { latents: ofLatents, ...(ofFactors && { factors: ofFactors }) },
      { latentColumns, factorColumns },
    );
    return { latents: await found.latents.read(), factors: await found.factors.read() };
  } finally {
    for (const source of sources) await source.close?.();
  }
}

function firstRows({ latents, factors }: Arrays, rows: number): Arrays {
  const cut = ({ data, columns, dtype }: Matrix) => new Matrix(data.subarray(0, rows * columns), rows, columns, dtype);
  return { latents: cut(latents), factors: cut(factors) };
}

async function timeMetric(
  metric: string,
  { latents, factors }: Arrays,
  { repeats, seed }: BenchFlags,
  facade: Facade,
  signal: AbortSignal,
): Promise<Timing> {
  const total: number[] = [];
  const load: number[] = [];
  for (let repeat = -1; repeat < repeats; repeat++) {
    const report = await facade.score(latents, factors, { metrics: [metric], seed, timings: true, signal });
    // The first is for the engine to compile, and for memory to grow.
    if (repeat < 0) continue;
    total.push(report.timings?.total ?? Number.NaN);
    load.push(report.timings?.load ?? Number.NaN);
  }
  return { metric, rows: latents.rows, latents: latents.columns, factors: factors.columns, total, load };
}

function renderTimings(timings: readonly Timing[]): string {
  const { rows, latents, factors } = timings[0];
  const lines = alignColumns([
    ['', 'median [minimum–maximum]', 'of it loading', 'rows/s'],
    ...timings.map(({ metric, total, load }) => [
      metric,
      formatSpread(total),
      formatTime(medianOf(load)),
      perSecond(rows, total),
    ]),
  ]);
  const title = `${formatCount(rows)} rows, ${latents} latents, ${factors} factors, ${timings[0].total.length} repeats`;
  return `\n${title}\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

function perSecond(rows: number, seconds: readonly number[]): string {
  return formatCount(Math.round(rows / medianOf(seconds)));
}

function describeTiming({ metric, rows, latents, factors, total, load }: Timing): object {
  return {
    metric,
    rows,
    latents,
    factors,
    seconds: {
      median: medianOf(total),
      minimum: Math.min(...total),
      maximum: Math.max(...total),
      load: medianOf(load),
      repeats: total,
    },
    rowsPerSecond: rows / medianOf(total),
  };
}
