/** What timings come to, in numbers and words. */
import { availableParallelism, cpus } from 'node:os';

/** What a reader must know to compare a figure with his own. */
export function describeMachine(): string {
  const { model, cores, node, platform } = machineFacts();
  return `${model}, ${cores} ${cores === 1 ? 'core' : 'cores'}, 1 thread; Node ${node}, ${platform}`;
}

/** The same as fields. */
export function machineFacts(): { model: string; cores: number; node: string; platform: string } {
  return {
    model: cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: availableParallelism(),
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
  };
}

/** The middle value; the mean of the two middle ones of an even number. */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length === 0 ? Number.NaN : (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
}

const UNITS: ReadonlyArray<readonly [scale: number, unit: string]> = [
  [1, 's'],
  [1e3, 'ms'],
  [1e6, 'µs'],
  [1e9, 'ns'],
];

function unitOf(seconds: number): readonly [scale: number, unit: string] {
  return UNITS.find(([scale]) => seconds * scale >= 1) ?? UNITS[UNITS.length - 1];
}

/** Three digits, but no power of ten. */
function threeDigits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** `1.23 ms`: three digits in the unit that suits. */
export function formatTime(seconds: number): string {
  const [scale, unit] = unitOf(seconds);
  return `${threeDigits(seconds * scale)} ${unit}`;
}

/** `1.23 ms [1.20–1.31]`: median, minimum and maximum in one unit. */
export function formatSpread(seconds: readonly number[]): string {
  const [scale, unit] = unitOf(medianOf(seconds));
  const show = (value: number) => threeDigits(value * scale);
  return `${show(medianOf(seconds))} ${unit} [${show(Math.min(...seconds))}–${show(Math.max(...seconds))}]`;
}

/** `12.3x [11.9–12.8]`. */
export function formatRatio(ratios: readonly number[]): string {
  return `${threeDigits(medianOf(ratios))}x [${threeDigits(Math.min(...ratios))}–${threeDigits(Math.max(...ratios))}]`;
}
