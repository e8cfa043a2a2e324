import type { Command, OptionSpec } from '@ichor/cli';
import { present } from '@ichor/files';

interface Node {
  /** Words that lead here, e.g. `weights fetch`. */
  readonly path: string;
  /** Subcommands; empty where files are allowed. */
  readonly commands: readonly Command[];
  readonly options: readonly OptionSpec[];
}

/** A switch that is on can only be turned off. */
export function shownFlag({ flag, default: preset }: OptionSpec): string {
  return preset === true ? `--no-${flag}` : `--${flag}`;
}

const lastWord = ({ name }: Command) => name.slice(name.lastIndexOf(' ') + 1);
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** What can follow each command: its subcommands, or its options and files. */
function completionNodes(root: Command): readonly Node[] {
  const visit = (command: Command, path: readonly string[]): Node[] => [
    { path: path.join(' '), commands: command.commands, options: command.options },
    ...command.commands.flatMap((child) => visit(child, [...path, lastWord(child)])),
  ];
  return visit(root, []);
}

/** Function bodies of bash, which zsh runs too. After `-` come options, after an option its values, else files. */
export function bashCompletion(root: Command): string {
  const nodes = completionNodes(root);
  const cases = nodes.map(({ path, commands, options }) => {
    const words = commands.map(lastWord).join(' ');
    return `    ${quoted(path)}) commands='${words}' options='${['--help', ...options.map(shownFlag)].join(' ')}' ;;`;
  });
  const values = nodes.flatMap(({ path, options }) =>
    options
      .filter(({ kind }) => kind !== 'flag')
      .map(
        ({ flag, short, choices = [] }) =>
          `    ${[`--${flag}`, ...(short === undefined ? [] : [`-${short}`])].map((name) => quoted(`${path} ${name}`)).join('|')}) commands='${choices.join(' ')}' options='' ;;`,
      ),
  );
  return `_${root.name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path='' commands='' options='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) break ;; esac
    path="\${path:+$path }$word"
  done
  while :; do
    case "$path" in
${cases.join('\n')}
    esac
    [ -n "$options" ] || [ -z "$path" ] && break
    case "$path" in *' '*) path="\${path% *}" ;; *) path='' ;; esac
  done
  case "$path \${COMP_WORDS[COMP_CWORD-1]}" in
${values.join('\n')}
  esac
  case "$current" in -*) commands="$options" ;; esac
  COMPREPLY=($(compgen -W "$commands" -- "$current"))
  [ -z "$commands" ] || return 0
  local IFS=$'\\n'
  COMPREPLY=($(compgen -f -- "$current"))
}
complete -o filenames -F _${root.name} ${root.name}`;
}

export function zshCompletion(root: Command): string {
  return `autoload -U +X bashcompinit && bashcompinit\n${bashCompletion(root)}`;
}

export function fishCompletion(root: Command): string {
  return completionNodes(root)
    .flatMap(({ path, commands, options }) => {
      const seen =
        path === ''
          ? '__fish_use_subcommand'
          : `__fish_seen_subcommand_from ${present(path.split(' ').at(-1))}`;
      const start = `complete -c ${root.name} -n '${seen}'`;
      return [
        ...commands.map((command) => `${start} -f -a ${lastWord(command)} -d ${quoted(command.summary)}`),
        ...options.map(
          (option) =>
            `${start} -l ${shownFlag(option).slice(2)}${fishValue(option)} -d ${quoted(option.description)}`,
        ),
      ];
    })
    .join('\n');
}

function fishValue({ kind, short, choices }: OptionSpec): string {
  const letter = short === undefined ? '' : ` -s ${short}`;
  if (kind === 'flag') return letter;
  return choices === undefined ? `${letter} -r` : `${letter} -x -a ${quoted(choices.join(' '))}`;
}
