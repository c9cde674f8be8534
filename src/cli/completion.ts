import { Argument, type Command } from 'commander';
import { findNamed } from '../options/find-named.js';
import type { Context } from './command.js';
import { renderBash } from './completion/bash.js';
import { renderFish } from './completion/fish.js';
import { readTree } from './completion/tree.js';
import { renderZsh } from './completion/zsh.js';
import { describeExamples } from './help-text.js';

const SHELLS = [
  { name: 'bash', render: renderBash },
  { name: 'zsh', render: renderZsh },
  { name: 'fish', render: renderFish },
];

/** `vaemetrics completion`. */
export function define(command: Command, context: Context): void {
  const names = SHELLS.map(({ name }) => name);
  command
    .description('Prints a script that completes commands, options, metrics and files in a shell.')
    .addArgument(new Argument('<shell>', 'what reads it').choices(names).argParser((name: string) => name))
    .addHelpText(
      'after',
      describeExamples([
        { does: 'bash, in ~/.bashrc', command: 'eval "$(vaemetrics completion bash)"' },
        { does: 'zsh, in ~/.zshrc after compinit', command: 'eval "$(vaemetrics completion zsh)"' },
        { does: 'fish', command: 'vaemetrics completion fish > ~/.config/fish/completions/vaemetrics.fish' },
      ]),
    )
    .action(async (shell: string) => {
      const { render } = findNamed('shell', shell, SHELLS);
      context.terminal.stdout.write(render(await readTree(context)));
    });
}
