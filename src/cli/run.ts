import type { Command } from 'commander';
import type { CommandEntry, Context } from './command.js';
import { EXIT } from './exit-codes.js';
import type { Facade } from './facade.js';
import { tellFailure } from './failure.js';
import { translateFlags } from './flags/foreign-flags.js';
import { commands as allCommands } from './index.js';
import { buildProgram } from './program.js';
import type { Terminal } from './terminal.js';

/** What a run can be given in place of the real thing. */
export interface RunOptions {
  readonly commands?: readonly CommandEntry[];
  readonly loadFacade?: () => Promise<Facade>;
}

/**
 * Runs one command line, `argv` without the program's name, and resolves to the exit code. Never
 * rejects, never exits.
 */
export async function run(argv: readonly string[], terminal: Terminal, options: RunOptions = {}): Promise<number> {
  const { commands = allCommands, loadFacade = () => import('../node.js') } = options;
  const wantsHelp = argv[0] === 'help' || argv.includes('--help') || argv.includes('-h');
  const context: Context = { terminal, loadFacade, wantsHelp, commands };
  let program: Command | null = null;
  try {
    program = await buildProgram(argv, context);
    if (argv.length === 0) {
      program.outputHelp({ error: true });
      return EXIT.usage;
    }
    const command = commandOf(program, argv);
    await program.parseAsync(command === null ? argv : translateFlags(argv, command), { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    return tellFailure(error, terminal, program && commandOf(program, argv));
  }
}

/** The command that the words name. */
function commandOf(program: Command, argv: readonly string[]): Command | null {
  return program.commands.find((command) => argv.includes(command.name())) ?? null;
}
