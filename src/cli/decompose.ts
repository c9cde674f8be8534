import type { Command } from 'commander';
import { DataError } from '../errors.js';
import type { Decomposition } from '../facade/decompose.js';
import type { DecomposeFilesOptions } from '../facade/files/decompose-files.js';
import { writeNpz } from '../io/index.js';
import { Matrix } from '../matrix.js';
import { rewriteNotes } from '../note.js';
import type { NameOption } from '../phrase.js';
import { renderDecomposition } from '../report/decomposition-table.js';
import { toJson } from '../report/json.js';
import type { Context } from './command.js';
import { type DecomposeFlags, declareDecompose, refuseContradictions } from './decompose-flags.js';
import { warn } from './failure.js';
import { describePoints, posteriorOf } from './find-run.js';
import { nameFlags as writeFlags } from './flags/name-flags.js';
import { nameFlags } from './name-flags.js';
import { startProgress } from './progress.js';
import { type Terminal, wantsColor, widthOf } from './terminal.js';
import { untilAborted } from './until-aborted.js';

/** `vaemetrics decompose`. */
export function define(command: Command, context: Context): void {
  declareDecompose(command);
  command.action((mu: string, logvar: string | undefined, z: string | undefined, flags: DecomposeFlags) =>
    runDecompose([mu, logvar, z], flags, context, writeFlags(command)),
  );
}

async function runDecompose(
  paths: readonly [string, string | undefined, string | undefined],
  flags: DecomposeFlags,
  context: Context,
  nameOption: NameOption,
): Promise<void> {
  const { terminal } = context;
  refuseContradictions(paths, flags);
  const outputs = [flags.out === '-' ? undefined : flags.out, flags.perSample].filter((path) => path !== undefined);
  const { checkOutput, writeOutput } = await import('./write-output.js');
  for (const path of outputs) await checkOutput(path);
  const facade = await context.loadFacade();
  const progress = flags.quiet ? null : startProgress(terminal);
  const { signal } = terminal;
  const report = await untilAborted(async () => {
    const [mu, logvar, z] = await Promise.all(paths.map((path) => path && posteriorOf(path)));
    const input = { mu: mu as string, ...(logvar && { logvar }), ...(z && { z }) };
    const options = { ...readChoices(flags), signal, ...(progress && { onProgress: progress.update }) };
    return facade.decomposeFiles(input, options);
  }, signal)
    .catch(async (error) => {
      throw nameFlags(await explainPoints(error, paths[0]));
    })
    .finally(() => progress?.clear());
  if (flags.perSample !== undefined) await writeOutput(flags.perSample, writeNpz(membersOf(report)));
  const text = render(report, flags, outputs[0] === flags.out && flags.out !== undefined, terminal, nameOption);
  if (flags.out === undefined || flags.out === '-') terminal.stdout.write(text);
  else await writeOutput(flags.out, [new TextEncoder().encode(text)]);
}

function readChoices(flags: DecomposeFlags): DecomposeFilesOptions {
  const { batchSize, active, perSample, shortcuts, json: _json, out: _out, quiet: _quiet, ...options } = flags;
  return {
    ...options,
    batch: batchSize,
    activeThreshold: active,
    // Its flag is there, as true, where nobody gave one.
    ...(shortcuts === false && { shortcuts }),
    ...(perSample !== undefined && { perSample: true }),
  };
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
  if (flags.json || (flags.out?.endsWith('.json') ?? false)) {
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
