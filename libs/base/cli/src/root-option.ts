import { resolve } from 'node:path';
import { present, variables } from '@ichor/files';
import { asksForHelp, type Command } from './command.js';
import { UsageError } from './usage-error.js';

/**
 * A command that also takes `--root FOLDER`, in place of `ICHOR_ROOT`. It is for the programs of packages, which start
 * outside a workspace and so do not know the folder of the data.
 */
export function withRoot(command: Command): Command {
  const help = () =>
    `${command.help()}\n\n--root FOLDER is the folder of input/, intermediate_output/ and output/, in place of ${variables.root}.`;
  return {
    ...command,
    help,
    execute(argv, context) {
      if (asksForHelp(argv)) {
        const print = (text: string) => context.print(text === command.help() ? help() : text);
        return command.execute(argv, { ...context, print });
      }
      const { root, rest } = takeRoot(argv);
      if (root !== undefined) process.env[variables.root] = resolve(root);
      return command.execute(rest, context);
    },
  };
}

function takeRoot(argv: readonly string[]): { readonly root?: string; readonly rest: readonly string[] } {
  const at = argv.findIndex((word) => word === '--root' || word.startsWith('--root='));
  if (at < 0) return { rest: argv };
  const word = present(argv[at]);
  const isJoined = word !== '--root';
  const root = isJoined ? word.slice('--root='.length) : argv[at + 1];
  if (root === undefined || root === '' || root.startsWith('-')) {
    throw new UsageError('--root needs a folder', 'the one with input/ and intermediate_output/');
  }
  return { root, rest: [...argv.slice(0, at), ...argv.slice(at + (isJoined ? 1 : 2))] };
}
