import type { CompletedCommand, CompletedOption, Values } from './tree.js';

/** The script for zsh. It can be evaluated, or put on the fpath as `_vaemetrics`. */
export function renderZsh(commands: readonly CompletedCommand[]): string {
  const described = [...commands, { name: 'help', summary: 'print help for a command' }];
  const list = described.map(({ name, summary }) => `    ${quote(`${name}:${summary}`)}`).join('\n');
  return `#compdef vaemetrics
_vaemetrics() {
  local -a commands
  commands=(
${list}
  )
  if (( CURRENT == 2 )); then
    _describe -t commands command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
    help) _describe -t commands command commands ;;
${commands.map(renderCommand).join('\n')}
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _vaemetrics "$@"; else compdef _vaemetrics vaemetrics; fi
`;
}

function renderCommand({ name, options, operands }: CompletedCommand): string {
  const specs = [...options.flatMap(renderOption), quote(`*:argument:${renderValues(operands)}`)];
  return `    ${name})\n      _arguments -s \\\n${specs.map((spec) => `        ${spec}`).join(' \\\n')} ;;`;
}

function renderOption({ flags, description, values }: CompletedOption): string[] {
  const text = description.replace(/[[\]\\]/g, '\\$&').replace(/:/g, '\\:');
  const value = values === null ? '' : `:value:${renderValues(values)}`;
  return flags.map((flag) => quote(`*${flag}[${text}]${value}`));
}

function renderValues(values: Values): string {
  if (values.kind === 'files') return '_files';
  if (values.kind === 'words') return `(${values.words.join(' ')})`;
  return values.kind === 'lists' ? `_values -s , value ${values.words.join(' ')}` : ' ';
}

function quote(text: string): string {
  return `'${text.replace(/'/g, "'\\''")}'`;
}
