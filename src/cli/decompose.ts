import type { Command } from 'commander';
import { DataError } from '../errors.js';
import type { Decomposition } from '../facade/decompose.js';
import { writeNpz } from '../io/index.js';
import { Matrix } from '../matrix.js';
import { rewriteNotes } from '../note.js';
import type { NameOption } from '../phrase.js';
import { renderDecomposition } from '../report/decomposition-table.js';
import { toJson } from '../report/json.js';
import type { Context } from './command.js';
import { type DecomposeFlags, declareDecompose, readDecomposeFlags } from './decompose-flags.js';
import { warn } from './failure.js';
import { describePoints, posteriorOf } from './find-run.js';
import { nameFlags } from './flags/name-flags.js';
import { fileOf, wantsJson } from './output-options.js';
import { startProgress } from './progress.js';
import { type Terminal, wantsColor, widthOf } from './terminal.js';
import { untilAborted } from './until-aborted.js';
import { UsageError } from './usage-error.js';

/** `vaemetrics decompose`. */
export function define(command: Command, context: Context): void {
  declareDecompose(command);
  command.action((mu: string, logvar: string | undefined, z: string | undefined) =>
    runDecompose([mu, logvar, z], command, context),
  );
}

async function runDecompose(
  paths: readonly [string, string | undefined, string | undefined],
  command: Command,
  context: Context,
): Promise<void> {
  const { terminal } = context;
  if (paths.filter((path) => path === '-').length > 1) throw new UsageError('only one file can be standard input');
  const { own: flags, options } = readDecomposeFlags(command);
  const out = fileOf(flags.out);
  const { checkOutput, writeOutput } = await import('./write-output.js');
  const [mu, logvar, z] = await Promise.all(paths.map(async (path) => path && posteriorOf(path)));
  const inputs = [mu, logvar, z].filter((path) => path !== undefined);
  for (const path of [out, flags.perSample]) if (path !== null) await checkOutput(path, inputs);
  const facade = await context.loadFacade();
  const progress = flags.quiet ? null : startProgress(terminal);
  const { signal } = terminal;
  const report = await untilAborted(async () => {
    const input = { mu: mu as string, ...(logvar && { logvar }), ...(z && { z }) };
    return facade.decomposeFiles(input, { ...options, signal, ...(progress && { onProgress: progress.update }) });
  }, signal)
    .catch(async (error) => {
      throw await explainPoints(error, paths[0]);
    })
    .finally(() => progress?.clear());
  if (flags.perSample !== null) await writeOutput(flags.perSample, writeNpz(membersOf(report)));
  const text = render(report, flags, out !== null, terminal, nameFlags(command));
  if (out === null) terminal.stdout.write(text);
  else await writeOutput(out, [new TextEncoder().encode(text)]);
}

/** An archive that lacks what a posterior has may be of a run whose codes are points. */
async function explainPoints(error: unknown, path: string): Promise<unknown> {
  const isOfArchive = error instanceof DataError && error.member === undefined && error.byte === undefined;
  const points = isOfArchive ? await describePoints(path) : null;
  if (points === null) return error;
  return new DataError(`found no logvar: ${points}, so that there is nothing to decompose`, { path });
}

function render(
  report: Decomposition,
  flags: DecomposeFlags,
  isFile: boolean,
  terminal: Terminal,
  nameOption: NameOption,
): string {
  const { perSample: _, ...printed } = report;
  const { stdout, env } = terminal;
  if (wantsJson(flags)) {
    // In a table the notes are before the reader's eyes already.
    if (!flags.quiet) for (const text of rewriteNotes(report.notes, nameOption)) warn(terminal, text);
    return toJson(printed);
  }
  if (flags.quiet) {
    const { kl, mutualInformation, totalCorrelation, dimensionwiseKl, marginalKl } = report;
    return Object.entries({ kl, mutualInformation, totalCorrelation, dimensionwiseKl, marginalKl })
      .map(([name, value]) => `${name}\t${value.toFixed(6)}\n`)
      .join('');
  }
  const screen = isFile ? {} : { color: wantsColor(stdout, env), width: widthOf(stdout, env) };
  return renderDecomposition(report, { nameOption, ...screen });
}

function* membersOf({ perSample }: Decomposition) {
  if (perSample === undefined) return;
  const { rows, posterior, aggregated, marginals, prior } = perSample;
  const columns = { rows, log_q_z_x: posterior, log_q_z: aggregated, log_p_z: prior };
  for (const [name, data] of Object.entries(columns)) yield { name, matrix: new Matrix(data, data.length, 1) };
  yield { name: 'log_q_z_d', matrix: marginals };
}
