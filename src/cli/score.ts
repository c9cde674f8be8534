import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { DataError } from '../errors.js';
import type { ScoreOptions } from '../facade/score.js';
import {
  type ArrayEntry,
  describeArrays,
  findPosterior,
  nameArrays,
  readArrays,
  readFactorLabels,
} from '../io/index.js';
import type { Dtype } from '../matrix.js';
import type { Metric } from '../metrics/metric.js';
import { toJson } from '../report/json.js';
import { renderTable } from '../report/table.js';
import type { Shape } from '../stats/capacity.js';
import type { Report } from '../types.js';
import type { Context } from './command.js';
import type { Facade } from './facade.js';
import { warn } from './failure.js';
import { findNamedMetric } from './metric-names.js';
import { parseSettings } from './metric-settings.js';
import { nameFlags } from './name-flags.js';
import { type Inputs, openInputs, placeOf } from './open-inputs.js';
import { startProgress } from './progress.js';
import { declareScore, type ScoreFlags } from './score-flags.js';
import { type Terminal, wantsColor, widthOf } from './terminal.js';
import { untilAborted } from './until-aborted.js';
import { UsageError } from './usage-error.js';

/** `vaemetrics score`. */
export async function define(command: Command, context: Context): Promise<void> {
  declareScore(command, context.wantsHelp ? (await context.loadFacade()).metrics.map(({ name }) => name) : null);
  command.action((latents: string, factors: string | undefined, flags: ScoreFlags) =>
    runScore(latents, factors, flags, context),
  );
}

async function runScore(
  latents: string,
  factors: string | undefined,
  flags: ScoreFlags,
  context: Context,
): Promise<void> {
  const { terminal } = context;
  refuseContradictions(latents, factors, flags);
  const facade = await context.loadFacade();
  const chosen = readChoices(flags, facade);
  const out = flags.out === undefined || flags.out === '-' ? null : await import('./write-output.js');
  await out?.checkOutput(flags.out as string);

  // The kernels compile while the files are opened; a failure shows when they are used.
  facade.ready().catch(() => {});
  const progress = flags.quiet ? null : startProgress(terminal);
  const asked = progress === null ? chosen : { ...chosen, onProgress: progress.update };
  const { signal } = terminal;
  const report = await untilAborted(() => scoreFiles(latents, factors, flags, asked, facade, signal), signal).finally(
    () => progress?.clear(),
  );

  const asJson = flags.json === true || (flags.out?.endsWith('.json') ?? false);
  const text = renderReport(report, asJson, out === null, flags, facade, terminal);
  // In a table on a screen the notes are before the reader's eyes already.
  if ((asJson || out !== null) && !flags.quiet) for (const note of collectNotes(report)) warn(terminal, note);
  if (out === null) terminal.stdout.write(text);
  else await out.writeOutput(flags.out as string, [new TextEncoder().encode(text)]);
}

function refuseContradictions(latents: string, factors: string | undefined, flags: ScoreFlags): void {
  if (latents === '-' && factors === '-') throw new UsageError('only one of latents and factors can be standard input');
  if (flags.quiet && flags.verbose) throw new UsageError('--quiet and --verbose exclude each other');
  if (flags.level !== undefined && flags.interval === undefined) throw new UsageError('--level needs --interval');
  if ((flags.trainRows === undefined) !== (flags.testRows === undefined)) {
    throw new UsageError('--train-rows and --test-rows need each other');
  }
  if (flags.trainRows !== undefined && flags.interval) {
    throw new UsageError('--train-rows and --interval exclude each other: intervals score random halves of the rows');
  }
}

function readChoices(flags: ScoreFlags, facade: Facade): ScoreOptions<string> {
  const { bins, preset, trainRows, testRows, seed, factorTypes, interval, level, timings } = flags;
  const names = flags.metrics?.flatMap((name) =>
    name === 'all' ? facade.metrics.map((metric) => metric.name) : findNamedMetric(name, facade).name,
  );
  const settings = flags.set && parseSettings(flags.set, facade);
  const computed = names ?? facade.metrics.filter(({ isSlow }) => !isSlow).map(({ name }) => name);
  const unused = Object.keys(settings ?? {}).find((name) => !computed.includes(name));
  if (unused !== undefined) {
    throw new UsageError(
      names
        ? `--set: ${unused} is not among --metrics`
        : `--set: ${unused} is not computed unless --metrics names it, or all`,
    );
  }
  return dropUndefined({
    metrics: names && [...new Set(names)],
    options: settings,
    bins,
    preset,
    trainRows,
    testRows,
    seed,
    factorTypes,
    interval,
    level,
    null: flags.null,
    threads: flags.threads,
    timings,
  });
}

/** Rows from which a metric that comes in pieces takes a second or more. */
const MANY_ROWS = 50_000;

/** The metrics that are computed: of those that need a posterior only what was named, where there is none. */
function chooseMetrics(chosen: ScoreOptions<string>, flags: ScoreFlags, hasPosterior: boolean, facade: Facade) {
  const named = flags.metrics?.flatMap((name) => facade.findMetric(name) ?? []) ?? [];
  return facade.metrics.filter((metric) => {
    const isAsked = chosen.metrics === undefined ? !metric.isSlow : chosen.metrics.includes(metric.name);
    return isAsked && (hasPosterior || !needsPosterior(metric) || named.includes(metric));
  });
}

function needsPosterior({ needs }: Metric): boolean {
  return needs.includes('posterior');
}

