import type { CommandEntry } from '../../src/cli/command.js';
import type { Facade } from '../../src/cli/facade.js';
import { run } from '../../src/cli/run.js';
import type { Terminal } from '../../src/cli/terminal.js';

/** What a run printed, and how it ended. */
export interface Finished {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  /** Make both outputs terminals of this width. */
  readonly columns?: number;
  readonly signal?: AbortSignal;
  readonly facade?: Facade;
  readonly commands?: readonly CommandEntry[];
}

/** Runs a command line in this process and collects what it prints. */
export async function runInProcess(argv: readonly string[], surroundings: Surroundings = {}): Promise<Finished> {
  const { columns, facade, commands } = surroundings;
  let out = '';
  let err = '';
  const tty = columns === undefined ? {} : { isTTY: true, columns };
  const terminal: Terminal = {
    stdout: { ...tty, write: (text) => (out += text) },
    stderr: { ...tty, write: (text) => (err += text) },
    env: surroundings.env ?? {},
    signal: surroundings.signal ?? new AbortController().signal,
  };
  const code = await run(argv, terminal, {
    ...(commands && { commands }),
    ...(facade && { loadFacade: async () => facade }),
  });
  return { code, out, err };
}
