import type { EXIT_OF_SIGNAL } from './exit-codes.js';

/** Where text goes: a stream of the process, or what a test collects. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** Characters across, where it is a terminal. */
  readonly columns?: number;
}

/**
 * Holds signals of the system until the function that it returns is called; a patient holder is
 * waited for.
 */
export type Hold = (isPatient?: boolean) => () => void;

/** What a command knows of the world outside its arguments. */
export interface Terminal {
  /** Results, and nothing else. */
  readonly stdout: Output;
  /** Warnings, errors, progress. */
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by signals of the system while they are held, with a `StopSignal` as the reason. */
  readonly signal: AbortSignal;
  readonly hold?: Hold;
}

/**
 * Writes what must be left whole or not at all: a signal aborts the terminal's while it lasts, and
 * ends the program at once at any other time.
 */
export async function whileHeld<T>({ hold }: Terminal, write: () => Promise<T>): Promise<T> {
  const release = hold?.();
  try {
    return await write();
  } finally {
    release?.();
  }
}

/** The reason of an abort by a signal of the system. */
export class StopSignal extends Error {
  override readonly name = 'StopSignal';

  constructor(readonly signal: keyof typeof EXIT_OF_SIGNAL) {
    super(`stopped by ${signal}`);
  }
}

/**
 * Whether to colour what goes to an output: only a terminal, unless FORCE_COLOR says otherwise.
 * NO_COLOR (https://no-color.org) is the last word.
 */
export function wantsColor(output: Output, env: Terminal['env']): boolean {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  return output.isTTY === true && env.TERM !== 'dumb';
}

/** Characters across: those of the terminal, else COLUMNS, else 80. */
export function widthOf(output: Output, env: Terminal['env']): number {
  if (output.columns !== undefined && output.columns > 0) return output.columns;
  const columns = Number(env.COLUMNS);
  return Number.isSafeInteger(columns) && columns > 0 ? columns : 80;
}
