import type { Command } from 'commander';
import { rewriteNotes } from '../note.js';
import { toJson } from '../report/json.js';
import { type AgreementFlags, declareAgreement, isPicture, readAgreementFlags } from './agreement-flags.js';
import type { Context } from './command.js';
import { warn } from './failure.js';
import { nameFlags } from './flags/name-flags.js';
import { fileOf, wantsJson } from './output-options.js';
import type { Presentation } from './presentation.js';
import { wantsColor, widthOf } from './terminal.js';

/** `vaemetrics agreement`. */
export function define(command: Command, context: Context): void {
  declareAgreement(command);
  command.action((files: string[]) => runAgreement(files, command, context));
}

async function runAgreement(files: readonly string[], command: Command, context: Context): Promise<void> {
  const { terminal } = context;
  const flags = readAgreementFlags(command, files);
  const path = fileOf(flags.out);
  const out = path === null ? null : await import('./write-output.js');
  if (path !== null) {
    const { posteriorOf } = await import('./find-run.js');
    await out?.checkOutput(path, await Promise.all(files.map(posteriorOf)));
  }
  const present =
    flags.udr === null
      ? await presentAgreement(files, flags, context)
      : await (await import('./present-udr.js')).presentUdr(files, flags, context);
  const { stdout, env } = terminal;
  const isChart = isPicture(flags.out);
  const isJson = wantsJson(flags);
  const nameOption = nameFlags(command);
  const screen = path === null ? { color: wantsColor(stdout, env), width: widthOf(stdout, env) } : {};
  const text = isChart
    ? await present.chart()
    : isJson
      ? toJson(present.report)
      : present.table({ nameOption, ...screen });
  // In a table the notes are before the reader's eyes already.
  if ((isJson || isChart) && !flags.quiet) {
    for (const told of rewriteNotes(present.report.notes, nameOption)) warn(terminal, told);
  }
  if (path === null) stdout.write(text);
  else await out?.writeOutput(path, [new TextEncoder().encode(text)]);
}

async function presentAgreement(
  files: readonly string[],
  flags: AgreementFlags,
  { loadFacade, terminal }: Context,
): Promise<Presentation> {
  const { readReports } = await import('./read-reports.js');
  const reports = await readReports(files, terminal.signal);
  const { agreement } = await loadFacade();
  const { metrics, raw } = flags;
  const report = agreement(
    reports.map(({ report }) => report),
    { names: reports.map(({ name }) => name), raw, ...(metrics && { metrics }) },
  );
  const { renderAgreement } = await import('../report/agreement-table.js');
  return {
    report,
    table: (screen) => renderAgreement(report, screen),
    chart: async () => (await import('./draw-agreement.js')).drawAgreement(report),
  };
}
