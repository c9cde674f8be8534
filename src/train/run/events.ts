/**
 * The event file that TensorBoard reads: records of `Event` messages
 * (tensorflow/core/util/event.proto), the first with the version of the file, the others with
 * scalars as `simple_value`s (tensorflow/core/framework/summary.proto), which TensorBoard takes as
 * scalars.
 */
import { MessageWriter, readFields } from './protobuf.js';
import { frameRecord, readRecords } from './records.js';
import type { RunFolder } from './run-folder.js';

const VERSION = 'brain.Event:2';

/**
 * Event: wall_time = 1, step = 2, file_version = 3, summary = 5. Summary: value = 1. Value: tag =
 * 1, simple_value = 2.
 */
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5 } as const;
const SUMMARY = { value: 1 } as const;
const VALUE = { tag: 1, simpleValue: 2 } as const;

/** Scalars of a step. */
export interface ScalarEvent {
  /** Seconds since 1970. */
  readonly wallTime: number;
  readonly step: number;
  /** By tag; float32 in the file. */
  readonly scalars: Readonly<Record<string, number>>;
}

/** The record with which a file begins. */
export function encodeVersion(wallTime: number): Uint8Array {
  return frameRecord(new MessageWriter().double(EVENT.wallTime, wallTime).text(EVENT.fileVersion, VERSION).finish());
}

/** A record of scalars. */
export function encodeScalars({ wallTime, step, scalars }: ScalarEvent): Uint8Array {
  const summary = new MessageWriter();
  for (const [tag, value] of Object.entries(scalars)) {
    const message = new MessageWriter().text(VALUE.tag, tag).float(VALUE.simpleValue, value);
    summary.message(SUMMARY.value, message.finish());
  }
  const event = new MessageWriter().double(EVENT.wallTime, wallTime).count(EVENT.step, step);
  return frameRecord(event.message(EVENT.summary, summary.finish()).finish());
}

/** An event as it is read; a field that is not there is 0, as protocol buffers have it. */
export interface ReadEvent extends ScalarEvent {
  readonly fileVersion: string | null;
  /** Byte of the file at which its record ends. */
  readonly end: number;
}

/** The events of a file up to its end, or to the first record that is damaged or not whole. */
export function* readEvents(bytes: Uint8Array): Generator<ReadEvent> {
  for (const { payload, end } of readRecords(bytes)) {
    const event = {
      wallTime: 0,
      step: 0,
      fileVersion: null as string | null,
      scalars: {} as Record<string, number>,
      end,
    };
    for (const { field, value } of readFields(payload)) {
      if (typeof value === 'number') {
        if (field === EVENT.wallTime) event.wallTime = value;
        else if (field === EVENT.step) event.step = value;
      } else if (field === EVENT.fileVersion) event.fileVersion = new TextDecoder().decode(value);
      else if (field === EVENT.summary) readSummary(value, event.scalars);
    }
    yield event;
  }
}

function readSummary(bytes: Uint8Array, scalars: Record<string, number>): void {
  for (const { field, value: message } of readFields(bytes)) {
    if (field !== SUMMARY.value || typeof message === 'number') continue;
    let tag = '';
    for (const { field: part, value } of readFields(message)) {
      if (part === VALUE.tag && typeof value !== 'number') tag = new TextDecoder().decode(value);
      else if (part === VALUE.simpleValue && typeof value === 'number') scalars[tag] = value;
    }
  }
}

/** The event file of a run; null before there is one. */
export async function findEvents(folder: RunFolder): Promise<string | null> {
  return (await folder.list()).find((name) => name.startsWith('events.out.tfevents.')) ?? null;
}

/**
 * Takes back the events after a step (all but the version for step -1), and what a stopped writer
 * has left behind the last.
 * @returns the step of the last event that stays; -1 where none does
 */
export async function cutBackEvents(folder: RunFolder, step: number): Promise<number> {
  const name = await findEvents(folder);
  const bytes = name === null ? null : await folder.read(name);
  if (name === null || bytes === null) return -1;
  let last = -1;
  let end = 0;
  for (const event of readEvents(bytes)) {
    if (event.fileVersion === null) {
      if (event.step > step) break;
      last = event.step;
    }
    end = event.end;
  }
  if (end < bytes.length) await folder.writeAtomically(name, [bytes.subarray(0, end)]);
  return last;
}

/** The event file of a run that is going on. */
export interface Events {
  append(step: number, scalars: Readonly<Record<string, number>>): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** @param now the time in seconds since 1970 */
export async function openEvents(folder: RunFolder, now: () => number = () => Date.now() / 1000): Promise<Events> {
  const began = now();
  const name =
    (await findEvents(folder)) ?? `events.out.tfevents.${String(Math.floor(began)).padStart(10, '0')}.vaemetrics`;
  // Nothing in it yet, or nothing that could be read.
  const isEmpty = ((await folder.read(name))?.length ?? 0) === 0;
  const file = await folder.openAppendOnly(name);
  try {
    if (isEmpty) await file.append(encodeVersion(began));
  } catch (error) {
    await file.close();
    throw error;
  }
  return {
    append: (step, scalars) => file.append(encodeScalars({ wallTime: now(), step, scalars })),
    sync: () => file.sync(),
    close: () => file.close(),
  };
}