/** All threads that the machine has where work is slow enough for them, which take a while to start. */
function chooseThreads(
  { interval, null: permutations }: ScoreOptions<string>,
  computed: readonly Metric[],
  rows: number,
): number {
  const isSlow = computed.some((metric) => metric.isSlow || (metric.pieces && rows >= MANY_ROWS));
  return isSlow || interval || permutations ? Math.min(availableParallelism(), 64) : 1;
}

async function scoreFiles(
  latentsPath: string,
  factorsPath: string | undefined,
  flags: ScoreFlags,
  chosen: ScoreOptions<string>,
  facade: Facade,
  signal: AbortSignal,
): Promise<Report> {
  const inputs = await openInputs(
    { path: latentsPath, member: flags.latentsMember, columns: flags.latentColumns, dtype: flags.latentsDtype },
    {
      path: factorsPath ?? null,
      member: flags.factorsMember,
      columns: flags.factorColumns,
      dtype: flags.factorsDtype,
    },
    flags.header,
  );
  const { latents, factors, close } = inputs;
  try {
    const search = chooseMetrics(chosen, flags, true, facade).some(needsPosterior)
      ? findPosterior(inputs.latentsFile, latents)
      : { posterior: null, notes: [] };
    const { posterior } = search;
    const computed = chooseMetrics(chosen, flags, posterior !== null, facade);
    refuseLacking(computed, posterior, inputs);
    facade.checkCapacity(shapeOf(latents), shapeOf(factors), posterior !== null);
    checkFactorTypes(chosen.factorTypes, shapeOf(factors).columns);
    const { names, types } = await readFactorLabels(inputs.factorsFile, factors);
    const [latentsMatrix, factorsMatrix] = [await latents.read(), await factors.read()];
    signal.throwIfAborted();
    const given =
      posterior && (await readArrays(posterior, async (entry) => (entry === latents ? latentsMatrix : entry.read())));
    signal.throwIfAborted();
    const members = dropUndefined({
      latents: latents.name ?? undefined,
      factors: factors.name ?? undefined,
      ...(posterior && nameArrays(posterior)),
    });
    const threads = chosen.threads ?? chooseThreads(chosen, computed, latentsMatrix.rows);
    const report = await facade.score(latentsMatrix, factorsMatrix, {
      ...chosen,
      ...(chosen.metrics && {
        metrics: chosen.metrics.filter((name) => computed.some((metric) => metric.name === name)),
      }),
      ...(given && { posterior: given }),
      ...(names && { factorNames: names }),
      // What the command line says goes before what the archive says.
      ...(types && chosen.factorTypes === undefined && { factorTypes: types }),
      threads,
      members,
      signal,
    });
    return { ...report, notes: [...report.notes, ...search.notes] };
  } catch (error) {
    throw nameFlags(nameFiles(error, inputs));
  } finally {
    await close();
  }
}

/** A posterior that was asked for by name has to be there. */
function refuseLacking(computed: readonly Metric[], posterior: object | null, { latentsFile }: Inputs): void {
  const lacking = posterior === null ? computed.find(needsPosterior) : undefined;
  if (lacking === undefined) return;
  throw new UsageError(
    `--metrics: ${lacking.name} needs mu and logvar, as large as the latents and in one archive with them: ${latentsFile.path}: ${describeArrays(latentsFile)}`,
  );
}

function shapeOf({ shape, dtype }: ArrayEntry): Shape {
  return { rows: shape[0], columns: shape[1] ?? 1, dtype: dtype as Dtype };
}

function checkFactorTypes(types: ScoreOptions<string>['factorTypes'], factors: number): void {
  if (types !== undefined && types.length !== factors) {
    throw new UsageError(`--factor-types: expected ${factors} entries, one for each factor, got ${types.length}`);
  }
}

/** The façade knows arrays as latents and factors; the user knows files. */
function nameFiles(error: unknown, inputs: Inputs): unknown {
  if (!(error instanceof DataError)) return error;
  const { path, row, column, problem } = error;
  const { latents, factors, latentsFile } = inputs;
  const entries = { latents, factors, ...findPosterior(latentsFile, latents).posterior };
  const entry = Object.entries(entries).find(([name]) => name === path)?.[1];
  return entry ? new DataError(problem, { ...placeOf(entry), row, column }) : error;
}

function renderReport(
  report: Report,
  asJson: boolean,
  onScreen: boolean,
  flags: ScoreFlags,
  facade: Facade,
  { stdout, env }: Terminal,
): string {
  if (asJson) return toJson(report);
  if (flags.quiet) return renderValues(report);
  const screen = onScreen ? { color: wantsColor(stdout, env), width: widthOf(stdout, env) } : {};
  return renderTable(report, { metrics: facade.metrics, verbose: flags.verbose, ...screen });
}

function renderValues({ metrics }: Report): string {
  return Object.entries(metrics)
    .map(([name, { value }]) => `${name}\t${value === null ? 'undefined' : value.toFixed(6)}\n`)
    .join('');
}

/** Each note once, behind the names of the metrics that it is about. */
function collectNotes({ notes, metrics }: Report): string[] {
  const owners = new Map<string, string[]>();
  for (const [name, score] of Object.entries(metrics)) {
    for (const note of score.notes) owners.set(note, [...(owners.get(note) ?? []), name]);
  }
  return [...notes, ...[...owners].map(([note, names]) => `${names.join(', ')}: ${note}`)];
}

function dropUndefined<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
