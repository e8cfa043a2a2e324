import type { Command, OptionSpec } from '@ichor/cli';

interface Node {
  /** Words that lead here, e.g. `weights fetch`. */
  readonly path: string;
  readonly words: readonly string[];
}

/** A switch that is on can only be turned off. */
export function shownFlag({ flag, default: preset }: OptionSpec): string {
  return preset === true ? `--no-${flag}` : `--${flag}`;
}

/** What can follow each command: its subcommands, or its options. */
export function completionNodes(root: Command): readonly Node[] {
  const visit = (command: Command, path: readonly string[]): Node[] => {
    const children = command.commands.map((child) => ({
      child,
      word: child.name.slice(child.name.lastIndexOf(' ') + 1),
    }));
    const words =
      children.length > 0 ? children.map(({ word }) => word) : ['--help', ...command.options.map(shownFlag)];
    return [
      { path: path.join(' '), words },
      ...children.flatMap(({ child, word }) => visit(child, [...path, word])),
    ];
  };
  return visit(root, []);
}

/** Function bodies of bash, which zsh runs too. Files complete where nothing else does. */
export function bashCompletion(root: Command): string {
  const cases = completionNodes(root)
    .map(({ path, words }) => `    '${path}') words='${words.join(' ')}' ;;`)
    .join('\n');
  return `_${root.name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path='' words='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) break ;; esac
    path="\${path:+$path }$word"
  done
  while :; do
    case "$path" in
${cases}
    esac
    [ -n "$words" ] || [ -z "$path" ] && break
    case "$path" in *' '*) path="\${path% *}" ;; *) path='' ;; esac
  done
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  case "$current" in -*) ;; *) [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "$current")) ;; esac
}
complete -o filenames -F _${root.name} ${root.name}`;
}

export function zshCompletion(root: Command): string {
  return `autoload -U +X bashcompinit && bashcompinit\n${bashCompletion(root)}`;
}

export function fishCompletion(root: Command): string {
  return completionNodes(root)
    .flatMap(({ path, words }) => {
      const seen =
        path === '' ? '__fish_use_subcommand' : `__fish_seen_subcommand_from ${path.split(' ').at(-1)!}`;
      return words.map((word) =>
        word.startsWith('--')
          ? `complete -c ${root.name} -n '${seen}' -l ${word.slice(2)}`
          : `complete -c ${root.name} -n '${seen}' -a ${word}`,
      );
    })
    .join('\n');
}
