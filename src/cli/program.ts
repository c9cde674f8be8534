import { Command } from 'commander';
import { createStyle } from '../report/style.js';
import { didYouMean } from '../suggest.js';
import type { CommandEntry, Context } from './command.js';
import { type Terminal, wantsColor, widthOf } from './terminal.js';
import { UsageError } from './usage-error.js';

export const PROGRAM = 'vaemetrics';

const HELP_WIDEST = 100;

/**
 * The tree of commands, as far as these arguments need it: the one command that they name is loaded
 * and defined, the others are there by name only.
 */
export async function buildProgram(argv: readonly string[], context: Context): Promise<Command> {
  const wanted = findWanted(argv, context.commands);
  return defineProgram(context, (entry) => entry.name === wanted);
}

/** The tree with every command defined that `isWanted` names. */
export async function defineProgram(context: Context, isWanted: (entry: CommandEntry) => boolean): Promise<Command> {
  const program = new Command(PROGRAM)
    .description('Disentanglement metrics of learned representations, from plain arrays.')
    .usage('<command> [options]')
    .option('-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .exitOverride()
    .addHelpText('after', ROOT_EXAMPLES)
    .action(async (options: { version?: boolean }) => {
      if (options.version) context.terminal.stdout.write(`${(await context.loadFacade()).version}\n`);
      else throw new UsageError('expected a command');
    });
  configureOutput(program, context.terminal);
  for (const entry of context.commands) {
    // The settings above are inherited by commands made with .command().
    const command = program.command(entry.name).summary(entry.summary).description(entry.summary);
    if (isWanted(entry)) await (await entry.load()).define(command, context);
  }
  return program;
}

const ROOT_EXAMPLES = `
Examples:
  vaemetrics score posterior.npz                  one archive with latents and factors
  vaemetrics score latents.npy factors.npy        two arrays, samples in rows
  vaemetrics help score                           all options, more examples, exit codes
`;

/**
 * The command that the arguments name, or null where they ask for the program's own help or
 * version.
 */
function findWanted(argv: readonly string[], entries: readonly CommandEntry[]): string | null {
  const operands = argv.filter((word) => !word.startsWith('-'));
  const name = operands[0] === 'help' ? operands[1] : operands[0];
  if (name === undefined) return null;
  const names = entries.map((entry) => entry.name);
  if (names.includes(name)) return name;
  const known = [...names, 'help'];
  throw new UsageError(`unknown command '${name}'${didYouMean(name, known) || `; known: ${known.join(', ')}`}`);
}

function configureOutput(program: Command, terminal: Terminal): void {
  const { stdout, stderr, env } = terminal;
  const style = createStyle(true);
  program.configureOutput({
    writeOut: (text) => stdout.write(text),
    writeErr: (text) => stderr.write(text),
    // Errors are told in one place, with their exit codes.
    outputError: () => {},
    getOutHelpWidth: () => Math.min(widthOf(stdout, env), HELP_WIDEST),
    getErrHelpWidth: () => Math.min(widthOf(stderr, env), HELP_WIDEST),
    getOutHasColors: () => wantsColor(stdout, env),
    getErrHasColors: () => wantsColor(stderr, env),
  });
  // Colours are taken out again by commander where the output has none.
  program.configureHelp({
    styleTitle: style.bold,
    styleOptionText: style.cyan,
    styleSubcommandText: style.cyan,
    styleArgumentText: style.cyan,
  });
}
