import { type Command, CommanderError } from 'commander';
import { DataError, isOptionError } from '../errors.js';
import { printable } from '../report/printable.js';
import { createStyle } from '../report/style.js';
import { EXIT, EXIT_OF_SIGNAL } from './exit-codes.js';
import { nameFlags } from './flags/name-flags.js';
import { StopSignal, type Terminal, wantsColor } from './terminal.js';

/**
 * Tells the user what went wrong, in one line if it is not our fault, and returns the exit code.
 */
export function tellFailure(error: unknown, terminal: Terminal, command: Command | null): number {
  if (terminal.signal.aborted) {
    const reason: unknown = terminal.signal.reason;
    return reason instanceof StopSignal ? EXIT_OF_SIGNAL[reason.signal] : EXIT.interrupted;
  }
  if (error instanceof CommanderError) {
    // Help and version end by an error without being one.
    if (error.exitCode === 0) return EXIT.ok;
    tell(terminal, oneLine(error.message));
    tellWhereHelpIs(terminal, command);
    return EXIT.usage;
  }
  switch (codeOf(error)) {
    case 'ERR_OPTION':
      tell(terminal, messageOf(error as Error, command));
      tellWhereHelpIs(terminal, command);
      return EXIT.usage;
    case 'ERR_DATA':
      tell(terminal, messageOf(error as Error, command));
      return EXIT.badData;
    case 'ERR_NO_INPUT':
      tell(terminal, (error as Error).message);
      return EXIT.noInput;
    case 'ERR_BACKEND':
      tell(terminal, (error as Error).message);
      return EXIT.noBackend;
    case 'ERR_DIVERGED':
      tell(terminal, (error as Error).message);
      return EXIT.diverged;
    case 'ERR_NO_OUTPUT':
      tell(terminal, (error as Error).message);
      return EXIT.cannotWrite;
    default:
      return isReadFailure(error) ? tellReadFailure(error, terminal) : tellBug(error, terminal);
  }
}

/** Prints a warning on the error stream. */
export function warn(terminal: Terminal, message: string): void {
  const style = createStyle(wantsColor(terminal.stderr, terminal.env));
  terminal.stderr.write(`vaemetrics: ${style.yellow('warning:')} ${printable(message)}\n`);
}

function tell(terminal: Terminal, message: string): void {
  const style = createStyle(wantsColor(terminal.stderr, terminal.env));
  terminal.stderr.write(`vaemetrics: ${style.red('error:')} ${printable(message)}\n`);
}

/** The library names options as programs do; a command line has flags. */
function messageOf(error: Error, command: Command | null): string {
  if (command === null || !(isOptionError(error) || error instanceof DataError)) return error.message;
  return error.tell(nameFlags(command));
}

function tellWhereHelpIs(terminal: Terminal, command: Command | null): void {
  terminal.stderr.write(`Try 'vaemetrics ${command === null ? '' : `${command.name()} `}--help'.\n`);
}

/** Commander's messages begin with `error: ` and put the suggestion on a line of its own. */
function oneLine(message: string): string {
  return message
    .replace(/^error: /, '')
    .replace(/\.?\n\(Did you mean one of (.*)\?\)$/, '; did you mean one of $1?')
    .replace(/\.?\n\(Did you mean (.*)\?\)$/, "; did you mean '$1'?");
}

function codeOf(error: unknown): unknown {
  return error instanceof Error ? (error as { code?: unknown }).code : undefined;
}

/** A disk that fails in the middle of a file. */
function isReadFailure(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && (error as NodeJS.ErrnoException).syscall === 'read';
}

function tellReadFailure(error: NodeJS.ErrnoException, terminal: Terminal): number {
  tell(terminal, error.message);
  return EXIT.noInput;
}

function tellBug(error: unknown, terminal: Terminal): number {
  const trace = error instanceof Error ? (error.stack ?? String(error)) : String(error);
  terminal.stderr.write(
    [
      'vaemetrics: sorry, this is a bug in vaemetrics, not in what you did.',
      ...trace.split('\n').map((line) => `  ${line.trim()}`),
      `  Node ${process.version} on ${process.platform} ${process.arch}`,
      'Please report it with these lines and the command.',
      '',
    ].join('\n'),
  );
  return EXIT.bug;
}
