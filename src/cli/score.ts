import type { Command } from 'commander';
import type { ScoreFilesOptions } from '../facade/files/score-files.js';
import { gatherNotes, rewriteNotes } from '../note.js';
import type { NameOption } from '../phrase.js';
import { toJson } from '../report/json.js';
import { renderTable } from '../report/table.js';
import type { Report } from '../types.js';
import type { Context } from './command.js';
import type { Facade } from './facade.js';
import { warn } from './failure.js';
import { posteriorOf } from './find-run.js';
import { nameFlags as writeFlags } from './flags/name-flags.js';
import { parseSettings } from './metric-settings.js';
import { nameFlags } from './name-flags.js';
import { startProgress } from './progress.js';
import { declareScore, type ScoreFlags } from './score-flags.js';
import { type Terminal, wantsColor, widthOf } from './terminal.js';
import { untilAborted } from './until-aborted.js';
import { UsageError } from './usage-error.js';

/** `vaemetrics score`. */
export async function define(command: Command, context: Context): Promise<void> {
  declareScore(command, context.wantsHelp ? (await context.loadFacade()).metrics.map(({ name }) => name) : null);
  command.action((latents: string, factors: string | undefined, flags: ScoreFlags) =>
    runScore(latents, factors, flags, context, writeFlags(command)),
  );
}

async function runScore(
  latents: string,
  factors: string | undefined,
  flags: ScoreFlags,
  context: Context,
  nameOption: NameOption,
): Promise<void> {
  const { terminal } = context;
  refuseContradictions(latents, factors, flags);
  const facade = await context.loadFacade();
  const chosen = readChoices(flags, facade);
  const out = flags.out === undefined || flags.out === '-' ? null : await import('./write-output.js');
  await out?.checkOutput(flags.out as string);

  const progress = flags.quiet ? null : startProgress(terminal);
  const { signal } = terminal;
  const report = await untilAborted(async () => {
    const input = {
      latents: await posteriorOf(latents),
      ...(factors !== undefined && { factors: await posteriorOf(factors) }),
    };
    return facade.scoreFiles(input, { ...chosen, signal, ...(progress && { onProgress: progress.update }) });
  }, signal)
    .catch((error) => {
      throw nameFlags(error);
    })
    .finally(() => progress?.clear());

  const asJson = flags.json === true || (flags.out?.endsWith('.json') ?? false);
  const text = renderReport(report, asJson, out === null, flags, facade, terminal, nameOption);
  // In a table on a screen the notes are before the reader's eyes already.
  if ((asJson || out !== null) && !flags.quiet)
    for (const text of collectNotes(report, nameOption)) warn(terminal, text);
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

function readChoices(flags: ScoreFlags, facade: Facade): ScoreFilesOptions<string> {
  const { json: _json, out: _out, quiet: _quiet, verbose: _verbose, set, ...options } = flags;
  return { ...options, ...(set && { options: parseSettings(set, facade) }) };
}

function renderReport(
  report: Report,
  asJson: boolean,
  onScreen: boolean,
  flags: ScoreFlags,
  facade: Facade,
  { stdout, env }: Terminal,
  nameOption: NameOption,
): string {
  if (asJson) return toJson(report);
  if (flags.quiet) return renderValues(report);
  const screen = onScreen ? { color: wantsColor(stdout, env), width: widthOf(stdout, env) } : {};
  return renderTable(report, { metrics: facade.metrics, verbose: flags.verbose, nameOption, ...screen });
}

function renderValues({ metrics }: Report): string {
  return Object.entries(metrics)
    .map(([name, { value }]) => `${name}\t${value === null ? 'undefined' : value.toFixed(6)}\n`)
    .join('');
}

/** What is said of the input, then of metrics, behind their names. */
function collectNotes({ notes, metrics }: Report, nameOption: NameOption): string[] {
  const ofMetrics = Object.entries(metrics).map(
    ([name, score]) => [name, rewriteNotes(score.notes, nameOption)] as const,
  );
  return [...rewriteNotes(notes, nameOption), ...gatherNotes(ofMetrics)];
}
