import type { Command } from 'commander';
import { formatNumber } from '../report/format-number.js';
import { toJson } from '../report/json.js';
import { printable } from '../report/printable.js';
import type { StepProgress, TrainOpening, TrainOptions, TrainResult } from '../train/index.js';
import { resumeOptions, train } from '../train/index.js';
import type { Context } from './command.js';
import { warn } from './failure.js';
import type { Terminal } from './terminal.js';
import { checkTrainFlags, DEFAULT_THREADS, declareTrain, readObjectiveFlags, type TrainFlags } from './train-flags.js';
import { startTrainBar, type TrainBar } from './train-progress.js';

/** `vaemetrics train`. */
export function define(command: Command, context: Context): void {
  declareTrain(command);
  command.action((flags: TrainFlags) => runTrain(flags, context.terminal));
}

async function runTrain(flags: TrainFlags, terminal: Terminal): Promise<void> {
  checkTrainFlags(flags);
  const bar = flags.quiet ? null : startTrainBar(terminal);
  const options = await readOptions(flags);
  const result = await train({
    ...options,
    signal: terminal.signal,
    onProgress(progress) {
      if (progress.kind === 'opened') tellOpening(progress, flags, terminal);
      else if (bar !== null) show(bar, progress);
    },
  })
    .catch((error) => {
      bar?.clear();
      if (terminal.signal.aborted) tellStop(flags, terminal);
      throw error;
    })
    .finally(() => bar?.clear());
  terminal.stdout.write(flags.json ? toJson(describe(result)) : render(result));
}

async function readOptions(flags: TrainFlags): Promise<TrainOptions> {
  const { data, model, architecture, latents, likelihood, steps, batchSize, learningRate, seed, backend } = flags;
  const { out, resume, testRows, scoreRows, logEvery, scoreEvery, checkpointEvery, threads } = flags;
  const modelOptions = readObjectiveFlags(flags);
  const given = Object.fromEntries(
    Object.entries({
      data,
      model,
      architecture,
      latents,
      likelihood,
      steps,
      batchSize,
      learningRate,
      seed,
      backend,
      testRows,
      scoreRows,
      logEvery,
      scoreEvery,
      checkpointEvery,
      threads,
    }).filter(([, value]) => value !== undefined),
  ) as Partial<TrainOptions>;
  if (resume !== undefined) return resumeOptions(resume, { ...given, modelOptions });
  return { threads: DEFAULT_THREADS, ...given, modelOptions, out } as TrainOptions;
}

function tellOpening(opening: TrainOpening, { quiet }: TrainFlags, terminal: Terminal): void {
  for (const warning of opening.warnings) warn(terminal, warning);
  if (quiet) return;
  const { backend, device, refused, data, trainRows, testRows, parameters, firstStep } = opening;
  const say = (text: string) => terminal.stderr.write(`${printable(text)}\n`);
  for (const { name, reason } of refused) say(`not ${name}: ${reason}`);
  say(`${backend}: ${device}`);
  say(
    `${data}: ${formatNumber(trainRows)} images to train on, ${formatNumber(testRows)} held out; ${formatNumber(parameters)} parameters`,
  );
  if (firstStep > 0) say(`going on after step ${formatNumber(firstStep)}`);
}

function show(bar: TrainBar, progress: StepProgress): void {
  const { step, steps, seconds, imagesPerSecond, loss, reconstruction, kl, terms, scored, isLogged } = progress;
  const shown = {
    step,
    steps,
    imagesPerSecond,
    secondsLeft: progress.secondsLeft,
    loss,
    reconstruction,
    kl,
    totalCorrelation: terms.totalCorrelation ?? scored?.totalCorrelation ?? null,
    scores:
      scored === null
        ? null
        : { step: scored.step, values: Object.entries(scored.scores).map(([name, value]) => [name, value] as const) },
  };
  void seconds;
  if (isLogged) bar.logged(shown);
  else bar.update(shown);
}

function tellStop({ out, resume }: TrainFlags, terminal: Terminal): void {
  terminal.stderr.write(`stopped; go on with: vaemetrics train --resume ${printable(resume ?? out ?? '')}\n`);
}

function describe({ folder, backend, device, steps, seconds, scores, best, warnings }: TrainResult): object {
  return { schema: 'vaemetrics/train@1', run: folder.path, backend, device, steps, seconds, scores, best, warnings };
}

function render({ folder, steps, seconds, scores, best }: TrainResult): string {
  const lines = [`${formatNumber(steps)} steps in ${formatNumber(Math.round(seconds))} s: ${printable(folder.path)}`];
  for (const [name, value] of Object.entries(scores?.scores ?? {})) {
    lines.push(`${name} ${value === null ? 'undefined' : value.toFixed(4)}`);
  }
  if (best !== null && best.step < steps)
    lines.push(`best mig ${best.score.toFixed(4)} after step ${formatNumber(best.step)}`);
  return `${lines.join('\n')}\n`;
}
