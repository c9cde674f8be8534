import type { CompletedCommand, CompletedOption, Values } from './tree.js';

/** The script for fish. */
export function renderFish(commands: readonly CompletedCommand[]): string {
  const described = [...commands, { name: 'help', summary: 'print help for a command' }];
  const lines = [
    '# fish completion of vaemetrics',
    'complete -c vaemetrics -f',
    ...described.map(
      ({ name, summary }) => `complete -c vaemetrics -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`,
    ),
    'complete -c vaemetrics -n __fish_use_subcommand -s V -l version -d "print the version"',
    `complete -c vaemetrics -n '__fish_seen_subcommand_from help' -a ${quote(commands.map(({ name }) => name).join(' '))}`,
    ...commands.flatMap(renderCommand),
  ];
  return `${lines.join('\n')}\n`;
}

function renderCommand({ name, options, operands }: CompletedCommand): string[] {
  const start = `complete -c vaemetrics -n '__fish_seen_subcommand_from ${name}'`;
  const operandPart = renderValues(operands);
  return [
    ...(operandPart === '' ? [] : [`${start} ${operandPart}`]),
    ...options.map((option) => `${start} ${renderFlags(option)} -d ${quote(option.description)}`),
  ];
}

function renderFlags({ flags, values }: CompletedOption): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  return [...names, ...(values === null ? [] : [values.kind === 'files' ? '-r' : '-x', renderValues(values)])]
    .filter((part) => part !== '')
    .join(' ');
}

function renderValues(values: Values): string {
  if (values.kind === 'files') return '-F';
  if (values.kind === 'words') return `-a ${quote(values.words.join(' '))}`;
  return values.kind === 'lists' ? `-a '(__fish_append , ${values.words.join(' ')})'` : '';
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
