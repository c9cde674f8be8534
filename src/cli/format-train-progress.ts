/** How far training has come, in words. */
import { formatCount, formatScore } from '../report/format-number.js';
import { createStyle, type Style } from '../report/style.js';

/** Numbers of the last step that was looked at; null where something is not known yet. */
export interface TrainProgress {
  readonly step: number;
  readonly steps: number;
  readonly imagesPerSecond: number | null;
  readonly secondsLeft: number | null;
  /** Nats per image. */
  readonly loss: number | null;
  readonly reconstruction: number | null;
  readonly kl: number | null;
  readonly totalCorrelation: number | null;
  /** About what independent latents would show. */
  readonly totalCorrelationFloor: number | null;
  /** The newest scores by title, and the step at which they were taken. */
  readonly scores: { readonly step: number; readonly values: ReadonlyArray<readonly [string, number | null]> } | null;
}

const GAP = '  ';
const SHORTEST_BAR = 8;
const LONGEST_BAR = 30;

/**
 * Lines for a terminal, the third with scores once there are some; none is longer than `width`
 * characters: what does not fit is left out, the last first.
 */
export function formatTrainProgress(
  progress: TrainProgress,
  width: number,
  style: Style = createStyle(false),
): string[] {
  const { step, steps } = progress;
  const first = fit(
    [`${formatCount(step)} / ${formatCount(steps)} steps`, formatPercent(step, steps), ...pace(progress)],
    width,
  );
  const room = Math.min(width - lengthOf(first) - GAP.length, LONGEST_BAR);
  const bar = room < SHORTEST_BAR ? [] : [drawBar(steps > 0 ? step / steps : 0, room, style)];
  const whole = terms(progress);
  const second = fit(lengthOf(whole) <= width ? whole : terms({ ...progress, totalCorrelationFloor: null }), width);
  const third = scores(progress);
  return [
    [...first.slice(0, 2), ...bar, ...first.slice(2)].join(GAP),
    second.join(GAP),
    // A number is not cut.
    ...(third.length > 0 && third[0].length <= width ? [fit(third, width).join(GAP)] : []),
  ];
}

/** One line for a file or a pipe, of any length. */
export function formatTrainLine(progress: TrainProgress): string {
  const { step, steps } = progress;
  const where = `step ${formatCount(step)} of ${formatCount(steps)} (${formatPercent(step, steps)})`;
  return [where, ...terms(progress), ...scores(progress), ...pace(progress)].join(GAP);
}

/** As many parts as fit, but for the first always whole words: what would be cut is left out. */
function fit(parts: readonly string[], width: number): string[] {
  const fitting: string[] = [];
  for (const part of parts) {
    if (lengthOf([...fitting, part]) > width) break;
    fitting.push(part);
  }
  return fitting.length > 0 ? fitting : parts.slice(0, 1).map((part) => part.slice(0, width));
}

function lengthOf(parts: readonly string[]): number {
  return parts.join(GAP).length;
}

function drawBar(share: number, width: number, style: Style): string {
  const full = Math.max(0, Math.min(width, Math.floor(share * width)));
  return style.cyan('█'.repeat(full)) + style.dim('░'.repeat(width - full));
}

/** A run is at 100 % only when it is through. */
function formatPercent(step: number, steps: number): string {
  return `${steps > 0 ? Math.floor((100 * step) / steps) : 100} %`;
}

function pace({ imagesPerSecond, secondsLeft }: TrainProgress): string[] {
  return [
    ...(imagesPerSecond === null ? [] : [`${formatCount(Math.round(imagesPerSecond))} images/s`]),
    ...(secondsLeft === null ? [] : [`${formatDuration(secondsLeft)} left`]),
  ];
}

/** Total correlations of independent latents that are worth a word. */
const FLOOR_SHOWN = 0.1;

function terms({ loss, reconstruction, kl, totalCorrelation, totalCorrelationFloor: floor }: TrainProgress): string[] {
  const named = [
    ['loss', loss],
    ['reconstruction', reconstruction],
    ['KL', kl],
    ['TC', totalCorrelation],
  ] as const;
  const shown = named.flatMap(([name, value]) => (value === null ? [] : [`${name} ${formatNats(value)}`]));
  if (totalCorrelation !== null && floor !== null && floor >= FLOOR_SHOWN) {
    shown[shown.length - 1] += ` (${formatNats(floor)} if independent)`;
  }
  return shown;
}

function scores({ scores: taken }: TrainProgress): string[] {
  if (taken === null || taken.values.length === 0) return [];
  const list = taken.values.map(([title, value]) => `${title} ${value === null ? 'undefined' : formatScore(value)}`);
  // The step belongs to all of them, and stays with the first.
  return [`at step ${formatCount(taken.step)}: ${list[0]}`, ...list.slice(1)];
}

/** Nats with about four digits. */
function formatNats(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value) || size >= 1e6) return String(Number.isFinite(value) ? value.toExponential(2) : value);
  // What rounds to nothing has no sign.
  return value.toFixed(size >= 100 ? 1 : size >= 10 ? 2 : 3).replace(/^-(?=0\.0*$)/, '');
}

/** `42 s`, `3 min 20 s`, `2 h 05 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (whole < 3600) return `${minutes} min ${twoDigits(whole % 60)} s`;
  return `${formatCount(Math.floor(minutes / 60))} h ${twoDigits(minutes % 60)} min`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
