import type { CompletedCommand, Values } from './tree.js';

/** The script for bash. Lists with commas are completed word by word. */
export function renderBash(commands: readonly CompletedCommand[]): string {
  const names = [...commands.map(({ name }) => name), 'help'].join(' ');
  return `# bash completion of vaemetrics
_vaemetrics_words() {
  COMPREPLY=($(compgen -W "$1" -- "$2"))
  [[ \${COMPREPLY[0]} == *= ]] && compopt -o nospace
}
_vaemetrics_list() {
  local head=''
  [[ $2 == *,* ]] && head="\${2%,*},"
  COMPREPLY=($(compgen -P "$head" -W "$1" -- "\${2##*,}"))
  compopt -o nospace
}
_vaemetrics_files() { compopt -o filenames; COMPREPLY=($(compgen -f -- "$1")); }
_vaemetrics() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]}
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    _vaemetrics_words "${names} --help --version" "$current"
    return
  fi
  case $command in
    help) _vaemetrics_words "${names}" "$current" ;;
${commands.map(renderCommand).join('\n')}
  esac
}
complete -F _vaemetrics vaemetrics
`;
}

function renderCommand({ name, options, operands }: CompletedCommand): string {
  const flags = options.flatMap((option) => option.flags).join(' ');
  const valued = options.flatMap((option) =>
    option.values === null ? [] : [`        ${option.flags.join('|')}) ${renderValues(option.values)}; return ;;`],
  );
  const cases = valued.length === 0 ? '' : `      case $previous in\n${valued.join('\n')}\n      esac\n`;
  return `    ${name})
${cases}      if [[ $current == -?* ]]; then _vaemetrics_words "${flags}" "$current"
      else ${renderValues(operands)}; fi ;;`;
}

function renderValues(values: Values): string {
  if (values.kind === 'files') return '_vaemetrics_files "$current"';
  if (values.kind === 'words') return `_vaemetrics_words "${values.words.join(' ')}" "$current"`;
  return values.kind === 'lists' ? `_vaemetrics_list "${values.words.join(' ')}" "$current"` : ':';
}
