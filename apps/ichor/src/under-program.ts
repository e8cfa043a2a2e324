import type { Command } from '@ichor/cli';

/** A command that is a separate program, with a name below this one; its help uses that name. */
export function underProgram(command: Command, name: string): Command {
  // The command lines in the help: after "Usage:" and in the examples.
  const lines = new RegExp(`^(Usage: |  )${command.name} `, 'gm');
  const renamed = (text: string) => text.replace(lines, `$1${name} `);
  return {
    ...command,
    name,
    help: () => renamed(command.help()),
    execute: (argv, context) =>
      command.execute(argv, {
        ...context,
        print: (line) => context.print(line === command.help() ? renamed(line) : line),
      }),
  };
}
