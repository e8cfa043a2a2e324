import type { Command } from '@ichor/cli';

/** A command that is a program of its own, under a name of this one; its help speaks of it by that name. */
export function underProgram(command: Command, name: string): Command {
  // Where the help shows a command line: behind "Usage:" and in the examples.
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
