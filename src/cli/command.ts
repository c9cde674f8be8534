import type { Command } from 'commander';
import type { Facade } from './facade.js';
import type { Terminal } from './terminal.js';

/** What a command's action works with. */
export interface Context {
  readonly terminal: Terminal;
  /** Loads the façade: metrics and kernels. Only commands that need them should pay for that. */
  loadFacade(): Promise<Facade>;
  /** Whether the arguments ask for help, which may name what is not needed otherwise. */
  readonly wantsHelp: boolean;
  /** Every command, in the order of help. */
  readonly commands: readonly CommandEntry[];
}

/** A command's own file: declares its arguments and options, and what it does. */
export interface CommandModule {
  define(command: Command, context: Context): void | Promise<void>;
}

/**
 * A command as the list of all knows it. Its file is loaded when it is run, or when its help is
 * asked for.
 */
export interface CommandEntry {
  readonly name: string;
  /** A few words for the list of commands. */
  readonly summary: string;
  load(): Promise<CommandModule>;
}
