import type { Command } from 'commander';
import { rewriteNotes } from '../note.js';
import { toJson } from '../report/json.js';
import type { Report } from '../types.js';
import type { Context } from './command.js';
import { declareCompare, readCompareFlags } from './compare-flags.js';
import { warn } from './failure.js';
import { type FoundModel, findModels, shortenNames } from './find-models.js';
import { nameFlags } from './flags/name-flags.js';
import { parseSettings } from './metric-settings.js';
import { fileOf, wantsJson } from './output-options.js';
import { startProgress } from './progress.js';
import { wantsColor, widthOf } from './terminal.js';
import { untilAborted } from './until-aborted.js';

/** `vaemetrics compare`. */
export function define(command: Command, context: Context): void {
  declareCompare(command);
  command.action((words: string[]) => runCompare(words, command, context));
}

async function runCompare(words: readonly string[], command: Command, context: Context): Promise<void> {
  const { terminal } = context;
  const { own, scoring } = readCompareFlags(command);
  const models = await findModels(words);
  const path = fileOf(own.out);
  const out = path === null ? null : await import('./write-output.js');
  if (path !== null) await out?.checkOutput(path, models.flatMap(filesOf));
  const facade = await context.loadFacade();
  const { signal, stdout, env } = terminal;
  const asked = {
    ...scoring,
    ...(own.metrics && { metrics: own.metrics }),
    ...(own.set && { options: parseSettings(own.set, facade) }),
    signal,
  };
  const reports: Report[] = [];
  const names: string[] = [];
  for (const [i, model] of models.entries()) {
    if (model.kind === 'reports') {
      const { readReports } = await import('./read-reports.js');
      for (const { name, report } of await readReports([model.path], signal)) {
        reports.push(report);
        names.push(name);
      }
      continue;
    }
    const progress = own.quiet ? null : startProgress(terminal);
    const place = `${i + 1} of ${models.length}`;
    const { latents, factors } = model;
    const input = { latents, ...(factors !== null && { factors }) };
    const report = await untilAborted(
      () =>
        facade.scoreFiles(input, {
          ...asked,
          ...(progress && { onProgress: (one) => progress.update({ ...one, metric: `${place}  ${one.metric}` }) }),
        }),
      signal,
    ).finally(() => progress?.clear());
    reports.push(report);
    names.push(model.name);
  }
  const { metrics, group, sort, against, level } = own;
  const comparison = facade.compare(reports, {
    names: shortenNames(names),
    level,
    ...(scoring.strict && { strict: true }),
    ...(metrics && { metrics }),
    ...(group && { group }),
    ...(sort && { sort }),
    ...(against && { against }),
  });
  const nameOption = nameFlags(command);
  const screen = path === null ? { color: wantsColor(stdout, env), width: widthOf(stdout, env) } : {};
  const isJson = wantsJson(own);
  const { renderComparison } = await import('../report/comparison-table.js');
  const text = isJson ? toJson(comparison) : renderComparison(comparison, { nameOption, ...screen });
  if (isJson && !own.quiet) for (const told of rewriteNotes(comparison.notes, nameOption)) warn(terminal, told);
  if (path === null) stdout.write(text);
  else await out?.writeOutput(path, [new TextEncoder().encode(text)]);
}

function filesOf(model: FoundModel): string[] {
  if (model.kind === 'reports') return [model.path];
  return [model.latents, ...(model.factors === null ? [] : [model.factors])];
}
