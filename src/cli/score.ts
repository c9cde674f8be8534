import type { Command } from 'commander';
import { gatherNotes, rewriteNotes } from '../note.js';
import type { NameOption } from '../phrase.js';
import { toJson } from '../report/json.js';
import { renderTable } from '../report/table.js';
import type { Report } from '../types.js';
import type { Context } from './command.js';
import type { Facade } from './facade.js';
import { warn } from './failure.js';
import { posteriorOf } from './find-run.js';
import { nameFlags } from './flags/name-flags.js';
import { parseSettings } from './metric-settings.js';
import { fileOf, wantsJson } from './output-options.js';
import { startProgress } from './progress.js';
import { declareScore, readScoreFlags, type ScoreFlags } from './score-flags.js';
import { type Terminal, wantsColor, widthOf } from './terminal.js';
import { untilAborted } from './until-aborted.js';
import { UsageError } from './usage-error.js';

/** `vaemetrics score`. */
export async function define(command: Command, context: Context): Promise<void> {
  declareScore(command, context.wantsHelp ? (await context.loadFacade()).metrics.map(({ name }) => name) : null);
  command.action((latents: string, factors: string | undefined) => runScore(latents, factors, command, context));
}

async function runScore(
  latents: string,
  factors: string | undefined,
  command: Command,
  context: Context,
): Promise<void> {
  const { terminal } = context;
  if (latents === '-' && factors === '-') throw new UsageError('only one of latents and factors can be standard input');
  const { own: flags, options } = readScoreFlags(command);
  const facade = await context.loadFacade();
  const chosen = { ...options, ...(flags.set && { options: parseSettings(flags.set, facade) }) };
  const path = fileOf(flags.out);
  const out = path === null ? null : await import('./write-output.js');
  const files = await Promise.all([latents, ...(factors === undefined ? [] : [factors])].map(posteriorOf));
  if (path !== null) await out?.checkOutput(path, files);

  const progress = flags.quiet ? null : startProgress(terminal);
  const { signal } = terminal;
  const report = await untilAborted(async () => {
    const input = { latents: files[0], ...(factors !== undefined && { factors: files[1] }) };
    return facade.scoreFiles(input, { ...chosen, signal, ...(progress && { onProgress: progress.update }) });
  }, signal).finally(() => progress?.clear());

  const asJson = wantsJson(flags);
  const nameOption = nameFlags(command);
  const text = renderReport(report, asJson, path === null, flags, facade, terminal, nameOption);
  // In a table on a screen the notes are before the reader's eyes already.
  if ((asJson || path !== null) && !flags.quiet) {
    for (const told of collectNotes(report, nameOption)) warn(terminal, told);
  }
  if (path === null) terminal.stdout.write(text);
  else await out?.writeOutput(path, [new TextEncoder().encode(text)]);
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
