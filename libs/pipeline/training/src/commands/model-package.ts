import { basename, dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineGroup, runCommand, UsageError, type Command } from '@ichor/cli';
import { present, variables } from '@ichor/files';
import { predictCommand } from './predict.js';
import { trainCommand } from './train.js';

/**
 * The program of a model's package: `se-resnext-410 train --root DATA --fold 0`. The commands are those of this package, for
 * the model whose package it is; `--root` is the folder with `input/` and `intermediate_output/`, in place of `ICHOR_ROOT`.
 *
 * @param module `import.meta.url` of the program, `dist/main.js` of the package
 * @returns the exit code, which is also set on the process
 */
export async function runModelPackage(module: string, argv = process.argv.slice(2)): Promise<number> {
  const folder = dirname(dirname(fileURLToPath(module)));
  const commands = [trainCommand, predictCommand].map((command) => forModel(command, folder));
  const name = basename(folder);
  return runCommand(defineGroup({ name, summary: `The base model ${name}.`, commands }), { argv });
}

function forModel(command: Command, folder: string): Command {
  return {
    ...command,
    execute: (argv, context) => {
      const { root, rest } = takeRoot(argv);
      if (root !== undefined) process.env[variables.root] = resolve(root);
      return command.execute(['--app', folder, ...rest], context);
    },
  };
}

function takeRoot(argv: readonly string[]): { readonly root?: string; readonly rest: readonly string[] } {
  const at = argv.findIndex((word) => word === '--root' || word.startsWith('--root='));
  if (at < 0) return { rest: argv };
  const joined = present(argv[at]).slice('--root='.length);
  const root = joined === '' ? argv[at + 1] : joined;
  if (root === undefined || root === '' || root.startsWith('-')) {
    throw new UsageError('--root needs a folder', 'the one with input/ and intermediate_output/');
  }
  return { root, rest: [...argv.slice(0, at), ...argv.slice(at + (joined === '' ? 2 : 1))] };
}
