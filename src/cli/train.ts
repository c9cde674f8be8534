import type { Command } from 'commander';
import { findMetric } from '../metrics/index.js';
import { formatCount, formatScore } from '../report/format-number.js';
import { toJson } from '../report/json.js';
import { printable } from '../report/printable.js';
import { LIVE_METRICS } from '../train/held-out.js';
import type { LiveScores, StepProgress, TrainOpening } from '../train/progress.js';
import { resumeOptions } from '../train/resume.js';
import { type TrainResult, train } from '../train/train.js';
import type { TrainOptions } from '../train/train-options.js';
import type { Context } from './command.js';
import { warn } from './failure.js';
import { readFileFlags } from './file-flags.js';
import { formatDuration } from './format-train-progress.js';
import { tellNotes } from './tell-notes.js';
import type { Terminal } from './terminal.js';
import { checkTrainFlags, declareTrain, type RunFlags, readTrainFlags } from './train-flags.js';
import { startTrainBar, type TrainBar } from './train-progress.js';

/** `vaemetrics train`. */
export function define(command: Command, context: Context): void {
  declareTrain(command);
  command.action(() => runTrain(command, context.terminal));
}

async function runTrain(command: Command, terminal: Terminal): Promise<void> {
  const { run: flags, training, modelOptions } = readTrainFlags(command);
  checkTrainFlags(flags);
  const { data, out, resume } = flags;
  const bar = flags.quiet ? null : startTrainBar(terminal);
  const given = { ...(data !== undefined && { data }), ...training, dataOptions: readFileFlags(command), modelOptions };
  const options =
    resume === undefined ? ({ threads: 'auto', ...given, out } as TrainOptions) : await resumeOptions(resume, given);
  let reached: number | null = null;
  let release: (() => void) | undefined;
  // Until the checkpoint is written seconds may pass.
  const acknowledge = () => {
    bar?.clear();
    if (!flags.quiet) tell(terminal, 'stopping; Ctrl-C again ends at once, without a checkpoint');
  };
  terminal.signal.addEventListener('abort', acknowledge, { once: true });
  try {
    const result = await train({
      ...options,
      signal: terminal.signal,
      onProgress(progress) {
        if (progress.kind === 'opened') {
          // Before, there is nothing to keep.
          release = terminal.hold?.(true);
          tellOpening(progress, flags, terminal, command);
          reached = progress.firstStep;
        } else if (progress.kind === 'step') {
          if (bar !== null) show(bar, progress);
          reached = progress.step;
        } else if (progress.done === 0) {
          bar?.clear();
          if (!flags.quiet) tell(terminal, `encoding ${formatCount(progress.total)} held-out images`);
        }
      },
    });
    bar?.clear();
    terminal.stdout.write(flags.json ? toJson(describe(result)) : render(result));
  } catch (error) {
    bar?.clear();
    tellStop(error, reached, flags, terminal);
    throw error;
  } finally {
    terminal.signal.removeEventListener('abort', acknowledge);
    release?.();
  }
}

function tellOpening(opening: TrainOpening, { quiet, resume }: RunFlags, terminal: Terminal, command: Command): void {
  for (const warning of opening.warnings) warn(terminal, warning);
  if (quiet) return;
  const { backend, device, refused, data, trainRows, testRows, parameters, firstStep, steps } = opening;
  for (const { name, reason } of refused) tell(terminal, `not ${name}: ${reason}`);
  tell(terminal, `${backend}: ${device}`);
  const rows = `${formatCount(trainRows)} images to train on, ${formatCount(testRows)} held out`;
  tell(terminal, `${data}: ${rows}; ${formatCount(parameters)} parameters`);
  tellNotes(terminal, command, opening);
  if (resume === undefined) return;
  if (firstStep === steps) {
    tell(terminal, `all ${formatCount(steps)} steps have been made; --steps N asks for more`);
  } else tell(terminal, firstStep > 0 ? `going on after step ${formatCount(firstStep)}` : 'beginning at step 0 again');
}

function show(bar: TrainBar, progress: StepProgress): void {
  const { step, steps, imagesPerSecond, secondsLeft, loss, reconstruction, kl, terms, scored, isLogged } = progress;
  const shown = {
    step,
    steps,
    imagesPerSecond,
    secondsLeft,
    loss,
    reconstruction,
    kl,
    totalCorrelation: terms.totalCorrelation ?? scored?.totalCorrelation ?? null,
    // Of the objective's own estimate nothing is known.
    totalCorrelationFloor: terms.totalCorrelation === undefined ? (scored?.totalCorrelationFloor ?? null) : null,
    scores:
      scored === null
        ? null
        : { step: scored.step, values: titled(scored).map(({ title, value }) => [title, value] as const) },
  };
  if (isLogged) bar.logged(shown);
  else bar.update(shown);
}

/** Scores under the titles that `score` gives them; `reason` says why one is null. */
function titled({ scores, reasons }: LiveScores): Array<{ title: string; value: number | null; reason: string }> {
  return Object.entries(scores).map(([name, value]) => {
    return { title: findMetric(name)?.title ?? name, value, reason: reasons[name] ?? '' };
  });
}

/** Where a run stands that is not through: what can be done with it. */
function tellStop(error: unknown, reached: number | null, { out, resume }: RunFlags, terminal: Terminal): void {
  const { aborted, reason } = terminal.signal;
  // A stop that could not be carried out says why; the exit code is that of the signal.
  if (aborted && error !== reason) warn(terminal, error instanceof Error ? error.message : String(error));
  if (reached === null) {
    if (aborted) tell(terminal, 'stopped before the run began');
    return;
  }
  if (!aborted && (error as { code?: unknown }).code !== 'ERR_NO_OUTPUT') return;
  const where = `stopped after step ${formatCount(reached)}`;
  tell(terminal, `${where}; go on with: vaemetrics train --resume ${quoted(resume ?? out ?? '')}`);
}

/** A path as a shell takes it. */
function quoted(path: string): string {
  return /^[\w@%+=:,./~-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

function tell(terminal: Terminal, text: string): void {
  terminal.stderr.write(`${printable(text)}\n`);
}

function describe({ folder, ...result }: TrainResult): object {
  const { backend, device, steps, seconds, shares, scores, best, warnings, notes } = result;
  const run = folder.path;
  return { schema: 'vaemetrics/train@2', run, backend, device, steps, seconds, shares, scores, best, warnings, notes };
}

function render({ folder, steps, seconds, shares, scores, best }: TrainResult): string {
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  const lines = [
    `${formatCount(steps)} steps in ${formatDuration(seconds)}: ${printable(folder.path)}`,
    `of the time: images ${percent(shares.data)}, scores ${percent(shares.score)}, checkpoints ${percent(shares.checkpoint)}`,
  ];
  const values = scores === null ? [] : titled(scores);
  const width = Math.max(...values.map(({ title }) => title.length));
  for (const { title, value, reason } of values) {
    lines.push(`${title.padEnd(width)}  ${value === null ? `undefined: ${printable(reason)}` : formatScore(value)}`);
  }
  if (best !== null && best.step < steps) {
    const title = findMetric(LIVE_METRICS[0])?.title ?? LIVE_METRICS[0];
    const kept = 'kept as checkpoints/best.safetensors';
    lines.push(`best ${title} ${formatScore(best.score)} after step ${formatCount(best.step)}, ${kept}`);
  }
  return `${lines.join('\n')}\n`;
}
