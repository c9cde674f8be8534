import type { Command } from 'commander';
import { didYouMean } from '../suggest.js';
import type { Context } from './command.js';
import { renderBash } from './completion/bash.js';
import { renderFish } from './completion/fish.js';
import { readTree } from './completion/tree.js';
import { renderZsh } from './completion/zsh.js';
import { describeExamples } from './help-text.js';
import { UsageError } from './usage-error.js';

const SHELLS = { bash: renderBash, zsh: renderZsh, fish: renderFish } as const;

/** `vaemetrics completion`. */
export function define(command: Command, context: Context): void {
  const names = Object.keys(SHELLS);
  command
    .description('Prints a script that completes commands, options, metrics and files in a shell.')
    // Named here for help and for completion itself; checked below, with a better message.
    .argument('<shell>', names.join(', '))
    .addHelpText(
      'after',
      describeExamples([
        { does: 'bash, in ~/.bashrc', command: 'eval "$(vaemetrics completion bash)"' },
        { does: 'zsh, in ~/.zshrc after compinit', command: 'eval "$(vaemetrics completion zsh)"' },
        { does: 'fish', command: 'vaemetrics completion fish > ~/.config/fish/completions/vaemetrics.fish' },
      ]),
    )
    .action(async (shell: string) => {
      if (!Object.hasOwn(SHELLS, shell)) {
        throw new UsageError(`unknown shell '${shell}'${didYouMean(shell, names) || ';'} known: ${names.join(', ')}`);
      }
      const tree = await readTree(context);
      context.terminal.stdout.write(SHELLS[shell as keyof typeof SHELLS](tree));
    });
}
