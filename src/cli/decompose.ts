import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { DataError } from '../errors.js';
import type { Decomposition } from '../facade/decompose.js';
import { writeNpz } from '../io/index.js';
import { Matrix } from '../matrix.js';
import { renderDecomposition } from '../report/decomposition-table.js';
import { toJson } from '../report/json.js';
import type { Context } from './command.js';
import { type DecomposeFlags, declareDecompose, refuseContradictions } from './decompose-flags.js';
import { warn } from './failure.js';
import { placeOf } from './open-inputs.js';
import { openPosterior, type PosteriorInputs } from './open-posterior.js';
import { startProgress } from './progress.js';
import { type Terminal, wantsColor, widthOf } from './terminal.js';
import { untilAborted } from './until-aborted.js';

/** `vaemetrics decompose`. */
export function define(command: Command, context: Context): void {
  declareDecompose(command);
  command.action((mu: string, logvar: string | undefined, z: string | undefined, flags: DecomposeFlags) =>
    runDecompose([mu, logvar, z], flags, context),
  );
}

async function runDecompose(
  paths: readonly [string, string | undefined, string | undefined],
  flags: DecomposeFlags,
  context: Context,
): Promise<void> {
  const { terminal } = context;
  refuseContradictions(paths, flags);
  const outputs = [flags.out === '-' ? undefined : flags.out, flags.perSample].filter((path) => path !== undefined);
  const { checkOutput, writeOutput } = await import('./write-output.js');
  for (const path of outputs) await checkOutput(path);
  const facade = await context.loadFacade();
  // The kernels compile while the files are opened; a failure shows when they are used.
  facade.ready().catch(() => {});
  const progress = flags.quiet ? null : startProgress(terminal);
  const { signal } = terminal;
  const report = await untilAborted(async () => {
    const inputs = await openPosterior(paths, flags);
    try {
      const [mu, logvar] = [await inputs.mu.read(), await inputs.logvar.read()];
      const z = (await inputs.z?.read()) ?? undefined;
      const factors = (await inputs.factors?.read()) ?? undefined;
      signal.throwIfAborted();
      return await facade.decompose(
        { mu, logvar, ...(z && { z }), ...(factors && { factors }) },
        { ...readChoices(flags, mu.rows * mu.columns), signal, ...(progress && { onProgress: progress.update }) },
      );
    } catch (error) {
      throw nameFiles(error, inputs);
    } finally {
      await inputs.close();
    }
  }, signal).finally(() => progress?.clear());
  if (flags.perSample !== undefined) await writeOutput(flags.perSample, writeNpz(membersOf(report)));
  const text = render(report, flags, outputs[0] === flags.out && flags.out !== undefined, terminal);
  if (flags.out === undefined || flags.out === '-') terminal.stdout.write(text);
  else await writeOutput(flags.out, [new TextEncoder().encode(text)]);
}

/** Numbers of a posterior from which threads are worth their start. */
const MANY_NUMBERS = 20_000;

function readChoices(flags: DecomposeFlags, numbers: number) {
  const { seed, estimator, sampled, samples, datasetSize, tolerance, timings, batchSize, active } = flags;
  const isExact = (estimator ?? 'exact') === 'exact';
  const threads = flags.threads ?? (isExact && numbers >= MANY_NUMBERS ? Math.min(availableParallelism(), 64) : 1);
  const choices = {
    seed,
    estimator,
    sampled,
    samples,
    datasetSize,
    tolerance,
    timings,
    batch: batchSize,
    activeThreshold: active,
    // Its flag is there, as true, where nobody gave one.
    shortcuts: isExact && flags.shortcuts === false ? false : undefined,
    perSample: flags.perSample === undefined ? undefined : true,
  };
  return { threads, ...Object.fromEntries(Object.entries(choices).filter(([, value]) => value !== undefined)) };
}

function render(report: Decomposition, flags: DecomposeFlags, isFile: boolean, terminal: Terminal): string {
  const { perSample: _, ...printed } = report;
  const { stdout, env } = terminal;
  if (flags.json || (flags.out?.endsWith('.json') ?? false)) {
    // In a table the notes are before the reader's eyes already.
    if (!flags.quiet) for (const note of report.notes) warn(terminal, note);
    return toJson(printed);
  }
  if (flags.quiet) {
    const { kl, mutualInformation, totalCorrelation, dimensionwiseKl, marginalKl } = report;
    return Object.entries({ kl, mutualInformation, totalCorrelation, dimensionwiseKl, marginalKl })
      .map(([name, value]) => `${name}\t${value.toFixed(6)}\n`)
      .join('');
  }
  const screen = isFile ? {} : { color: wantsColor(stdout, env), width: widthOf(stdout, env) };
  return renderDecomposition(report, screen);
}

function* membersOf({ perSample }: Decomposition) {
  if (perSample === undefined) return;
  const { rows, posterior, aggregated, marginals, prior } = perSample;
  const columns = { rows, log_q_z_x: posterior, log_q_z: aggregated, log_p_z: prior };
  for (const [name, data] of Object.entries(columns)) yield { name, matrix: new Matrix(data, data.length, 1) };
  yield { name: 'log_q_z_d', matrix: marginals };
}

/** The façade knows arrays as mu, logvar and z; the user knows files. */
function nameFiles(error: unknown, inputs: PosteriorInputs): unknown {
  const roles = ['mu', 'logvar', 'z', 'factors'] as const;
  const role = roles.find((name) => error instanceof DataError && error.path === name);
  if (!(error instanceof DataError) || role === undefined) return error;
  const entry = inputs[role];
  const { row, column } = error;
  return entry === null || entry === undefined
    ? error
    : new DataError(error.problem, { ...placeOf(entry), row, column });
}
