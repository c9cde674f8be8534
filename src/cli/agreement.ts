import type { Command } from 'commander';
import { rewriteNotes } from '../note.js';
import type { NameOption } from '../phrase.js';
import { toJson } from '../report/json.js';
import { type AgreementFlags, declareAgreement, refuseContradictions } from './agreement-flags.js';
import type { Context } from './command.js';
import { warn } from './failure.js';
import { nameFlags as writeFlags } from './flags/name-flags.js';
import { nameFlags } from './name-flags.js';
import type { Presentation } from './presentation.js';
import { wantsColor, widthOf } from './terminal.js';

/** `vaemetrics agreement`. */
export function define(command: Command, context: Context): void {
  declareAgreement(command);
  command.action((files: string[], flags: AgreementFlags) => runAgreement(files, flags, context, writeFlags(command)));
}

async function runAgreement(
  files: readonly string[],
  flags: AgreementFlags,
  context: Context,
  nameOption: NameOption,
): Promise<void> {
  const { terminal } = context;
  refuseContradictions(files, flags);
  const out = flags.out === undefined || flags.out === '-' ? null : await import('./write-output.js');
  await out?.checkOutput(flags.out as string);
  const present =
    flags.udr === undefined
      ? await presentAgreement(files, flags, context)
      : await (await import('./present-udr.js')).presentUdr(files, flags, context);
  const { stdout, env } = terminal;
  const isChart = flags.out?.endsWith('.svg') ?? false;
  const isJson = flags.json === true || (flags.out?.endsWith('.json') ?? false);
  const screen = out === null ? { color: wantsColor(stdout, env), width: widthOf(stdout, env) } : {};
  const text = isChart
    ? await present.chart()
    : isJson
      ? toJson(present.report)
      : present.table({ nameOption, ...screen });
  // In a table the notes are before the reader's eyes already.
  if ((isJson || isChart) && !flags.quiet) {
    for (const text of rewriteNotes(present.report.notes, nameOption)) warn(terminal, text);
  }
  if (out === null) stdout.write(text);
  else await out.writeOutput(flags.out as string, [new TextEncoder().encode(text)]);
}

async function presentAgreement(
  files: readonly string[],
  flags: AgreementFlags,
  { loadFacade, terminal }: Context,
): Promise<Presentation> {
  const { readReports } = await import('./read-reports.js');
  const reports = await readReports(files, terminal.signal);
  const { agreement } = await loadFacade();
  const metrics = flags.metrics?.includes('all') ? undefined : flags.metrics;
  const compare = () => {
    try {
      return agreement(
        reports.map(({ report }) => report),
        { names: reports.map(({ name }) => name), raw: flags.raw ?? false, ...(metrics && { metrics }) },
      );
    } catch (error) {
      throw nameFlags(error);
    }
  };
  const report = compare();
  const { renderAgreement } = await import('../report/agreement-table.js');
  return {
    report,
    table: (screen) => renderAgreement(report, screen),
    chart: async () => (await import('./draw-agreement.js')).drawAgreement(report),
  };
}
