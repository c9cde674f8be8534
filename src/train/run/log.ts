/** log.jsonl: one JSON object a line, for every step that is logged. */
import { DataError } from '../../errors.js';
import { isRecord, type JsonValue } from './json-value.js';
import { type AppendOnlyFile, pathIn, type RunFolder } from './run-folder.js';

export const LOG_NAME = 'log.jsonl';

/** A line, as it is given: numbers may be anything. */
export interface LogEntry {
  /** Steps made so far, this one included. */
  readonly step: number;
  /** Seconds of training, those before a resumption included. */
  readonly seconds: number;
  readonly imagesPerSecond?: number;
  /**
   * Nats per image, averaged over the batch; this and the terms are left out where a run that ends
   * where it was stopped is scored.
   */
  readonly loss?: number;
  readonly reconstruction?: number;
  /** Null for autoencoders, whose codes are points. */
  readonly kl?: number | null;
  /** By latent. */
  readonly klPerLatent?: readonly number[];
  /** Other terms of the objective, by name. */
  readonly terms?: Readonly<Record<string, number>>;
  /** Metrics of this step, by name; null where one is undefined. */
  readonly scores?: Readonly<Record<string, number | null>>;
  /** Why a number is null, by its place (`scores.mig`). */
  readonly reasons?: Readonly<Record<string, string>>;
}

/** A line as it is read back. */
export interface LogLine {
  readonly step: number;
  readonly [name: string]: JsonValue;
}

/**
 * The text of a line, its end included. What is no finite number becomes null, and `reasons` says
 * what it was, beside those given: `{"loss":null,...,"reasons":{"loss":"NaN"}}`.
 */
export function formatLogLine(entry: LogEntry): string {
  const reasons: Record<string, string> = {};
  const clean = (value: unknown, path: string): unknown => {
    if (typeof value === 'number' && !Number.isFinite(value)) {
      reasons[path] = String(value);
      return null;
    }
    if (Array.isArray(value)) return value.map((item, index) => clean(item, `${path}.${index}`));
    if (!isRecord(value)) return value;
    const inner = (key: string) => (path === '' ? key : `${path}.${key}`);
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, clean(item, inner(key))]));
  };
  const { reasons: given, ...numbers } = entry;
  const line = clean(numbers, '') as object;
  Object.assign(reasons, given);
  return `${JSON.stringify(Object.keys(reasons).length > 0 ? { ...line, reasons } : line)}\n`;
}

/** What a log holds. */
export interface ReadLog {
  readonly lines: readonly LogLine[];
  /** Byte at which each line begins, and at last the one at which the whole lines end. */
  readonly starts: readonly number[];
  /** Bytes behind them that are no whole line: a writer was stopped within one. */
  readonly leftOver: number;
  /** The first line, from 0, that is no object with a step; null where all are. */
  readonly damaged: number | null;
}

/** Reads lines up to the first that is damaged. */
export function readLog(bytes: Uint8Array): ReadLog {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const lines: LogLine[] = [];
  const starts = [0];
  for (let start = 0; ; start = starts[lines.length]) {
    const end = bytes.indexOf(0x0a, start);
    if (end < 0) return { lines, starts, leftOver: bytes.length - start, damaged: null };
    const line = parseLine(decoder, bytes.subarray(start, end));
    if (line === null) return { lines, starts, leftOver: bytes.length - start, damaged: lines.length };
    lines.push(line);
    starts.push(end + 1);
  }
}

function parseLine(decoder: TextDecoder, bytes: Uint8Array): LogLine | null {
  try {
    const line: unknown = JSON.parse(decoder.decode(bytes));
    return isRecord(line) && Number.isSafeInteger(line.step) ? (line as LogLine) : null;
  } catch {
    return null;
  }
}

/**
 * Takes back the lines after a step (all of them for step -1), and what a stopped writer has left
 * behind the last.
 * @returns the step of the last line that stays; -1 where none does
 * @throws DataError where a line that would stay is damaged
 */
export async function cutBackLog(folder: RunFolder, step: number): Promise<number> {
  const bytes = await folder.read(LOG_NAME);
  if (bytes === null) return -1;
  const { lines, starts, damaged } = readLog(bytes);
  const after = lines.findIndex((line) => line.step > step);
  const kept = after < 0 ? lines.length : after;
  if (damaged !== null && after < 0 && hasStepUpTo(bytes.subarray(starts[damaged]), step)) {
    throw new DataError('expected a JSON object with a step', { path: pathIn(folder, LOG_NAME), row: damaged });
  }
  if (starts[kept] < bytes.length) await folder.writeAtomically(LOG_NAME, [bytes.subarray(0, starts[kept])]);
  return kept === 0 ? -1 : lines[kept - 1].step;
}

/** Whether there are whole lines behind a damaged one that would have to stay. */
function hasStepUpTo(bytes: Uint8Array, step: number): boolean {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for (let start = 0, end = bytes.indexOf(0x0a); end >= 0; start = end + 1, end = bytes.indexOf(0x0a, start)) {
    const line = parseLine(decoder, bytes.subarray(start, end));
    if (line !== null && line.step <= step) return true;
  }
  return false;
}

/** The log of a run that is going on. */
export interface Log {
  /** Adds a line; it outlives the process. */
  append(entry: LogEntry): Promise<void>;
  /** Makes what was added outlive the machine. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export async function openLog(folder: RunFolder): Promise<Log> {
  const file: AppendOnlyFile = await folder.openAppendOnly(LOG_NAME);
  const encoder = new TextEncoder();
  return {
    append: (entry) => file.append(encoder.encode(formatLogLine(entry))),
    sync: () => file.sync(),
    close: () => file.close(),
  };
}
